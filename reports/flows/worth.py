"""What the templates of net worth are given: figures in the order they are read."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.models import Kind
from buffet.money import Money
from reports import charts
from reports.flows.links import accounts_url, rows_url
from reports.queries.exchanging import RateEffects, Standing
from reports.queries.net_worth import NetWorth
from reports.queries.worth import percent

#: What moved net worth and is shown by rows.
_MOVED = {
    "savings": {"flow": "saved"},
    "gains": {"kind": Kind.VALUATION.value},
    "opened": {"flow": "opened"},
    "transfers": {"flow": "transferred"},
}


class WorthUrls(NamedTuple):
    """Where the figures of some days of net worth are from: what moved it, and what it was.

    `overview` is where that is told at the end of the last of them.
    """

    savings: str
    gains: str
    opened: str
    transfers: str
    rates: str
    worth: str
    overview: str


def net_worth(report: NetWorth) -> dict[str, Any]:
    """Return the context of net worth by month."""
    asked, opening, now = report.asked, report.opening, report.now
    currency, held = asked.currency, accounts_url(asked)
    overview = accounts_url(asked, "overview")
    rows, rates = rows_url(asked), rows_url(asked, "net-worth-rates")
    since = opening.on.isoformat()
    points = [(opening.on, opening.net_worth)]
    points += [(step.worth.on, step.worth.net_worth) for step in report.steps]

    def urls(since: date, until: date) -> WorthUrls:
        moved = (rows(since, until, **part) for part in _MOVED.values())
        return WorthUrls(*moved, rates(since, until), held(until), overview(until))

    def total(name: str) -> Decimal:
        return sum((getattr(step, name) for step in report.steps), Decimal(0))

    return {
        "report": report,
        "is_empty": not (report.kinds or report.left_out),
        "currency": currency,
        "worth": Money(now.net_worth, currency),
        "change": Money(now.net_worth - opening.net_worth, currency),
        "change_percent": percent(now.net_worth - opening.net_worth, opening.net_worth),
        "charts": charts.line_charts(points),
        "steps": [
            (step, urls(step.month.since, step.month.until)) for step in reversed(report.steps)
        ],
        "urls": urls(asked.period.since, asked.period.until),
        "opening_url": held(opening.on),
        "change_url": held(now.on, since=since),
        "moved": {name: total(name) for name in (*_MOVED, "rates")},
        "kinds": [
            (
                kind,
                (row[0], held(opening.on, kind=kind)),
                (row[-1], held(now.on, kind=kind)),
                (Money(row[-1] - row[0], currency), held(now.on, kind=kind, since=since)),
            )
            for kind, row in report.kinds
        ],
    }


def rate_effects(found: RateEffects) -> dict[str, Any]:
    """Return the context of what exchange rates made of net worth."""
    rows = rows_url(found.asked)

    def held(one: Standing) -> tuple[Standing, str]:
        currency = one.held.currency
        url = accounts_url(replace(found.asked, currency=currency))
        return one, url(one.on, held=currency)

    return {
        "found": found,
        "currency": found.asked.currency,
        "revalued": [(one, held(one.before), held(one.after)) for one in found.revalued],
        "exchanged": [
            (one, rows(one.month.since, one.month.until, kind=Kind.CONVERSION.value))
            for one in found.exchanged
        ],
    }
