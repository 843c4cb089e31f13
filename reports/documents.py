"""Reports as JSON: the same document for the API and for the pages' JSON face."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from buffet.money import Money, text
from reports.queries import Change, PortfolioOverview, Share
from reports.rates import Rate


def _money(value: Money | None) -> dict[str, str] | None:
    if value is None:
        return None
    return {"amount": text(value.amount, value.currency), "currency": value.currency}


def _percent(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "rate": None if rate.rate is None else f"{rate.rate:.8f}",
        "as_of": rate.as_of,
        "source": rate.source,
        "status": rate.status,
    }


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "since": change.since,
        "amount": _money(change.amount),
        "percent": _percent(change.percent),
    }


def _shares(shares: Sequence[Share], name: str) -> list[dict[str, Any]]:
    return [
        {name: one.name or None, "total": _money(one.total), "share": _percent(one.share)}
        for one in shares
    ]


def portfolio_overview(report: PortfolioOverview, version: int) -> dict[str, Any]:
    """Return the portfolio overview as JSON carries it."""
    return {
        "as_of": report.as_of,
        "currency": report.currency,
        "version": version,
        "net_worth": _money(report.net_worth),
        "assets": _money(report.assets),
        "liabilities": _money(report.liabilities),
        "change": {"month": _change(report.month_change), "year": _change(report.year_change)},
        "growth": _change(report.growth),
        "accounts": [
            {
                "id": line.account["id"],
                "name": line.account["name"],
                "type": line.account["type"],
                "kind": line.account["kind"],
                "broker": line.account["broker"],
                "broker_name": line.account["broker_name"],
                "currency": line.balance.currency,
                "balance": text(line.balance.amount, line.balance.currency),
                "converted": _money(line.converted),
                "conversion": _rate(line.rate),
            }
            for line in report.accounts
        ],
        "by_type": _shares(report.by_type, "type"),
        "by_kind": _shares(report.by_kind, "kind"),
        "by_broker": _shares(report.by_broker, "broker"),
        "currencies": [
            {
                "currency": line.total.currency,
                "total": text(line.total.amount, line.total.currency),
                "converted": _money(line.converted),
                "conversion": _rate(line.rate),
            }
            for line in report.currencies
        ],
        "not_converted": [_money(one) for one in report.not_converted],
        "history": [
            {
                "month": f"{one.month:%Y-%m}",
                "net_worth": _money(one.net_worth),
                "assets": _money(one.assets),
                "liabilities": _money(one.liabilities),
                "complete": one.is_complete,
            }
            for one in report.history
        ],
        "volatility": _percent(report.volatility),
        "concentration": _percent(report.concentration),
    }
