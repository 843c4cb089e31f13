"""The questions to the ledger."""
