"""Convert amounts at dated rates, and say which rate it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter

from django.db import connection

from buffet.money import Money

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
    """The rates of some currencies into one, on some days."""

    def __init__(self, target: str, found: _Found) -> None:
        self.target, self._found = target, found
        self._own = Rate("exact", ONE)
        self._known: dict[tuple[str, date], Rate] = {}

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
            found = {
                (day, base, quote): (on, rate, source)
                for day, base, quote, on, rate, source in cursor.fetchall()
            }
        return cls(target, found)

    def rate(self, currency: str, day: date) -> Rate:
        """Return the rate of a currency on a day: direct, inverse or through the euro."""
        if currency == self.target:
            return self._own
        known = self._known.get((currency, day))
        if known is None:
            known = self._known[currency, day] = self._rate(currency, day)
        return known

    def _rate(self, currency: str, day: date) -> Rate:
        # The freshest quotation; of one day, the direct one first.
        found = [
            dated
            for dated in (
                self._found.get((day, currency, self.target)),
                self._inverse(currency, day),
                self._cross(currency, day),
            )
            if dated is not None
        ]
        if not found:
            return MISSING
        on, rate, source = max(found, key=itemgetter(0))
        return Rate("exact" if on == day else "carried", rate, on, source)

    def _inverse(self, currency: str, day: date) -> _Dated | None:
        found = self._found.get((day, self.target, currency))
        return found and (found[0], 1 / found[1], found[2])

    def _cross(self, currency: str, day: date) -> _Dated | None:
        here = self._found.get((day, PIVOT, currency))
        there = self._found.get((day, PIVOT, self.target))
        if here is None or there is None:
            return None
        # The older of the two says how fresh the cross is.
        on, _, source = min(here, there, key=itemgetter(0))
        return on, there[1] / here[1], source
