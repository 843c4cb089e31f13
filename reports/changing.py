"""What the page of accounts is given when it is compared with a day: figures with their rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from buffet.money import Money
from reports.asking import Asked
from reports.flows.links import account_url, accounts_url, rows_url
from reports.pages import KINDS
from reports.periods import DAY, is_too_long
from reports.queries.portfolio import AccountLine
from reports.queries.portfolio_since import Changed, PortfolioSince


class Urls(NamedTuple):
    """Where the figures of an account are from; none for a change that no rows come to."""

    before: str
    now: str
    change: str


class Row(NamedTuple):
    """An account on both days, in the report's currency; None is what had no rate."""

    name: str
    is_archived: bool
    currency: str
    before: Money | None
    now: Money | None
    change: Money | None
    urls: Urls


@dataclass(frozen=True, slots=True)
class Group:
    """The accounts of a kind, what they come to on both days, and what is in no sum.

    `incomparable` are the currencies that had no rate on one of the days alone.
    """

    kind: str
    rows: Sequence[Row]
    before: Money
    now: Money
    missing: Sequence[str]
    incomparable: Sequence[str]

    @property
    def change(self) -> Money | None:
        """How they changed together; None where the days do not count the same currencies."""
        return None if self.incomparable else self.now - self.before


def accounts(found: PortfolioSince, asked: Asked, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context of the accounts' page about two days."""
    parts = {name: wanted[name] for name in ("type", "kind", "held") if name in wanted}
    if "without" in wanted:
        parts["without"] = ",".join(map(str, wanted["without"]))
    held = accounts_url(asked)
    return {
        "report": found.now,
        "groups": _groups(found, asked),
        "count": len(found.lines),
        "since": found.before.as_of,
        "change": found.change,
        "incomparable": found.incomparable,
        "sums": [(day, held(day.as_of, **parts)) for day in found.days],
        "wanted": wanted,
        "conversions": [*found.before.conversions, *found.now.conversions],
    }


def _groups(found: PortfolioSince, asked: Asked) -> list[Group]:
    groups: dict[str, list[Changed]] = {kind: [] for kind in KINDS}
    for one in found.lines:
        groups[one.now.kind].append(one)
    return [_group(kind, lines, found, asked) for kind, lines in groups.items() if lines]


def _group(kind: str, lines: Sequence[Changed], found: PortfolioSince, asked: Asked) -> Group:
    since, on, currency = found.before.as_of, found.now.as_of, found.now.currency
    rows = [_row(one, since, on, asked) for one in lines]

    def total(amounts: Iterable[Money | None]) -> Money:
        return Money(sum((one.amount for one in amounts if one), Decimal(0)), currency)

    before, now = (
        {row.currency for row in rows if getattr(row, day) is None} for day in ("before", "now")
    )
    return Group(
        kind,
        rows,
        total(row.before for row in rows),
        total(row.now for row in rows),
        sorted(before | now),
        sorted(before ^ now),
    )


def _row(one: Changed, since: date, on: date, asked: Asked) -> Row:
    now, currency = one.now, asked.currency
    url = account_url(asked, UUID(now.id))
    change = ""
    # Entries in another currency are converted by month, and come to something else.
    if now.balance.currency == currency and since < on and not is_too_long(since + DAY, on):
        # They are the account's, whatever else the accounts were chosen by.
        rows = rows_url(replace(asked, accounts=(), broker=None))
        change = rows(since + DAY, on, account=now.id)
    return Row(
        now.name,
        now.is_archived,
        now.balance.currency,
        _shown(one.before, currency),
        _shown(now, currency),
        one.change,
        Urls(url(since), url(on), change),
    )


def _shown(line: AccountLine, currency: str) -> Money | None:
    """Return what an account comes to; nothing on it is nothing, whatever the rate."""
    return line.converted if line.balance else Money(Decimal(0), currency)
