"""What audits, rebuild and the journal's volumes read and write."""
