"""The figures of the reports, each a frozen dataclass from a few statements."""

from reports.queries.account import AccountPast, account_past
from reports.queries.portfolio import PortfolioOverview, portfolio_overview

__all__ = ["AccountPast", "PortfolioOverview", "account_past", "portfolio_overview"]
