"""The figures of the reports, each a frozen dataclass from a few statements."""

from reports.queries.account import AccountPast, account_past
from reports.queries.portfolio import PortfolioOverview, portfolio_overview
from reports.queries.portfolio_since import PortfolioSince, portfolio_since
from reports.queries.story import Deletion, Event, transaction_deletion, transaction_story

__all__ = [
    "AccountPast",
    "Deletion",
    "Event",
    "PortfolioOverview",
    "PortfolioSince",
    "account_past",
    "portfolio_overview",
    "portfolio_since",
    "transaction_deletion",
    "transaction_story",
]
