"""What is billed and given back: invoices, corrections, disputes, credit notes, write-offs."""
