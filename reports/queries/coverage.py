"""Coverage: which days of which account a bank's statement backs, and where statements do not join.

A committed import backs the days that its statement is about; a balance that somebody agreed with
backs its own day. What balances that agree, or statements that join, say of the days between them
is told apart: nothing came and went there unseen but what cancels out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.db import connection

from buffet.errors import NotFound
from reports.asking import Asked
from reports.periods import DAY, Month
from reports.queries.closing_accounts import STATED, Days, agreeing, gaps
from reports.queries.stated import Stated, stated
from transactions.queries import points
from transactions.queries.points import Point


class Backing(StrEnum):
    """What is behind some days of an account."""

    STATEMENT = "statement"
    BALANCES = "balances"
    NOTHING = "nothing"


class Cover(StrEnum):
    """How much of a month is backed by statements."""

    FULL = "full"
    PART = "part"
    NONE = "none"
    #: Before the account was opened, after it was archived, or to come.
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row, from the first to the last, with the same behind them."""

    since: date
    until: date
    backing: Backing

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.until - self.since).days + 1

    def within(self, since: date, until: date) -> "Stretch | None":
        """The part of it between two days; None if there is none."""
        first, last = max(self.since, since), min(self.until, until)
        return Stretch(first, last, self.backing) if first <= last else None


@dataclass(frozen=True)
class MonthCover:
    """A month of an account: the stretches of its days that count."""

    month: Month
    stretches: Sequence[Stretch]

    @cached_property
    def days(self) -> int:
        """How many of its days count."""
        return sum(one.days for one in self.stretches)

    @cached_property
    def backed(self) -> int:
        """How many of them a statement backs."""
        return sum(one.days for one in self.stretches if one.backing == Backing.STATEMENT)

    @cached_property
    def cover(self) -> Cover:
        """How much of it is backed."""
        if not self.days:
            return Cover.OUTSIDE
        if self.backed == self.days:
            return Cover.FULL
        return Cover.PART if self.backed else Cover.NONE


@dataclass(frozen=True, slots=True)
class Break:
    """Two statements of which the later does not open with what the earlier closed with."""

    before: Stated
    after: Stated
    closing: Decimal
    opening: Decimal

    @property
    def difference(self) -> Decimal:
        """What moved between them, and no statement says how."""
        return self.opening - self.closing


@dataclass(frozen=True)
class AccountCover:
    """An account: its days that count and what is behind them.

    `since` and `until` are the first and the last of them; both None if none counts.
    """

    id: UUID
    name: str
    kind: str
    currency: str
    since: date | None
    until: date | None
    stretches: Sequence[Stretch]
    breaks: Sequence[Break]
    months: Sequence[MonthCover]

    @cached_property
    def gaps(self) -> Sequence[Stretch]:
        """The days that no statement backs."""
        return [one for one in self.stretches if one.backing != Backing.STATEMENT]

    @property
    def days(self) -> int:
        """How many days count."""
        return sum(one.days for one in self.stretches)

    @property
    def missing(self) -> int:
        """How many of them no statement backs."""
        return sum(one.days for one in self.gaps)

    @property
    def agreed(self) -> int:
        """How many of those lie between balances that agree."""
        return sum(one.days for one in self.gaps if one.backing == Backing.BALANCES)


@dataclass(frozen=True)
class Coverage:
    """The accounts of which banks send statements, by name; `without` names the others."""

    asked: Asked
    accounts: Sequence[AccountCover]
    without: Sequence[str]

    @property
    def days(self) -> int:
        """How many days of accounts count."""
        return sum(one.days for one in self.accounts)

    @property
    def missing(self) -> int:
        """How many of them no statement backs."""
        return sum(one.missing for one in self.accounts)

    @property
    def agreed(self) -> int:
        """How many of those lie between balances that agree."""
        return sum(one.agreed for one in self.accounts)

    @property
    def breaks(self) -> int:
        """How often statements do not join."""
        return sum(len(one.breaks) for one in self.accounts)


@dataclass(frozen=True, slots=True)
class _Row:
    """An account, the day it begins to count and the one it was archived on."""

    id: UUID
    name: str
    kind: str
    currency: str
    opened_on: date | None
    archived_on: date | None


# An account counts from the day it was opened or from the first that moved it, whichever is the
# earlier; that a balance was opened with is no movement, since no statement shows it.
_ACCOUNTS = """
SELECT a.id, a.name, a.kind, a.currency, least(a.opened_on, moved.date),
    (a.archived_at AT TIME ZONE b.time_zone)::date
FROM accounts_account a
JOIN buffet_book b ON b.id = a.book_id
LEFT JOIN LATERAL (
    SELECT e.date FROM transactions_entry e
    JOIN transactions_transaction t ON t.id = e.transaction_id
    WHERE e.account_id = a.id AND t.source <> 'opening'
    ORDER BY e.date LIMIT 1
) AS moved ON true
WHERE a.book_id = %s AND a.type IN ('asset', 'liability')
ORDER BY a.name, a.id
"""


def coverage(asked: Asked) -> Coverage:
    """Return which days of a period statements back, in three statements.

    :raises NotFound: if an account is not in the book.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, (asked.book_id,))
        rows = [_Row(*row) for row in cursor.fetchall()]
    if not {*asked.accounts} <= {row.id for row in rows}:
        raise NotFound("There is no such account in this book.")
    until = min(asked.period.until, asked.today)
    files: dict[UUID, list[Stated]] = defaultdict(list)
    for one in stated(asked.book_id, until):
        files[one.account_id].append(one)
    known: dict[UUID, list[Point]] = defaultdict(list)
    for point in points.beside(asked.book_id, asked.period.since, until):
        known[point.account_id].append(point)
    wanted = [row for row in rows if not asked.accounts or row.id in asked.accounts]
    with_bank = [row for row in wanted if row.kind in STATED or row.id in files]
    return Coverage(
        asked,
        [_account(asked, row, files[row.id], known[row.id]) for row in with_bank],
        [row.name for row in wanted if row not in with_bank],
    )


def _account(
    asked: Asked, row: _Row, files: Sequence[Stated], known: Sequence[Point]
) -> AccountCover:
    counting = _counting(asked, row, files)
    breaks, joined = _chained(files)
    stretches: Sequence[Stretch] = ()
    if counting:
        # A day that somebody agreed with is backed by itself, one between two that agree is not.
        backed = [*((one.since, one.until) for one in files)]
        backed += [(point.on, point.on) for point in known if point.reconciled_at]
        stretches = _stretches(counting, backed, [*joined, *agreeing(known)])
    return AccountCover(
        id=row.id,
        name=row.name,
        kind=row.kind,
        currency=row.currency,
        since=counting and counting[0],
        until=counting and counting[1],
        stretches=stretches,
        breaks=[one for one in breaks if one.after.since >= asked.period.since],
        months=[_month(month, stretches) for month in asked.period.months],
    )


def _counting(asked: Asked, row: _Row, files: Sequence[Stated]) -> Days | None:
    """Return the first and the last day of the period on which the account has anything to back."""
    known = [*(one.since for one in files), *([row.opened_on] if row.opened_on else ())]
    opened = min(known, default=None)
    if opened is None:
        return None
    first = max(opened, asked.period.since)
    last = min(asked.period.until, asked.today, row.archived_on or date.max)
    return (first, last) if first <= last else None


def _chained(files: Sequence[Stated]) -> tuple[list[Break], list[Days]]:
    """Return where statements do not join, and the days between those that do.

    Statements that overlap are not compared: neither ends where the other begins.
    """
    breaks: list[Break] = []
    joined: list[Days] = []
    last: Stated | None = None
    for one in files:
        if last and one.since > last.until and last.closing is not None and one.opening is not None:
            if last.closing != one.opening:
                breaks.append(Break(last, one, last.closing, one.opening))
            elif one.since > last.until + DAY:
                joined.append((last.until + DAY, one.since - DAY))
        if last is None or one.until > last.until:
            last = one
    return breaks, joined


def _stretches(counting: Days, backed: Iterable[Days], agreed: Iterable[Days]) -> Sequence[Stretch]:
    """Return all days that count, in order, by what is behind them."""
    missing = gaps(*counting, backed)
    agreed = sorted(agreed)
    found = [Stretch(*days, Backing.STATEMENT) for days in gaps(*counting, missing)]
    for days in missing:
        bare = gaps(*days, agreed)
        found += [Stretch(*one, Backing.NOTHING) for one in bare]
        found += [Stretch(*one, Backing.BALANCES) for one in gaps(*days, bare)]
    return sorted(found, key=lambda one: one.since)


def _month(month: Month, stretches: Sequence[Stretch]) -> MonthCover:
    parts = (one.within(month.since, month.until) for one in stretches)
    return MonthCover(month, [one for one in parts if one])
