"""Charts as plain numbers for an SVG template: no script, no outside file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: (width, height) in pixels of the page: a chart is drawn for each, and the style sheet shows one.
WIDE, NARROW = (1080, 250), (358, 210)
LEFT, RIGHT, TOP, BOTTOM = 44, 6, 30, 24
LABEL_WIDTH = 64


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


def line_charts(points: Sequence[tuple[date, Decimal]]) -> dict[str, LineChart]:
    """Return the chart of values by month, wide and narrow.

    Empty for fewer than three points, which a table tells better.
    """
    if len(points) < 3:
        return {}
    return {"wide": _chart(points, *WIDE), "narrow": _chart(points, *NARROW)}


def _chart(points: Sequence[tuple[date, Decimal]], width: int, height: int) -> LineChart:
    values = [value for _, value in points]
    low, high = min(*values, Decimal(0)), max(*values, Decimal(0))
    step = _step(high - low)
    low = (low / step).to_integral_value("ROUND_FLOOR") * step
    high = (high / step).to_integral_value("ROUND_CEILING") * step
    span = float(high - low) or 1.0

    def y(value: Decimal) -> float:
        return round(TOP + (height - TOP - BOTTOM) * (1 - float(value - low) / span), 1)

    across = (width - LEFT - RIGHT) / (len(points) - 1)
    xs = [round(LEFT + across * index, 1) for index in range(len(points))]
    line = "M" + " L".join(f"{x},{y(value)}" for x, value in zip(xs, values, strict=True))
    lines = int((high - low) / step) if step else 0
    return LineChart(
        width=width,
        height=height,
        line=line,
        area=f"{line} L{xs[-1]},{y(Decimal(0))} L{xs[0]},{y(Decimal(0))} Z",
        ticks=[Tick(y(low + step * n), low + step * n) for n in range(lines + 1)],
        months=_months([day for day, _ in points], xs, width),
        zero=y(Decimal(0)),
        last_x=xs[-1],
        last_y=y(values[-1]),
        last=values[-1],
    )


def _months(days: Sequence[date], xs: Sequence[float], width: int) -> list[MonthTick]:
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
