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
    """What was held in a currency at the end of a day, and the rate of that day.

    It `is_left_out` where some account held it and there was no rate: no worth counts it.
    """

    on: date
    held: Money
    rate: Rate
    is_left_out: bool


class Revalued(NamedTuple):
    """What other rates made of a currency in a month, in the report's currency.

    What is held at the end at its rate, less what was there at the start at the rate of then, less
    all that moved, which counts at the rate of the month's end.
    """

    month: Month
    before: Standing
    after: Standing
    amount: Decimal

    @property
    def is_newly_converted(self) -> bool:
        """Whether it got its first rate, or lost its last: no other rate made anything of it."""
        return self.before.is_left_out != self.after.is_left_out


class Exchanged(NamedTuple):
    """What was gained or lost in a month as money was exchanged at other rates than its last.

    It `is_newly_converted` where a side had no rate in that month: the other came into what is
    counted, or left it.
    """

    month: Month
    amount: Decimal
    is_newly_converted: bool


@dataclass(frozen=True, slots=True)
class RateEffects:
    """All that exchange rates made of net worth in a period, the latest first.

    Apart from it, what was only `converted` for the first time, or no more, and what was `traded`
    for it.
    """

    asked: Asked
    revalued: Sequence[Revalued]
    exchanged: Sequence[Exchanged]
    converted: Sequence[Revalued]
    traded: Sequence[Exchanged]

    @property
    def total(self) -> Money:
        """What exchange rates come to: the figure of net worth."""
        return self.sum(self.revalued, self.exchanged)

    @property
    def newly_converted(self) -> Money:
        """What came into what is counted, less what left it: the figure of net worth."""
        return self.sum(self.converted, self.traded)

    def sum(self, *parts: Iterable[Revalued | Exchanged]) -> Money:
        """Return what some of it comes to."""
        amounts = (one.amount for part in parts for one in part)
        return Money(sum(amounts, ZERO), self.asked.currency)


def rate_effects(asked: Asked) -> RateEffects:
    """Return what exchange rates made of net worth, in the statements of net worth itself.

    :raises NotFound: if an account is not in the book.
    """
    found = ground(asked)
    places = range(len(asked.period.months) - 1, -1, -1)
    revalued = [one for place in places for one in _revalued(found, place)]
    exchanged = [one for place in places for one in _exchanged(found, place)]
    return RateEffects(
        asked,
        [one for one in revalued if not one.is_newly_converted],
        [one for one in exchanged if not one.is_newly_converted],
        [one for one in revalued if one.is_newly_converted],
        [one for one in exchanged if one.is_newly_converted],
    )


def newly_converted(found: Ground, place: int) -> Decimal:
    """Return what came in a month into what is counted, less what left it: no rate moved it."""
    parts: list[Revalued | Exchanged] = [*_revalued(found, place), *_exchanged(found, place)]
    return sum((one.amount for one in parts if one.is_newly_converted), ZERO)


def _exchanged(found: Ground, place: int) -> Iterator[Exchanged]:
    """Yield what was exchanged in a month, if anything came of it."""
    conversion, month = found.chart.of_kinds(Kind.CONVERSION), found.asked.period.months[place]
    amount = -sum(_in(found, conversion, place).values(), ZERO)
    if amount:
        sides = found.flows.months[place].sums({*conversion})
        rates = [found.rates.rate(one.currency, month.until) for one in sides if one.amount]
        yield Exchanged(month, amount, any(one.rate is None for one in rates))


def _revalued(found: Ground, place: int) -> Iterator[Revalued]:
    """Yield what is held in each other currency, if its rates made something of it."""
    conversion = found.chart.of_kinds(Kind.CONVERSION)
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
    is_left_out = rate.rate is None and any(totals)
    held = Money(sum(totals, ZERO), currency)
    return Standing(day, held, rate, is_left_out), sum(worth, ZERO)


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
