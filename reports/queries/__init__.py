"""The figures of the reports, each a frozen dataclass from a few statements."""

from reports.queries.account import AccountPast, account_past
from reports.queries.portfolio import PortfolioOverview, portfolio_overview
from reports.queries.story import Deletion, Event, transaction_deletion, transaction_story

__all__ = [
    "AccountPast",
    "Deletion",
    "Event",
    "PortfolioOverview",
    "account_past",
    "portfolio_overview",
    "transaction_deletion",
    "transaction_story",
]
