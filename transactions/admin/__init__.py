"""Staff's view of the ledger: read everywhere, changed only through its services."""

from transactions.admin import correcting, people, reading, subscribing

__all__ = ["correcting", "people", "reading", "subscribing"]
