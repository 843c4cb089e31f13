"""Reports as JSON: the same document for the API and for the pages' JSON face."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

import orjson

from accounts.rates import described
from buffet.money import Money, text
from buffet.remembering import remembered
from reports.queries.forecast import Day, Projection, following
from reports.queries.forecast_together import Together
from reports.queries.portfolio import (
    AccountLine,
    PortfolioOverview,
    Share,
)
from reports.queries.portfolio_part import PortfolioPart
from reports.queries.portfolio_past import Past
from reports.queries.portfolio_since import PortfolioSince
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
        "month": one.name.isoformat()[:7],
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
        "accounts": _lines(report.accounts),
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


def _lines(lines: Iterable[AccountLine]) -> list[dict[str, Any]]:
    return [
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
        for line in lines
    ]


def balances(part: PortfolioPart, version: int) -> dict[str, Any]:
    """Return what is on accounts as JSON carries it, and what they come to together."""
    currency = part.currency
    return {
        "as_of": part.as_of,
        "currency": currency,
        "version": version,
        "net_worth": money(part.total),
        "assets": money(Money(part.worth.assets, currency)),
        "liabilities": money(Money(part.worth.liabilities, currency)),
        "accounts": _lines(part.lines),
        "by_type": _shares(part.by_type, "type"),
        "not_converted": [money(one) for one in part.not_converted],
    }


def balances_since(found: PortfolioSince, version: int) -> dict[str, Any]:
    """Return what is on accounts with what was before, and how it changed, as JSON carries it."""
    lines = zip(
        found.lines,
        _lines(one.now for one in found.lines),
        _lines(one.before for one in found.lines),
        strict=True,
    )
    before = balances(found.before, version)
    return balances(found.now, version) | {
        "accounts": [
            now
            | {
                "before": {name: was[name] for name in ("balance", "converted", "conversion")},
                "change": money(one.change),
            }
            for one, now, was in lines
        ],
        "before": {
            name: before[name]
            for name in ("as_of", "net_worth", "assets", "liabilities", "not_converted")
        },
        "change": change(found.change),
    }


def forecast(brought: Together) -> dict[str, Any]:
    """Return a forecast as JSON carries it, with what its accounts come to in one currency."""
    found, currency = brought.found, brought.currency
    return {
        "as_of": found.as_of,
        "until": found.until,
        "currency": currency,
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
        "projections": [_projection(one) for one in brought.projections],
        "converted": {
            "currency": currency,
            "balance": text(brought.steps[0].balance, currency),
            "lowest": _day(brought.lowest, currency),
            "below_zero_on": brought.below_zero,
            "steps": [_day(one, currency) for one in brought.steps],
            "conversions": [
                {"currency": one.currency, "conversion": described(one.rate)}
                for one in brought.conversions
            ],
            "not_converted": [money(one) for one in brought.not_converted],
        },
    }


@remembered(maxsize=512)
def _projection(one: Projection) -> dict[str, Any]:
    """Return where an account is led; a change moves few, so it is remembered: some 2 MiB."""
    return {
        "account": one.account_id,
        "name": one.name,
        "currency": one.currency,
        "balance": text(one.steps[0].balance, one.currency),
        "lowest": _day(one.lowest, one.currency),
        "below_zero_on": one.below_zero,
        "days": _days(one),
    }


@lru_cache(maxsize=64)
def _begun(first: date, count: int) -> Sequence[str]:
    """Return so many days in a row, each as the JSON of its balance begins."""
    return tuple(f'{{"date":"{day}' for day in following(first, count))


def _days(one: Projection) -> orjson.Fragment:
    """Return each day's balance as JSON, written from one step to the next.

    As dictionaries, some thousand days were more than half of what a forecast cost.
    """
    first = one.steps[0].on
    days = _begun(first, (one.until - first).days + 1)
    places = [*((step.on - first).days for step in one.steps), len(days)]
    parts = []
    for (_, balance), (begin, end) in zip(one.steps, pairwise(places), strict=True):
        rest = f'","balance":"{text(balance, one.currency)}"}}'
        parts.append(f"{rest},".join(days[begin:end]) + rest)
    return orjson.Fragment(f"[{','.join(parts)}]")


def _day(day: Day, currency: str) -> dict[str, Any]:
    return {"date": day.on, "balance": text(day.balance, currency)}
