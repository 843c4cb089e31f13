"""Days whose sums are remembered, and months of reports that are put together of them."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from reports.periods import DAY, Month
from transactions.queries.balances import month_after

T = TypeVar("T")


class Sum(NamedTuple):
    """What an account moved in one currency; neither side has a sign."""

    account_id: str
    currency: str
    debit: Decimal
    credit: Decimal
    entries: int

    @property
    def amount(self) -> Decimal:
        """What it moved: positive when more came onto it than went."""
        return self.debit - self.credit

    def negated(self) -> "Sum":
        """Return what is left of it when it is taken off."""
        return Sum(self.account_id, self.currency, -self.debit, -self.credit, -self.entries)


class Span(NamedTuple):
    """Days of one calendar month, or all of it: all that moved in them, or what was no flow."""

    since: date
    until: date
    #: Whether the kept sums of the month are read.
    is_whole: bool = False
    #: Of which accounts it is what valuations and openings added, which comes off; empty for all.
    valued: Sequence[str] = ()

    @property
    def month(self) -> date:
        """The first day of the calendar month."""
        return self.since.replace(day=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True, slots=True)
class State:
    """What all accounts of a book moved in a span, in one state of its calendar month.

    `version` is the book's when the month last changed. What was made of the sums is kept with
    them: it lasts as long as they do.
    """

    version: int
    sums: Sequence[Sum]
    _made: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    #: So many reports' currencies and states of rates are what a span is kept in.
    KEPT = 8

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what follows from the sums and from `key`: made once."""
        found = self._made.get(key)
        if found is None:
            found = make()
            if len(self._made) >= self.KEPT:
                self._made.clear()
            self._made[key] = found
        return found


class Term(NamedTuple):
    """A span that is added to a month of a report (1), or taken off it (-1)."""

    span: Span
    state: State
    sign: int

    def sums(self, wanted: Collection[str] | None = None) -> Iterator[Sum]:
        """Yield what it adds, of these accounts or of all."""
        for one in self.state.sums:
            if wanted is None or one.account_id in wanted:
                yield one if self.sign > 0 else one.negated()


class Moved(NamedTuple):
    """What accounts moved in days of a month: the sum of terms, and what else is added.

    Terms have all accounts, `parts` at least those that were asked for.
    """

    terms: Sequence[Term]
    parts: Sequence[Sum] = ()

    def sums(self, wanted: Collection[str] | None = None) -> Iterable[Sum]:
        """Return it by account and currency: of these accounts, or of all."""
        of_terms = [one for term in self.terms for one in term.sums(wanted)]
        if len(self.terms) == 1 and not self.parts:
            return of_terms
        parts = (one for one in self.parts if wanted is None or one.account_id in wanted)
        return _together((*of_terms, *parts))


def _together(sums: Iterable[Sum]) -> list[Sum]:
    """Return one sum for each account and currency; those of which nothing is left are left out."""
    found: dict[tuple[str, str], Sum] = {}
    for one in sums:
        key = one.account_id, one.currency
        other = found.get(key)
        if other is not None:
            one = Sum(
                *key,
                one.debit + other.debit,
                one.credit + other.credit,
                one.entries + other.entries,
            )
        found[key] = one
    # A gain that comes off in another currency than its account's has no entry there.
    return [one for one in found.values() if one.entries or one.amount]


@lru_cache(4096)
def valued_in(month: Month, accounts: Sequence[str]) -> Sequence[tuple[Span, int]]:
    """Return the spans of what was no flow of these accounts in a month; none if of none."""
    found: list[tuple[Span, int]] = []
    since = month.since
    while accounts and since <= month.until:
        until = min(month_after(since) - DAY, month.until)
        found.append((Span(since, until, valued=accounts), 1))
        since = until + DAY
    return tuple(found)


@lru_cache(4096)
def reach(month: Month, today: date) -> Sequence[tuple[Span, int]]:
    """Return the spans that a month is the sum of, and how: 1 is added, -1 taken off."""
    terms: list[tuple[Span, int]] = []
    first = month.since.replace(day=1)
    while first <= month.until:
        last = month_after(first) - DAY
        inside = Span(max(first, month.since), min(last, month.until))
        outside = [
            Span(since, until)
            for since, until in ((first, inside.since - DAY), (inside.until + DAY, last))
            if since <= until
        ]
        if _is_less_outside(inside, outside, today):
            terms += [(Span(first, last, True), 1), *((one, -1) for one in outside)]
        else:
            terms.append((inside, 1))
        first = last + DAY
    return tuple(terms)


def _is_less_outside(inside: Span, outside: Sequence[Span], today: date) -> bool:
    """Whether less is likely to lie outside of the days than in them: little is dated ahead."""
    yesterday = today - timedelta(days=1)  # the book's today may be the day before
    return sum(one.days for one in outside if one.since < yesterday) <= inside.days
