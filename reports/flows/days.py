"""What the template of an account day by day is given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from buffet.money import Money
from reports import charts
from reports.flows.links import account_url, accounts_url, rows_url
from reports.periods import DAY, Month
from reports.queries.bringing import Conversion
from reports.queries.timeline import DayOfAccount, Timeline


class DayRow(NamedTuple):
    """A day in the table: where the rows that moved it are, and the account at its end.

    In its own currency, and converted, which is told where all accounts are.
    """

    day: DayOfAccount
    rows: str
    account: str
    converted: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is said on the chart: which account it is, its lowest point and its last."""

    name: str
    lowest: DayOfAccount
    below_zero: date | None
    last: Money


def account_days(report: Timeline) -> dict[str, Any]:
    """Return the context of an account day by day, the newest day first."""
    asked, days = report.asked, report.days
    # What moved it is in its own currency, and so are the rows that come to it.
    rows = rows_url(replace(asked, currency=report.currency))
    account = account_url(asked, report.account_id)
    converted = accounts_url(replace(asked, accounts=(report.account_id,)))
    lowest = min(days, key=lambda one: one.balance)
    highest = max(days, key=lambda one: one.balance)
    last = days[-1]

    def row(one: DayOfAccount) -> DayRow:
        url = rows(one.on, one.on, account=str(report.account_id)) if one.entries else ""
        return DayRow(one, url, account(one.on), converted(one.on))

    is_still = not any(one.entries for one in days)
    target = report.target if report.target != report.currency else ""
    told = (days[-1:] if is_still else days) if target else ()

    return {
        "report": report,
        "currency": report.currency,
        "last": row(last),
        "lowest": row(lowest),
        "highest": row(highest),
        "low": Money(lowest.balance, report.currency),
        "moved": Money(last.balance - report.opening, report.currency),
        "moved_url": rows(days[0].on, last.on, account=str(report.account_id)),
        "opened": days[0].on - DAY,
        "opening_url": account(days[0].on - DAY),
        "is_still": is_still,
        "target": target,
        "conversions": [
            Conversion(report.currency, one.on, one.rate) for one in reversed(told) if one.rate
        ],
        "charts": charts.step_charts([(one.on, one.balance) for one in days]),
        "drawn": Drawn(
            report.name,
            lowest,
            next((one.on for one in days if one.balance < 0), None),
            Money(last.balance, report.currency),
        ),
        "months": [
            (month, [row(one) for one in reversed(own)])
            for month, own in reversed([*_by_month(report)])
        ],
    }


def _by_month(report: Timeline) -> Iterator[tuple[Month, Sequence[DayOfAccount]]]:
    first = report.asked.period.since
    for month in report.asked.period.months:
        yield month, report.days[(month.since - first).days : (month.until - first).days + 1]
