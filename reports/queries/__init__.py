"""The figures of the reports, each a frozen dataclass from a few statements."""

from reports.queries.account import AccountPast, account_past
from reports.queries.portfolio import PortfolioOverview, portfolio_overview
from reports.queries.story import Event, transaction_story

__all__ = [
    "AccountPast",
    "Event",
    "PortfolioOverview",
    "account_past",
    "portfolio_overview",
    "transaction_story",
]
