"""How much a value grew beside what was put in and taken out: two ways to say it in percent.

Amounts are exact; only ratios are floats, rounded once, to hundredths of a percent. What moved on
a day counts at its end, so that it earns from the next day on. Neither figure is annualised over
less than a year, as the Global Investment Performance Standards ask: a good month is no promise of
twelve.
"""

import itertools
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from pyxirr import xirr

from reports.queries.fitting import is_only
from reports.queries.worth import ZERO

#: The days of a year, leap years too (actual/365 fixed).
YEAR = 365
_EPOCH = date(2000, 1, 1)


class Reason(StrEnum):
    """Why there is no return."""

    NOTHING_THERE = "nothing_there"
    FROM_NOTHING = "from_nothing"
    BELOW_ZERO = "below_zero"
    ONE_SIGN = "one_sign"
    NO_SOLUTION = "no_solution"
    NO_RATE = "no_rate"


class NoReturn(ValueError):
    """There is no return; the only argument is the `Reason`."""


@dataclass(frozen=True, slots=True)
class Return:
    """A return in percent over `days`, and for a year; `annualised` is None under a year.

    `days` are those on which there was something that could grow. Without a return, `reason` says
    why not.
    """

    period: Decimal | None = None
    annualised: Decimal | None = None
    days: int = 0
    reason: str = ""

    @classmethod
    def none(cls, reason: Reason) -> "Return":
        """Return that there is no return, and why."""
        return cls(reason=reason.value)

    @classmethod
    def of(cls, factor: float, days: int) -> "Return":
        """Return how what became `factor` times as much in so many days did in percent."""
        annualised = factor ** (YEAR / days) if days >= YEAR else None
        return cls(_percent(factor), None if annualised is None else _percent(annualised), days)


class Flow(NamedTuple):
    """What came from elsewhere on a day and what went elsewhere, neither with a sign."""

    came: Decimal = ZERO
    went: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What came, less what went."""
        return self.came - self.went


class Mark(NamedTuple):
    """What something was worth at the end of a day."""

    on: date
    value: Decimal


def time_weighted(marks: Sequence[Mark], flows: Mapping[date, Flow]) -> Return:
    """Return how one unit of money that was there all the time grew, however much came and went.

    Between two marks the return is Modified Dietz: R = (V₁ − V₀ − F) / (V₀ + Σ wᵢFᵢ), where F is
    the sum of the flows Fᵢ after the first mark up to the second and wᵢ = (D − dᵢ) / D, for a flow
    dᵢ days after the first mark and D days between both; the parts are linked as
    (1 + R₁)(1 + R₂) … − 1 (C. R. Bacon, Practical Portfolio Performance Measurement and
    Attribution, chapter 2; GIPS 2020, 2.A). From a mark of nothing on, what came counts from the
    beginning of its day, and days without anything do not count.

    The first mark is the day before the first of the flows may be; there must be a mark wherever
    nothing became something, and wherever something became nothing.
    """
    try:
        return _linked(marks, flows)
    except NoReturn as error:
        return Return.none(*error.args)


def _linked(marks: Sequence[Mark], flows: Mapping[date, Flow]) -> Return:
    moving = sorted(day for day, flow in flows.items() if any(flow))
    factor, days, is_something = 1.0, 0, False
    for before, after in itertools.pairwise(marks):
        between = moving[bisect_right(moving, before.on) : bisect_right(moving, after.on)]
        base, gain = _grown(before, after, [(day, flows[day]) for day in between])
        if before.value:
            days += (after.on - before.on).days
        if base:
            factor, is_something = factor * (1 + float(gain / base)), True
    if not is_something:
        raise NoReturn(Reason.NOTHING_THERE)
    return Return.of(factor, days)


def _grown(
    before: Mark, after: Mark, flows: Sequence[tuple[date, Flow]]
) -> tuple[Decimal, Decimal]:
    """Return what was there between two marks, on the average day, and what it gained."""
    if before.value < 0 or after.value < 0:
        raise NoReturn(Reason.BELOW_ZERO)
    gain = after.value - before.value - sum((flow.net for _, flow in flows), ZERO)
    if not before.value:
        base = sum((flow.came for _, flow in flows), ZERO)
        if gain and not base:
            raise NoReturn(Reason.FROM_NOTHING)
        return base, gain
    # Both for all the days together, so that they stay exact.
    span = (after.on - before.on).days
    base = before.value * span
    base += sum(((after.on - day).days * flow.net for day, flow in flows), ZERO)
    # Less than all of it cannot be lost: then more came just before than the average day knows.
    if base <= 0 or base + gain * span < 0:
        raise NoReturn(Reason.BELOW_ZERO)
    return base, gain * span


def money_weighted(opening: Mark, flows: Mapping[date, Flow], closing: Mark) -> Return:
    """Return the rate at which what was put in would have become what was taken out and is left.

    That is the internal rate of return r of Σ Cᵢ(1 + r)^(−tᵢ/365) = 0 (actual/365 fixed), where the
    Cᵢ are the opening value and what came, negative, what went, and the closing value; solved by
    pyxirr, if no other rate fits (`fitting.py`). The period's own figure is (1 + r)^(T/365) − 1
    over the T days from the first of them to the last.
    """
    moved: dict[date, Decimal] = {opening.on: -opening.value}
    for day, flow in flows.items():
        moved[day] = moved.get(day, ZERO) - flow.net
    moved[closing.on] = moved.get(closing.on, ZERO) + closing.value
    paid = sorted((day, amount) for day, amount in moved.items() if amount)
    if opening.value < 0 or closing.value < 0:
        return Return.none(Reason.BELOW_ZERO)
    if not paid:
        return Return.none(Reason.NOTHING_THERE)
    if len({amount > 0 for _, amount in paid}) == 1:
        return Return.none(Reason.ONE_SIGN)
    days = (paid[-1][0] - paid[0][0]).days
    factor = _factor(paid, days)
    return Return.none(Reason.NO_SOLUTION) if factor is None else Return.of(factor, days)


def _factor(paid: Sequence[tuple[date, Decimal]], days: int) -> float | None:
    """Return what one unit becomes in so many days; None where no rate or more than one fits."""
    # A day's gain taken for a year has no place in a float, so a short time is stretched to a year.
    times = math.ceil(YEAR / days)
    first = paid[0][0]
    stretched = [_EPOCH + (day - first) * times for day, _ in paid]
    rate = xirr(stretched, [float(amount) for _, amount in paid], day_count="act/365f")
    if rate is None or not -1 <= rate < math.inf:
        return None
    try:
        factor = float((1 + rate) ** (days * times / YEAR))
    except OverflowError:
        return None
    amounts = [((day - first).days, float(amount)) for day, amount in paid]
    return factor if is_only(amounts, factor) else None


def _percent(factor: float) -> Decimal:
    found = Decimal(f"{100 * (factor - 1):.2f}")
    return found if found else abs(found)
