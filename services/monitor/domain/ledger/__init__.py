"""Open-item accounting: invoices, funds, what clears what, and the folds that change them."""
