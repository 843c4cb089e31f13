"""Reports as JSON: the same document for the API and for the pages' JSON face."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.rates import described
from buffet.money import Money, text
from buffet.remembering import remembered
from reports.queries.forecast import Day, Forecast
from reports.queries.portfolio import Past, PortfolioOverview, Share
from reports.queries.worth import Change, MonthEnd


def money(value: Money | None) -> dict[str, str] | None:
    """Return an amount with its currency; None for none."""
    if value is None:
        return None
    return {"amount": text(value.amount, value.currency), "currency": value.currency}


def percentage(value: Decimal | None) -> str | None:
    """Return a percentage as text."""
    return None if value is None else str(value)


def change(change: Change | None) -> dict[str, Any] | None:
    """Return how an amount moved since a day."""
    if change is None:
        return None
    return {
        "since": change.since,
        "amount": money(change.amount),
        "percent": percentage(change.percent),
    }


def _shares(shares: Sequence[Share], name: str) -> list[dict[str, Any]]:
    return [
        {name: one.name or None, "total": money(one.total), "share": percentage(one.share)}
        for one in shares
    ]


@remembered(maxsize=256)
def _months(past: Past, currency: str) -> list[dict[str, Any]]:
    """Return the months of a past, which is remembered and so is this."""
    return [_month(one, currency) for one in past.months]


def _month(one: MonthEnd, currency: str) -> dict[str, Any]:
    return {
        "month": one.month.isoformat()[:7],
        "net_worth": {"amount": text(one.net_worth, currency), "currency": currency},
        "assets": {"amount": text(one.assets, currency), "currency": currency},
        "liabilities": {"amount": text(one.liabilities, currency), "currency": currency},
        "complete": not one.missing,
    }


def portfolio_overview(report: PortfolioOverview, version: int) -> dict[str, Any]:
    """Return the portfolio overview as JSON carries it."""
    currency = report.currency
    return {
        "as_of": report.as_of,
        "currency": currency,
        "version": version,
        "net_worth": money(report.net_worth),
        "assets": money(report.assets),
        "liabilities": money(report.liabilities),
        "change": {"month": change(report.month_change), "year": change(report.year_change)},
        "growth": change(report.growth),
        "accounts": [
            {
                "id": line.id,
                "name": line.name,
                "type": line.type,
                "kind": line.kind,
                "broker": line.broker_id,
                "broker_name": line.broker or None,
                "currency": line.balance.currency,
                "balance": text(line.balance.amount, line.balance.currency),
                "converted": money(line.converted),
                "conversion": described(line.rate),
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
                "converted": money(line.converted),
                "conversion": described(line.rate),
            }
            for line in report.currencies
        ],
        "not_converted": [money(one) for one in report.not_converted],
        "history": [*_months(report.past, currency), _month(report.now, currency)],
        "volatility": percentage(report.volatility),
        "concentration": percentage(report.concentration),
    }


def balances(report: PortfolioOverview, version: int) -> dict[str, Any]:
    """Return what is on the accounts as JSON carries it: the overview without its past."""
    whole = portfolio_overview(report, version)
    kept = "as_of currency version net_worth assets liabilities accounts by_type not_converted"
    return {name: whole[name] for name in kept.split()}


def forecast(found: Forecast) -> dict[str, Any]:
    """Return a forecast as JSON carries it."""
    return {
        "as_of": found.as_of,
        "until": found.until,
        "coming": [
            {
                "date": one.on,
                "amount": text(one.amount, one.currency),
                "currency": one.currency,
                "source": one.source,
                "title": one.title,
                "id": one.id,
                "account": one.account_id,
                "invoice": one.invoice_id,
                "card": one.card_id,
            }
            for one in found.coming
        ],
        "projections": [
            {
                "account": one.account_id,
                "name": one.name,
                "currency": one.currency,
                "balance": text(one.days[0].balance, one.currency),
                "lowest": _day(one.lowest, one.currency),
                "below_zero_on": one.below_zero,
                "days": _days(one.days, one.currency),
            }
            for one in found.projections
        ],
    }


def _days(days: Sequence[Day], currency: str) -> list[dict[str, Any]]:
    """Return days, most of which are as the one before."""
    made, known, written = [], None, ""
    for on, balance in days:
        if balance is not known:
            known, written = balance, text(balance, currency)
        made.append({"date": on, "balance": written})
    return made


def _day(day: Day, currency: str) -> dict[str, Any]:
    return {"date": day.on, "balance": text(day.balance, currency)}
