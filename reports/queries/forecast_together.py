"""A forecast in one currency: what the accounts that it projects come to together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from uuid import UUID

from accounts.rates import Rate, Rates, rates_of
from buffet.money import Money, round_to
from reports.queries.bringing import Conversion
from reports.queries.forecast import ZERO, Day, Forecast, Projection


@dataclass(frozen=True)
class Together:
    """A forecast, and what its projections come to in one currency.

    All at the rates of its first day: nobody knows later ones. What each account comes to is
    rounded, and what has no rate is left out.
    """

    found: Forecast
    currency: str
    projections: Sequence[Projection]
    rates: Rates

    def rate(self, currency: str) -> Rate:
        """Return the rate that amounts of a currency are converted at."""
        return self.rates.rate(currency, self.found.as_of)

    def converted(self, currency: str, balance: Decimal) -> Decimal | None:
        """Return what a balance comes to, rounded; None where there is no rate."""
        rate = self.rate(currency).rate
        return None if rate is None else round_to(balance * rate, self.currency)

    @cached_property
    def steps(self) -> Sequence[Day]:
        """The days on which all of it together becomes another amount, the first day leading."""
        moves: dict[date, Decimal] = defaultdict(Decimal)
        moves[self.found.as_of] = ZERO
        for one in self.projections:
            before = ZERO
            for on, balance in one.steps:
                after = self.converted(one.currency, balance)
                if after is None:
                    break
                moves[on] += after - before
                before = after
        first, *later = sorted(moves)
        steps = [Day(first, moves[first])]
        for on in later:
            if moves[on]:
                steps.append(Day(on, steps[-1].balance + moves[on]))
        return steps

    @property
    def lowest(self) -> Day:
        """The first day of its lowest amount."""
        return min(self.steps, key=attrgetter("balance"))

    @property
    def below_zero(self) -> date | None:
        """The first day on which it is below zero."""
        return next((day.on for day in self.steps if day.balance < 0), None)

    @property
    def conversions(self) -> Sequence[Conversion]:
        """The rate of each currency but the report's, by currency."""
        used = {one.currency for one in self.projections} - {self.currency}
        day = self.found.as_of
        return [Conversion(currency, day, self.rate(currency)) for currency in sorted(used)]

    @property
    def apart(self) -> Sequence[Projection]:
        """The accounts that have no rate, and anything on them on any day."""
        return [
            one
            for one in self.projections
            if self.rate(one.currency).rate is None and any(day.balance for day in one.steps)
        ]

    @property
    def not_converted(self) -> Sequence[Money]:
        """What is on those at the end of the first day, one sum for each currency."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for one in self.apart:
            sums[one.currency] += one.steps[0].balance
        return [Money(total, currency) for currency, total in sorted(sums.items())]


def together(found: Forecast, book_id: UUID, currency: str) -> Together:
    """Return what the accounts of a forecast come to in one currency; one statement for rates."""
    projections = found.projections
    currencies = frozenset(one.currency for one in projections)
    rates = rates_of(book_id, currency, currencies, (found.as_of,), found.rates)
    return Together(found, currency, projections, rates)
