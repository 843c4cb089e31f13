"""What the templates of net worth are given: figures in the order they are read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.models import Kind
from buffet.money import Money
from reports import charts
from reports.flows.links import accounts_url, rows_url
from reports.queries.exchanging import Exchanged, RateEffects, Revalued, Standing
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
    converted: str
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
        moved = {name: rows(since, until, **part) for name, part in _MOVED.items()}
        effects = rates(since, until)
        converted = f"{effects}#newly-converted"
        return WorthUrls(
            **moved,
            converted=converted,
            rates=effects,
            worth=held(until),
            overview=overview(until),
        )

    def total(name: str) -> Decimal:
        return sum((getattr(step, name) for step in report.steps), Decimal(0))

    return {
        "report": report,
        "is_empty": not (report.kinds or report.left_out),
        "currency": currency,
        "worth": Money(now.net_worth, currency),
        "change": None if report.change is None else Money(report.change, currency),
        "change_percent": None
        if report.change is None
        else percent(report.change, opening.net_worth),
        "incomparable": sorted({*opening.missing} ^ {*now.missing}),
        "charts": charts.line_charts(points),
        "steps": [
            (step, urls(step.month.since, step.month.until)) for step in reversed(report.steps)
        ],
        "urls": urls(asked.period.since, asked.period.until),
        "opening_url": held(opening.on),
        "change_url": held(now.on, since=since),
        "moved": {name: total(name) for name in (*_MOVED, "converted", "rates")},
        "has_converted": any(step.converted for step in report.steps),
        "kinds": [
            (
                one,
                held(opening.on, kind=one.kind),
                held(now.on, kind=one.kind),
                one.change is not None and Money(one.change, currency),
                held(now.on, kind=one.kind, since=since),
            )
            for one in report.kinds
        ],
    }


def rate_effects(found: RateEffects) -> dict[str, Any]:
    """Return the context of what exchange rates made of net worth."""
    rows = rows_url(found.asked)

    def held(one: Standing) -> tuple[Standing, str]:
        currency = one.held.currency
        url = accounts_url(replace(found.asked, currency=currency))
        return one, url(one.on, held=currency)

    def revalued(some: Iterable[Revalued]) -> list[tuple[Revalued, Any, Any]]:
        return [(one, held(one.before), held(one.after)) for one in some]

    def exchanged(some: Iterable[Exchanged]) -> list[tuple[Exchanged, str]]:
        part = {"kind": Kind.CONVERSION.value}
        return [(one, rows(one.month.since, one.month.until, **part)) for one in some]

    return {
        "found": found,
        "currency": found.asked.currency,
        "revalued": revalued(found.revalued),
        "exchanged": exchanged(found.exchanged),
        "converted": revalued(found.converted),
        "traded": exchanged(found.traded),
    }
