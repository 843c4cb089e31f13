"""Two lines over months: what something is worth, and how much of that was put in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.charts.axes import (
    LEFT,
    NARROW,
    RIGHT,
    WIDE,
    MonthTick,
    Spot,
    Tick,
    month_ticks,
    reach,
    scale,
    spots,
    ticks,
)


@dataclass(frozen=True, slots=True)
class GrowthChart:
    """A line with its area, a second line beside it, the axes' ticks, and the last point."""

    width: int
    height: int
    line: str
    area: str
    put_in: str
    ticks: Sequence[Tick]
    months: Sequence[MonthTick]
    last_x: float
    last_y: float
    last: Decimal
    spots: Sequence[Spot]
    left: int = LEFT


def growth_charts(points: Sequence[tuple[date, Decimal, Decimal]]) -> dict[str, GrowthChart]:
    """Return the chart of (day, value, put in), wide and narrow.

    Empty for fewer than three points, which a table tells better.
    """
    if len(points) < 3:
        return {}
    return {"wide": _chart(points, *WIDE), "narrow": _chart(points, *NARROW)}


def _chart(points: Sequence[tuple[date, Decimal, Decimal]], width: int, height: int) -> GrowthChart:
    days, values, put_in = ([*column] for column in zip(*points, strict=True))
    low, high, step = reach([*values, *put_in])
    y = scale(low, high, height)
    across = (width - LEFT - RIGHT) / (len(points) - 1)
    xs = [round(LEFT + across * place, 1) for place in range(len(points))]

    def path(heights: Sequence[Decimal]) -> str:
        return "M" + " L".join(f"{x},{y(value)}" for x, value in zip(xs, heights, strict=True))

    line = path(values)
    return GrowthChart(
        width=width,
        height=height,
        line=line,
        area=f"{line} L{xs[-1]},{y(Decimal(0))} L{xs[0]},{y(Decimal(0))} Z",
        put_in=path(put_in),
        ticks=ticks(low, high, step, y),
        months=month_ticks(days, xs, width),
        last_x=xs[-1],
        last_y=y(values[-1]),
        last=values[-1],
        spots=spots(days, xs, [*zip(values, put_in, strict=True)], width, y),
    )
