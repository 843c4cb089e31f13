"""Staff's view of the ledger: read everywhere, changed only through its services."""

from transactions.admin import (
    correcting,
    importing,
    merging,
    months,
    people,
    rates,
    reading,
    subscribing,
)

__all__ = [
    "correcting",
    "importing",
    "merging",
    "months",
    "people",
    "rates",
    "reading",
    "subscribing",
]
