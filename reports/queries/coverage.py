"""Coverage: which days of which account a bank's statement backs, and where statements do not join.

A committed import backs the days that its statement is about; a balance that somebody agreed with
backs its own day. What balances that agree, or statements that join, say of the days between them
is told apart: nothing came and went there unseen but what cancels out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from buffet.errors import NotFound
from reports.asking import Asked
from reports.periods import DAY, Month
from reports.queries.closing_accounts import STATED, Days, agreeing, gaps
from reports.queries.stated import OfAccount, Stated, by_account


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


class Stretch(NamedTuple):
    """Days in a row, from the first to the last, with the same behind them."""

    since: date
    until: date
    backing: Backing

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.until - self.since).days + 1


class MonthCover(NamedTuple):
    """A month of an account: the stretches of its days that count; how many, how many backed."""

    month: Month
    stretches: Sequence[Stretch]
    days: int
    backed: int

    @property
    def cover(self) -> Cover:
        """How much of it a statement backs."""
        if not self.days:
            return Cover.OUTSIDE
        if self.backed == self.days:
            return Cover.FULL
        return Cover.PART if self.backed else Cover.NONE


@dataclass(frozen=True, eq=False)
class Covered:
    """Days that count, what is behind them, and the months that they lie in.

    Accounts with the same days share one: those of which nothing was imported do.
    """

    stretches: Sequence[Stretch]
    months: Sequence[MonthCover]

    @property
    def since(self) -> date | None:
        """The first of them; None if none counts."""
        return self.stretches[0].since if self.stretches else None

    @property
    def until(self) -> date | None:
        """The last of them; None if none counts."""
        return self.stretches[-1].until if self.stretches else None

    @cached_property
    def gaps(self) -> Sequence[Stretch]:
        """The days that no statement backs."""
        return [one for one in self.stretches if one.backing != Backing.STATEMENT]

    @cached_property
    def days(self) -> int:
        """How many days count."""
        return sum(one.days for one in self.stretches)

    @cached_property
    def missing(self) -> int:
        """How many of them no statement backs."""
        return sum(one.days for one in self.gaps)

    @cached_property
    def agreed(self) -> int:
        """How many of those lie between balances that agree."""
        return sum(one.days for one in self.gaps if one.backing == Backing.BALANCES)


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


@dataclass(frozen=True, slots=True)
class AccountCover:
    """An account, its days that count, and where its statements do not join."""

    id: UUID
    name: str
    kind: str
    currency: str
    covered: Covered
    breaks: Sequence[Break]

    @property
    def months(self) -> Sequence[MonthCover]:
        """The months of the period, those without a day that counts too."""
        return self.covered.months

    @property
    def gaps(self) -> Sequence[Stretch]:
        """The days that no statement backs."""
        return self.covered.gaps

    @property
    def missing(self) -> int:
        """How many days no statement backs."""
        return self.covered.missing


@dataclass(frozen=True)
class Coverage:
    """The accounts of which banks send statements, by name; `without` names the others."""

    asked: Asked
    accounts: Sequence[AccountCover]
    without: Sequence[str]

    @property
    def days(self) -> int:
        """How many days of accounts count."""
        return sum(one.covered.days for one in self.accounts)

    @property
    def missing(self) -> int:
        """How many of them no statement backs."""
        return sum(one.covered.missing for one in self.accounts)

    @property
    def agreed(self) -> int:
        """How many of those lie between balances that agree."""
        return sum(one.covered.agreed for one in self.accounts)

    @property
    def breaks(self) -> int:
        """How often statements do not join."""
        return sum(len(one.breaks) for one in self.accounts)


def coverage(asked: Asked) -> Coverage:
    """Return which days of a period statements back, in one statement.

    :raises NotFound: if an account is not in the book.
    """
    until = min(asked.period.until, asked.today)
    rows = by_account(asked.book_id, asked.period.since, until)
    if not {*asked.accounts} <= {row.id for row in rows}:
        raise NotFound("There is no such account in this book.")
    wanted = [row for row in rows if not asked.accounts or row.id in asked.accounts]
    covered = _Covering(asked)
    accounts, without = [], []
    for row in wanted:
        if row.kind in STATED or row.files:
            accounts.append(_account(asked, row, covered))
        else:
            without.append(row.name)
    return Coverage(asked, accounts, without)


class _Covering(dict[tuple[Days | None, Sequence[Days], Sequence[Days]], Covered]):
    """Days that count, made once of the same: a few hundred months for the accounts of a year."""

    def __init__(self, asked: Asked) -> None:
        self._months = asked.period.months

    def __missing__(self, key: tuple[Days | None, Sequence[Days], Sequence[Days]]) -> Covered:
        counting, backed, agreed = key
        stretches = _stretches(counting, backed, agreed) if counting else ()
        self[key] = Covered(stretches, _months(self._months, stretches))
        return self[key]


def _account(asked: Asked, row: OfAccount, covering: _Covering) -> AccountCover:
    breaks, joined = _chained(row.files)
    # A day that somebody agreed with is backed by itself, one between two that agree is not.
    backed = [*((one.since, one.until) for one in row.files)]
    backed += [(on, on) for on, _, is_reconciled in row.points if is_reconciled]
    agreed = (*joined, *agreeing((on, is_ok) for on, is_ok, _ in row.points))
    return AccountCover(
        row.id,
        row.name,
        row.kind,
        row.currency,
        covering[_counting(asked, row), tuple(backed), agreed],
        [one for one in breaks if one.after.since >= asked.period.since],
    )


def _counting(asked: Asked, row: OfAccount) -> Days | None:
    """Return the first and the last day of the period on which the account has anything to back."""
    known = [*(one.since for one in row.files), *([row.opened_on] if row.opened_on else ())]
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


def _months(months: Sequence[Month], stretches: Sequence[Stretch]) -> Sequence[MonthCover]:
    """Return each month with its parts of the stretches, both in order."""
    found, first = [], 0
    for month in months:
        parts, days, backed = [], 0, 0
        while first < len(stretches) and stretches[first].until < month.since:
            first += 1
        for since, until, backing in islice(stretches, first, None):
            if since > month.until:
                break
            part = Stretch(max(since, month.since), min(until, month.until), backing)
            parts.append(part)
            days += part.days
            backed += part.days if backing == Backing.STATEMENT else 0
        found.append(MonthCover(month, parts, days, backed))
    return found
