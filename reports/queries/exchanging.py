"""What exchange rates made of net worth: what was held at other rates, and what was exchanged."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from accounts.models import Kind
from accounts.rates import Rate
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.periods import Month
from reports.queries.ground import Ground, ground, moved_by
from reports.queries.worth import ZERO


class Standing(NamedTuple):
    """What was held in a currency at the end of a day, and the rate of that day."""

    on: date
    held: Money
    rate: Rate


class Revalued(NamedTuple):
    """What other rates made of a currency in a month, in the report's currency.

    What is held at the end at its rate, less what was there at the start at the rate of then, less
    all that moved, which counts at the rate of the month's end.
    """

    month: Month
    before: Standing
    after: Standing
    amount: Decimal


class Exchanged(NamedTuple):
    """What was gained or lost in a month as money was exchanged at other rates than its last."""

    month: Month
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RateEffects:
    """All that exchange rates made of net worth in a period, the latest first."""

    asked: Asked
    revalued: Sequence[Revalued]
    exchanged: Sequence[Exchanged]

    @property
    def total(self) -> Money:
        """What they come to: the figure of net worth."""
        return self.held + self.traded

    @property
    def held(self) -> Money:
        """What other rates made of what was held."""
        return self._sum(self.revalued)

    @property
    def traded(self) -> Money:
        """What was gained or lost as money was exchanged."""
        return self._sum(self.exchanged)

    def _sum(self, parts: Iterable[Revalued | Exchanged]) -> Money:
        return Money(sum((one.amount for one in parts), ZERO), self.asked.currency)


def rate_effects(asked: Asked) -> RateEffects:
    """Return what exchange rates made of net worth, in the statements of net worth itself.

    :raises NotFound: if an account is not in the book.
    """
    found = ground(asked)
    conversion = found.chart.of_kinds(Kind.CONVERSION)
    places = range(len(asked.period.months) - 1, -1, -1)
    exchanged = [
        Exchanged(asked.period.months[place], -sum(_in(found, conversion, place).values(), ZERO))
        for place in places
    ]
    return RateEffects(
        asked,
        [one for place in places for one in _revalued(found, conversion, place)],
        [one for one in exchanged if one.amount],
    )


def _revalued(found: Ground, conversion: Sequence[str], place: int) -> Iterator[Revalued]:
    """Yield what is held in each other currency, if other rates made something of it."""
    elsewhere = [id for ids in moved_by(found) for id in ids]
    # The other accounts mirror what came onto those that are asked about.
    moved = _in(found, [*elsewhere, *conversion], place)
    target = found.rates.target
    # What was never held is exchanged, too: its sides are rounded, and may differ by cents.
    for currency in sorted({*moved, *(currency for _, currency in found.held)} - {target}):
        before, worth_before = _standing(found, currency, place)
        after, worth_after = _standing(found, currency, place + 1)
        amount = worth_after - worth_before + moved.get(currency, ZERO)
        if amount:
            yield Revalued(found.asked.period.months[place], before, after, amount)


def _standing(found: Ground, currency: str, place: int) -> tuple[Standing, Decimal]:
    """Return what is held in a currency on one of the days, and its worth: each account rounded."""
    day = found.days[place]
    rate = found.rates.rate(currency, day)
    rows = (row for (_, held), row in found.held.items() if held == currency)
    totals = [sum(row[: place + 1], ZERO) for row in rows]
    worth = (round_to(total * (rate.rate or ZERO), found.rates.target) for total in totals)
    return Standing(day, Money(sum(totals, ZERO), currency), rate), sum(worth, ZERO)


def _in(found: Ground, ids: Sequence[str], place: int) -> dict[str, Decimal]:
    """Return what moved accounts in a month by currency, in the report's: as it is counted."""
    day, target = found.days[place + 1], found.rates.target
    sums: dict[str, Decimal] = {}
    for one in found.flows.months[place].sums({*ids}):
        rate = found.rates.rate(one.currency, day).rate
        if rate is not None:
            brought = round_to(one.amount * rate, target)
            sums[one.currency] = sums.get(one.currency, ZERO) + brought
    return sums
