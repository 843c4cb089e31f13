"""Convert amounts at dated rates, and say which rate it was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from buffet.money import Money
from buffet.remembering import remembered

#: The base of the European Central Bank's file, through which other pairs are crossed.
PIVOT = "EUR"
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in the report's; `status` exact, carried or missing."""

    status: str
    rate: Decimal | None = None
    as_of: date | None = None
    source: str = ""

    def convert(self, amount: Decimal, currency: str) -> Money | None:
        """Return the amount in the report's `currency`; None where there is no rate."""
        return None if self.rate is None else Money(amount * self.rate, currency)


SAME = Rate("exact", ONE)
MISSING = Rate("missing")


def described(rate: Rate) -> dict[str, Any]:
    """Return what is said of a rate with each figure that was converted at it."""
    return {
        "rate": None if rate.rate is None else digits(rate.rate),
        "as_of": rate.as_of,
        "source": rate.source,
        "status": rate.status,
    }


def digits(rate: Decimal) -> str:
    """Return a rate with eight decimals, or with as many as show eight digits of a small one."""
    return f"{rate:.{max(8, 7 - rate.adjusted())}f}"


def not_converted(amounts: Iterable[Money]) -> list[Money]:
    """Return what was left out of a figure, since it had no rate: one sum for each currency."""
    totals: dict[str, Decimal] = {}
    for one in filter(None, amounts):
        totals[one.currency] = totals.get(one.currency, Decimal(0)) + one.amount
    return [Money(total, currency) for currency, total in sorted(totals.items())]


class State(NamedTuple):
    """What decides the rates of a book: `base` is its currency, through which its own are crossed.

    The others are the number of the shared rates' state, and of the book's own rates' (0 if it
    never had any).
    """

    shared: int = 0
    own: int = 0
    base: str = ""


#: The row of the state of the rates of `%(book)s`, for the statement that a report begins with:
#: `CROSS JOIN {STATE} AS rates`, then `rates.*`.
STATE = """(
    SELECT (
        SELECT coalesce(max(version), 0) FROM buffet_sharedstate WHERE name = 'rates'
    ) AS shared, (
        SELECT coalesce(max(version), 0) FROM accounts_ownrates WHERE book_id = %(book)s
    ) AS own, (
        SELECT base_currency FROM buffet_book WHERE id = %(book)s
    ) AS base
)"""
_SHARED_ROWS = """
SELECT "on", rate, source, false AS own FROM accounts_exchangerate
WHERE base = p.base AND quote = p.quote
"""
_OWN_ROWS = """
SELECT "on", rate, source, true AS own FROM accounts_bookrate
WHERE book_id = %(book)s AND base = p.base AND quote = p.quote
"""
_UP_TO_THE_DAY = 'AND "on" <= d.day ORDER BY "on" DESC LIMIT 1'
_IN_ORDER = 'ORDER BY "on" DESC, own DESC LIMIT 1'
# From the last day back: a rate is that of all days since it was quoted, so that the next look-up
# is for the last day before. What a look-up passes by (in what was known, all that was loaded
# later) is so passed by once, and not for each day again.
_FOUND = """
WITH RECURSIVE found AS (
    SELECT p.base, p.quote, d.number, r.*
    FROM unnest(%(bases)s::text[], %(quotes)s::text[]) AS p (base, quote)
    CROSS JOIN (
        SELECT cardinality(a.days) AS number, a.days[cardinality(a.days)] AS day
        FROM (SELECT %(days)s::date[] AS days) AS a
    ) AS d
    CROSS JOIN LATERAL ({latest}) AS r
    UNION ALL
    SELECT p.base, p.quote, d.number, r.*
    FROM found p
    CROSS JOIN LATERAL (
        SELECT before.number, (%(days)s::date[])[before.number] AS day
        FROM (SELECT width_bucket(p.on - 1, %(days)s::date[]) AS number) AS before
    ) AS d
    CROSS JOIN LATERAL ({latest}) AS r
)
SELECT d.day, f.base, f.quote, f.on, f.rate, f.source, f.own FROM found f
CROSS JOIN unnest(
    (%(days)s::date[])[width_bucket(f.on - 1, %(days)s::date[]) + 1 : f.number]
) AS d (day)
"""
_SHARED = _FOUND.format(latest=f"{_SHARED_ROWS} {_UP_TO_THE_DAY}")
_BOTH = _FOUND.format(
    latest=f"""SELECT * FROM (
        ({_SHARED_ROWS} {_UP_TO_THE_DAY}) UNION ALL ({_OWN_ROWS} {_UP_TO_THE_DAY})
    ) AS either {_IN_ORDER}"""
)


class _Dated(NamedTuple):
    """A rate of a day, of whom it is, and whether the book's own has a part in it."""

    on: date
    rate: Decimal
    sources: frozenset[str]
    own: bool

    @classmethod
    def of(cls, on: date, rate: Decimal, source: str, own: bool) -> "_Dated":
        """Return one that was quoted."""
        return cls(on, rate, frozenset((source,)), own)


_Found = Mapping[tuple[date, str, str], _Dated]


class Rates:
    """The rates of some currencies into one, on some days.

    The freshest of what was quoted for the pair, either way round, and of the cross through the
    euro; of one day, the pair goes before the cross, and the book's own before what is shared.
    Where there is neither, the cross through the book's currency, of which the book's own has a
    part in one half at least: what each of the two is worth there, by the same rules.
    """

    def __init__(self, target: str, found: _Found, base: str = "") -> None:
        self.target, self._found, self._base = target, found, base
        self._rates: dict[tuple[str, date], Rate] = {}

    @classmethod
    def read(
        cls,
        book_id: UUID | None,
        base: str,
        target: str,
        currencies: Iterable[str],
        days: Iterable[date],
    ) -> "Rates":
        """Read the latest rates on or before each day, in one query; none if all is in `target`.

        Those of a book whose currency is `base`, and the shared ones. Without a book, the shared
        ones alone.
        """
        foreign = set(currencies) - {target}
        if not foreign:
            return cls(target, {})
        pairs = {(one, target) for one in foreign}
        quoted = {*foreign, target}
        if book_id is not None:
            pairs |= {(one, base) for one in quoted - {base}}
            quoted.add(base)
        pairs |= {(PIVOT, quote) for quote in quoted - {PIVOT}}
        pairs |= {(quote, base) for base, quote in pairs}
        bases, quotes = zip(*sorted(pairs), strict=True)
        wanted = {
            "book": book_id,
            "bases": list(bases),
            "quotes": list(quotes),
            "days": sorted(set(days)),
        }
        with connection.cursor() as cursor:
            cursor.execute(_SHARED if book_id is None else _BOTH, wanted)
            found = {row[:3]: _Dated.of(*row[3:]) for row in cursor.fetchall()}
        return cls(target, found, "" if book_id is None else base)

    def rate(self, currency: str, day: date) -> Rate:
        """Return the rate of a currency on a day."""
        if currency == self.target:
            return SAME
        known = self._rates.get((currency, day))
        if known is None:
            found = self._known(currency, day)
            known = MISSING
            if found is not None:
                status = "exact" if found.on == day else "carried"
                known = Rate(status, found.rate, found.on, ", ".join(sorted(found.sources)))
            self._rates[currency, day] = known
        return known

    def values(self, currency: str, days: Sequence[date]) -> list[Decimal | None]:
        """Return what one unit of a currency was worth on each day; None where nobody knows."""
        if currency == self.target:
            return [ONE] * len(days)
        return [(found := self._known(currency, day)) and found.rate for day in days]

    def _known(self, currency: str, day: date) -> _Dated | None:
        """Return the rate of a currency: the freshest, or else through the book's currency."""
        found = self._freshest(currency, self.target, day)
        if found is None and self._base not in ("", currency, self.target):
            here = self._freshest(currency, self._base, day)
            there = self._freshest(self.target, self._base, day)
            if here and there and (here.own or there.own):
                return _crossed(here, there)
        return found

    def _freshest(self, one: str, other: str, day: date) -> _Dated | None:
        """Return the latest quotation; of one day, that of the pair rather than a cross."""
        best = self._quoted(one, other, day)
        here = self._quoted(PIVOT, other, day)
        there = self._quoted(PIVOT, one, day)
        if here and there:
            cross = _crossed(here, there)
            if best is None or cross.on > best.on:
                return cross
        return best

    def _quoted(self, base: str, quote: str, day: date) -> _Dated | None:
        """Return the latest quotation of a pair, either way round; of one day, the book's own."""
        direct = self._found.get((day, base, quote))
        inverse = self._found.get((day, quote, base))
        if inverse is None or (
            direct is not None and (direct.on, direct.own) >= (inverse.on, inverse.own)
        ):
            return direct
        return inverse._replace(rate=ONE / inverse.rate)


def _crossed(one: _Dated, other: _Dated) -> _Dated:
    """Return the one rate divided by the other; the older of the two says how fresh that is."""
    return _Dated(
        min(one.on, other.on),
        one.rate / other.rate,
        one.sources | other.sources,
        one.own or other.own,
    )


def rates_of(
    book_id: UUID, target: str, currencies: frozenset[str], days: tuple[date, ...], state: State
) -> Rates:
    """Return the rates into a currency as a book saw them in one state of all rates (`STATE`).

    Take the state from the database before asking: what is read then is of that state, or of a
    newer one that nobody asks for by the older numbers.
    """
    # Books that never had rates of their own remember the same ones.
    of_book, base = (book_id, state.base) if state.own else (None, "")
    return _remembered(of_book, base, target, currencies, days, state.shared, state.own)


@remembered(maxsize=256)
def _remembered(
    book_id: UUID | None,
    base: str,
    target: str,
    currencies: frozenset[str],
    days: tuple[date, ...],
    shared: int,
    own: int,
) -> Rates:
    return Rates.read(book_id, base, target, currencies, days)
