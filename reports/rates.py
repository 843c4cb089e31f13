"""Convert amounts at dated rates, and say which rate it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from buffet.money import Money

#: The base of the European Central Bank's file, through which other pairs are crossed.
PIVOT = "EUR"


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
_LATEST = """
SELECT d.day, p.base, p.quote, r.on, r.rate, r.source
FROM unnest(%s::date[]) AS d (day)
CROSS JOIN unnest(%s::text[], %s::text[]) AS p (base, quote)
CROSS JOIN LATERAL (
    SELECT "on", rate, source FROM accounts_exchangerate
    WHERE base = p.base AND quote = p.quote AND "on" <= d.day ORDER BY "on" DESC LIMIT 1
) AS r
"""
_Found = Mapping[tuple[date, str, str], tuple[date, Decimal, str]]


class Rates:
    """The rates of some currencies into one, on some days."""

    def __init__(self, target: str, found: _Found) -> None:
        self.target, self._found = target, found

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
            cursor.execute(_LATEST, (sorted(set(days)), list(bases), list(quotes)))
            found = {
                (day, base, quote): (on, rate, source)
                for day, base, quote, on, rate, source in cursor.fetchall()
            }
        return cls(target, found)

    def rate(self, currency: str, day: date) -> Rate:
        """Return the rate of a currency on a day: direct, inverse, or crossed through the euro."""
        if currency == self.target:
            return Rate("exact", Decimal(1), day)
        direct = self._found.get((day, currency, self.target))
        if direct:
            return self._dated(direct[1], day, direct)
        inverse = self._found.get((day, self.target, currency))
        if inverse:
            return self._dated(1 / inverse[1], day, inverse)
        here, there = self._leg(currency, day), self._leg(self.target, day)
        if here is None or there is None:
            return MISSING
        # The older of the two says how fresh the cross is.
        return self._dated(there[1] / here[1], day, min(here, there))

    def _leg(self, currency: str, day: date) -> tuple[date, Decimal, str] | None:
        if currency == PIVOT:
            return day, Decimal(1), ""
        return self._found.get((day, PIVOT, currency))

    def _dated(self, rate: Decimal, day: date, found: tuple[date, Decimal, str]) -> Rate:
        return Rate("exact" if found[0] == day else "carried", rate, found[0], found[2])
