"""Card statements, what is owed and paying it: the floor between the ledger and the reports."""
