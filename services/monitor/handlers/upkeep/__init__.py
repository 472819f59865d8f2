"""What keeps the ledger sound: audits, what stops a partition, rebuild, the journal's volumes."""
