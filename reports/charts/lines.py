"""A line over months."""

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
class LineChart:
    """A line over months: SVG paths, the axes' ticks, and where the last point is."""

    width: int
    height: int
    line: str
    area: str
    ticks: Sequence[Tick]
    months: Sequence[MonthTick]
    zero: float
    last_x: float
    last_y: float
    last: Decimal
    spots: Sequence[Spot]
    left: int = LEFT


def line_charts(points: Sequence[tuple[date, Decimal]]) -> dict[str, LineChart]:
    """Return the chart of values by month, wide and narrow.

    Empty for fewer than three points, which a table tells better.
    """
    if len(points) < 3:
        return {}
    return {"wide": _chart(points, *WIDE), "narrow": _chart(points, *NARROW)}


def _chart(points: Sequence[tuple[date, Decimal]], width: int, height: int) -> LineChart:
    values = [value for _, value in points]
    low, high, step = reach(values)
    y = scale(low, high, height)
    across = (width - LEFT - RIGHT) / (len(points) - 1)
    xs = [round(LEFT + across * index, 1) for index in range(len(points))]
    line = "M" + " L".join(f"{x},{y(value)}" for x, value in zip(xs, values, strict=True))
    return LineChart(
        width=width,
        height=height,
        line=line,
        area=f"{line} L{xs[-1]},{y(Decimal(0))} L{xs[0]},{y(Decimal(0))} Z",
        ticks=ticks(low, high, step, y),
        months=month_ticks([day for day, _ in points], xs, width),
        zero=y(Decimal(0)),
        last_x=xs[-1],
        last_y=y(values[-1]),
        last=values[-1],
        spots=spots([day for day, _ in points], xs, [[value] for value in values], width, y),
    )
