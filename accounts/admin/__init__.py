"""Staff's view of the chart of accounts and of exchange rates."""

from accounts.admin import chart, rates

__all__ = ["chart", "rates"]
