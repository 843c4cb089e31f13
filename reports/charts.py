"""Charts as plain numbers for an SVG template: no script, no outside file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 8, 96, 28, 28


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what stands there."""

    at: float
    value: object


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line over months: SVG paths, the axes' ticks, and where the last point is."""

    width: int
    height: int
    line: str
    area: str
    ticks: Sequence[Tick]
    months: Sequence[Tick]
    zero: float
    last_x: float
    last_y: float
    last: Decimal


def line_chart(points: Sequence[tuple[date, Decimal]]) -> LineChart | None:
    """Return the chart of values by month; None for fewer than three: a table tells those."""
    if len(points) < 3:
        return None
    values = [value for _, value in points]
    low, high = min(*values, Decimal(0)), max(*values, Decimal(0))
    step = _step(high - low)
    low = (low / step).to_integral_value("ROUND_FLOOR") * step
    high = (high / step).to_integral_value("ROUND_CEILING") * step
    span = float(high - low) or 1.0

    def y(value: Decimal) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - float(value - low) / span), 1)

    across = (WIDTH - LEFT - RIGHT) / (len(points) - 1)
    xs = [round(LEFT + across * index, 1) for index in range(len(points))]
    line = "M" + " L".join(f"{x},{y(value)}" for x, value in zip(xs, values, strict=True))
    ticks, at = [], low
    while at <= high:
        ticks.append(Tick(y(at), at))
        at += step
    every = max(1, len(points) // 6)
    months = [Tick(xs[i], points[i][0]) for i in range(0, len(points) - every // 2, every)]
    return LineChart(
        width=WIDTH,
        height=HEIGHT,
        line=line,
        area=f"{line} L{xs[-1]},{y(Decimal(0))} L{xs[0]},{y(Decimal(0))} Z",
        ticks=ticks,
        months=months,
        zero=y(Decimal(0)),
        last_x=xs[-1],
        last_y=y(values[-1]),
        last=values[-1],
    )


def _step(span: Decimal) -> Decimal:
    """Return a round distance between grid lines, for about four of them."""
    rough = span / 4 if span else Decimal(1)
    unit = Decimal(10) ** rough.adjusted()
    return next(
        unit * times
        for times in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
        if unit * times >= rough
    )
