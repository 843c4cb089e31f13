"""The axes of charts: where they begin and end, their grid lines, their months."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

#: (width, height) in pixels of the page: a chart is drawn for each, and the style sheet shows one.
WIDE, NARROW = (1080, 250), (358, 210)
#: On the left there is room for "−250 mil" and the gap between it and the grid.
LEFT, RIGHT, TOP, BOTTOM = 64, 6, 30, 24
LABEL_WIDTH, VALUE_WIDTH, LINE = 64, 130, 14


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what stands there."""

    at: float
    value: Decimal


@dataclass(frozen=True, slots=True)
class MonthTick:
    """A month on the axis; where years are marked, only the year is written."""

    at: float
    value: date
    is_year: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """A strip of a chart that tells its values when one points at it; its days are one or more."""

    x: float
    width: float
    middle: float
    since: date
    until: date
    values: Sequence[Decimal]
    heights: Sequence[float]


def reach(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Return where an axis begins and ends, zero among it, and the distance of its grid lines."""
    low, high = min(*values, Decimal(0)), max(*values, Decimal(0))
    step = _step(high - low)
    return (
        (low / step).to_integral_value("ROUND_FLOOR") * step,
        (high / step).to_integral_value("ROUND_CEILING") * step,
        step,
    )


def scale(low: Decimal, high: Decimal, height: int) -> Callable[[Decimal], float]:
    """Return what says how high on a chart a value stands."""
    span = float(high - low) or 1.0

    def y(value: Decimal) -> float:
        return round(TOP + (height - TOP - BOTTOM) * (1 - float(value - low) / span), 1)

    return y


def ticks(low: Decimal, high: Decimal, step: Decimal, y: Callable[[Decimal], float]) -> list[Tick]:
    """Return the grid lines of an axis."""
    lines = int((high - low) / step) if step else 0
    return [Tick(y(low + step * n), low + step * n) for n in range(lines + 1)]


def spots(
    days: Sequence[date],
    xs: Sequence[float],
    rows: Sequence[Sequence[Decimal]],
    width: int,
    y: Callable[[Decimal], float],
) -> list[Spot]:
    """Return a strip for each day, which reaches half the way to those beside it."""
    edges = [LEFT, *((one + other) / 2 for one, other in pairwise(xs)), width - RIGHT]
    return [
        Spot(start, end - start, x, day, day, values, [y(value) for value in values])
        for (start, end), x, day, values in zip(pairwise(edges), xs, days, rows, strict=True)
    ]


def month_ticks(days: Sequence[date], xs: Sequence[float], width: int) -> list[MonthTick]:
    """Return as many months as there is room to write: Januaries where there are three of them."""
    years = [place for place, day in enumerate(days) if day.month == 1]
    is_year = len(years) >= 3
    room = max(2, width // (2 * LABEL_WIDTH))
    places = years if is_year else list(range(0, len(days), max(1, -(-len(days) // room))))
    # A label is centred on its month: none hangs over an edge.
    edge = LABEL_WIDTH / 2
    return [
        MonthTick(xs[place], days[place], is_year)
        for place in places
        if edge <= xs[place] <= width - edge
    ]


def _step(span: Decimal) -> Decimal:
    """Return a round distance between grid lines, for about four of them."""
    rough = span / 4 if span else Decimal(1)
    unit = Decimal(10) ** rough.adjusted()
    return next(
        unit * times
        for times in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
        if unit * times >= rough
    )
