"""Convert amounts at dated rates, and say which rate it was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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


OWN = Rate("exact", ONE)
MISSING = Rate("missing")
# Most pairs are never quoted: those are left out before each day is looked up.
_LATEST = """
SELECT d.day, p.base, p.quote, r.on, r.rate, r.source
FROM unnest(%s::text[], %s::text[]) AS p (base, quote)
CROSS JOIN unnest(%s::date[]) AS d (day)
CROSS JOIN LATERAL (
    SELECT "on", rate, source FROM accounts_exchangerate
    WHERE base = p.base AND quote = p.quote AND "on" <= d.day ORDER BY "on" DESC LIMIT 1
) AS r
WHERE EXISTS (SELECT FROM accounts_exchangerate e WHERE e.base = p.base AND e.quote = p.quote)
"""
_Dated = tuple[date, Decimal, str]
_Found = Mapping[tuple[date, str, str], _Dated]


class Rates:
    """The rates of some currencies into one, on some days: direct, inverse or through the euro."""

    def __init__(self, target: str, found: _Found) -> None:
        self.target, self._found = target, found
        self._rates: dict[tuple[str, date], Rate] = {}

    @classmethod
    def read(cls, target: str, currencies: Iterable[str], days: Iterable[date]) -> "Rates":
        """Read the latest rates on or before each day, in one query; none if all is in `target`."""
        foreign = set(currencies) - {target}
        if not foreign:
            return cls(target, {})
        quoted = {*foreign, target}
        pairs = {(PIVOT, quote) for quote in quoted - {PIVOT}}
        pairs |= {(one, target) for one in foreign} | {(target, one) for one in foreign}
        bases, quotes = zip(*sorted(pairs), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_LATEST, (list(bases), list(quotes), sorted(set(days))))
            return cls(target, {row[:3]: row[3:] for row in cursor.fetchall()})

    def rate(self, currency: str, day: date) -> Rate:
        """Return the rate of a currency on a day."""
        if currency == self.target:
            return OWN
        known = self._rates.get((currency, day))
        if known is None:
            found = self._freshest(currency, day)
            known = MISSING
            if found is not None:
                on, rate, source = found
                known = Rate("exact" if on == day else "carried", rate, on, source)
            self._rates[currency, day] = known
        return known

    def values(self, currency: str, days: Sequence[date]) -> list[Decimal | None]:
        """Return what one unit of a currency was worth on each day; None where nobody knows."""
        if currency == self.target:
            return [ONE] * len(days)
        return [(found := self._freshest(currency, day)) and found[1] for day in days]

    def _freshest(self, currency: str, day: date) -> _Dated | None:
        """Return the latest quotation; of one day, the direct one rather than the others."""
        best = self._found.get((day, currency, self.target))
        inverse = self._found.get((day, self.target, currency))
        if inverse and (best is None or inverse[0] > best[0]):
            best = inverse[0], ONE / inverse[1], inverse[2]
        here = self._found.get((day, PIVOT, currency))
        there = self._found.get((day, PIVOT, self.target))
        if here and there:
            # The older of the two says how fresh the cross is.
            older = here if here[0] <= there[0] else there
            if best is None or older[0] > best[0]:
                best = older[0], there[1] / here[1], older[2]
        return best


@remembered(maxsize=128)
def rates_of(
    target: str, currencies: frozenset[str], days: tuple[date, ...], version: int
) -> Rates:
    """Return the rates into a currency as they were in one state of all rates, by its number.

    Take the number from the database before asking: what is read then is of that state, or of a
    newer one that nobody asks for by the older number.
    """
    return Rates.read(target, currencies, days)
