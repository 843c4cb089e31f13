"""The rates of a journal: those that the book's reports convert at.

What reads a journal has one price of a pair and day, and takes a pair's latest price, however old,
before it crosses others. So the book's own rate is told instead of a shared one of its day, a pair
that was quoted both ways round is told one way, and a pair of which the book has rates of its own
is told at its cross through the euro as well, on each day on which that is fresher.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import BookRate
from accounts.rates import ONE, PIVOT
from buffet.models import Book
from reports.journals.reading import CHUNK, JournalRate, currencies

Pair = tuple[str, str]


class _Quoted(NamedTuple):
    """A rate as it was quoted, and whether the book itself did."""

    on: date
    base: str
    quote: str
    is_own: bool
    rate: Decimal


# The shared ones from a month before the first entry, whose day may have had no rate of its own.
_QUOTED = """
SELECT * FROM (
    SELECT "on", base, quote, false AS is_own, rate FROM accounts_exchangerate
    WHERE base = ANY(%(known)s) AND quote = ANY(%(known)s) AND "on" >= (
        SELECT min(month) - 31 FROM transactions_monthlybalance WHERE book_id = %(book)s
    )
    UNION ALL
    SELECT "on", base, quote, true, rate FROM accounts_bookrate
    WHERE book_id = %(book)s AND base = ANY(%(known)s) AND quote = ANY(%(known)s)
) AS quoted
WHERE ("on", base, quote, is_own) > (%(on)s, %(base)s, %(quote)s, %(is_own)s)
ORDER BY "on", base, quote, is_own LIMIT %(limit)s
"""


def rates(book: Book) -> Iterator[JournalRate]:
    """Yield the rates between the currencies that the book uses, and those through the euro."""
    used = currencies(book)
    if len(used) == 1:
        return
    known = [*used, PIVOT]
    rows = BookRate.objects.filter(book=book, base__in=known, quote__in=known).order_by()
    told = _Told(rows.values_list("base", "quote").distinct(), book.base_currency)
    for on, quoted in groupby(_quoted(book, known), attrgetter("on")):
        yield from told.on(on, quoted)


def _quoted(book: Book, known: list[str]) -> Iterator[_Quoted]:
    values: dict[str, Any] = {"book": book.id, "known": known, "limit": CHUNK}
    last = _Quoted(date.min, "", "", False, ONE)
    while True:
        values |= {"on": last.on, "base": last.base, "quote": last.quote, "is_own": last.is_own}
        with connection.cursor() as cursor:
            cursor.execute(_QUOTED, values)
            found = [_Quoted._make(row) for row in cursor.fetchall()]
        yield from found
        if len(found) < CHUNK:
            return
        last = found[-1]


class _Told:
    """What is told of one day after the other; `own` are the pairs of the book's own rates."""

    def __init__(self, own: Iterable[Pair], base: str) -> None:
        self._ways: dict[Pair, Pair] = {}
        pairs = {pair for pair in own if PIVOT not in pair}
        for one, other in sorted(pairs):
            is_turned = (other, one) in pairs and (one == base or (other != base and other < one))
            way = (other, one) if is_turned else (one, other)
            self._ways |= {way: way, way[::-1]: way}
        self._crossed = sorted(set(self._ways.values()))
        self._latest: dict[Pair, tuple[date, Decimal]] = {}

    def on(self, day: date, quoted: Iterable[_Quoted]) -> Iterator[JournalRate]:
        """Yield what is told of a day on which something was quoted, by pair."""
        found: dict[Pair, tuple[bool, bool, Decimal]] = {}
        for one in quoted:
            pair = (one.base, one.quote)
            way = self._way(pair)
            rate = one.rate if way == pair else ONE / one.rate
            found[way] = max(found.get(way, (False, False, rate)), (one.is_own, way == pair, rate))
        told = {way: rate for way, (_, _, rate) in found.items()}
        self._latest |= {way: (day, rate) for way, rate in told.items()}
        for base, quote in self._crossed:
            if found.keys() & {(PIVOT, base), (PIVOT, quote)}:
                told |= self._fresher((base, quote))
        for (base, quote), rate in sorted(told.items()):
            yield JournalRate(day, base, quote, rate)

    def _way(self, pair: Pair) -> Pair:
        """Return which way round a pair is told."""
        return pair[::-1] if pair[1] == PIVOT else self._ways.get(pair, pair)

    def _fresher(self, pair: Pair) -> dict[Pair, Decimal]:
        """Return the cross of a pair through the euro, if it is fresher than what was quoted."""
        here, there = (self._latest.get((PIVOT, one)) for one in reversed(pair))
        quoted = self._latest.get(pair)
        if not here or not there or (quoted and quoted[0] >= min(here[0], there[0])):
            return {}
        return {pair: here[1] / there[1]}
