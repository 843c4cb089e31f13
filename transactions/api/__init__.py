"""The doors of the API to the ledger."""
