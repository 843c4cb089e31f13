"""Charts as plain numbers for an SVG template: no script, no outside file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

#: (width, height) in pixels of the page: a chart is drawn for each, and the style sheet shows one.
WIDE, NARROW = (1080, 250), (358, 210)
LEFT, RIGHT, TOP, BOTTOM = 44, 6, 30, 24
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
    low, high, step = _range(values)
    y = _scale(low, high, height)
    across = (width - LEFT - RIGHT) / (len(points) - 1)
    xs = [round(LEFT + across * index, 1) for index in range(len(points))]
    line = "M" + " L".join(f"{x},{y(value)}" for x, value in zip(xs, values, strict=True))
    return LineChart(
        width=width,
        height=height,
        line=line,
        area=f"{line} L{xs[-1]},{y(Decimal(0))} L{xs[0]},{y(Decimal(0))} Z",
        ticks=_ticks(low, high, step, y),
        months=_months([day for day, _ in points], xs, width),
        zero=y(Decimal(0)),
        last_x=xs[-1],
        last_y=y(values[-1]),
        last=values[-1],
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from zero; `label_at` is where its value stands, above it or below."""

    x: float
    y: float
    height: float
    middle: float
    label_at: float
    value: Decimal
    month: date
    is_last: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars by month: their places, the axes' ticks, and the last value."""

    width: int
    height: int
    bar_width: float
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    months: Sequence[MonthTick]
    last: Decimal


def bar_charts(points: Sequence[tuple[date, Decimal]]) -> dict[str, BarChart]:
    """Return the chart of amounts by month, wide and narrow; empty for fewer than three."""
    if len(points) < 3:
        return {}
    return {"wide": _bars(points, *WIDE), "narrow": _bars(points, *NARROW)}


def _bars(points: Sequence[tuple[date, Decimal]], width: int, height: int) -> BarChart:
    low, high, step = _range([value for _, value in points])
    y = _scale(low, high, height)
    across = (width - LEFT - RIGHT) / len(points)
    wide = round(across * 0.62, 1)
    bars = []
    for place, (month, value) in enumerate(points):
        middle = round(LEFT + across * (place + 0.5), 1)
        top, foot = y(max(value, Decimal(0))), y(min(value, Decimal(0)))
        bars.append(
            Bar(
                x=round(middle - wide / 2, 1),
                y=top,
                height=round(foot - top, 1),
                middle=middle,
                label_at=top - 6 if value >= 0 else foot + 14,
                value=value,
                month=month,
                is_last=place == len(points) - 1,
            )
        )
    # The last value is written out, over the values of the bars beside it that it reaches.
    under = [bar.label_at for bar in bars[:-1] if bar.x + wide > width - VALUE_WIDTH]
    over = [at - LINE for at in under if at - LINE < bars[-1].label_at]
    bars[-1] = replace(bars[-1], label_at=min([bars[-1].label_at, *over]))
    return BarChart(
        width=width,
        height=height,
        bar_width=wide,
        bars=bars,
        ticks=_ticks(low, high, step, y),
        months=_months([day for day, _ in points], [bar.middle for bar in bars], width),
        last=points[-1][1],
    )


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a point: where it begins, is centred or ends."""

    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """A line that stays until a day moves it, its lowest point, and where it was `before`."""

    width: int
    height: int
    line: str
    area: str
    before: str
    ticks: Sequence[Tick]
    months: Sequence[MonthTick]
    low_x: float
    low_y: float
    low_label: Label
    last_x: float
    last_y: float
    writes_last: bool


def step_charts(
    points: Sequence[tuple[date, Decimal]], before: Sequence[Decimal] = ()
) -> dict[str, StepChart]:
    """Return the chart of a balance by day, wide and narrow; empty for fewer than three days."""
    if len(points) < 3:
        return {}
    return {"wide": _steps(points, before, *WIDE), "narrow": _steps(points, before, *NARROW)}


def _steps(
    points: Sequence[tuple[date, Decimal]], before: Sequence[Decimal], width: int, height: int
) -> StepChart:
    values = [value for _, value in points]
    low, high, step = _range([*values, *before])
    y = _scale(low, high, height)
    across = (width - LEFT - RIGHT) / (len(points) - 1)
    xs = [round(LEFT + across * place, 1) for place in range(len(points))]
    line, zero = _step_path(xs, [y(value) for value in values]), y(Decimal(0))
    place = values.index(min(values))
    low_x, low_y, last_y = xs[place], y(values[place]), y(values[-1])
    # Below its point, where nothing is drawn, unless the axis is in the way.
    label_y = low_y + 20 if low_y + 24 <= height - BOTTOM else low_y - 11
    third = width / 3
    anchor = "start" if low_x < third else "end" if low_x > 2 * third else "middle"
    is_clear = width - low_x > 2 * VALUE_WIDTH or abs(label_y - (last_y - 11)) > 20
    return StepChart(
        width=width,
        height=height,
        line=line,
        area=f"{line} V{zero} H{xs[0]} Z",
        before=_step_path(xs, [y(value) for value in before]) if before else "",
        ticks=_ticks(low, high, step, y),
        months=[
            MonthTick(x, day, False)
            for x, (day, _) in zip(xs, points, strict=True)
            if day.day == 1 and LABEL_WIDTH / 2 <= x <= width - LABEL_WIDTH / 2
        ],
        low_x=low_x,
        low_y=low_y,
        low_label=Label(low_x, label_y, anchor),
        last_x=xs[-1],
        last_y=last_y,
        writes_last=is_clear and values[-1] != values[place],
    )


def _step_path(xs: Sequence[float], ys: Sequence[float]) -> str:
    path = f"M{xs[0]},{ys[0]}"
    for place in range(1, len(ys)):
        if ys[place] != ys[place - 1]:
            path += f" H{xs[place]} V{ys[place]}"
    return f"{path} H{xs[-1]}"


def _range(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Return where an axis begins and ends, zero among it, and the distance of its grid lines."""
    low, high = min(*values, Decimal(0)), max(*values, Decimal(0))
    step = _step(high - low)
    return (
        (low / step).to_integral_value("ROUND_FLOOR") * step,
        (high / step).to_integral_value("ROUND_CEILING") * step,
        step,
    )


def _scale(low: Decimal, high: Decimal, height: int) -> Callable[[Decimal], float]:
    """Return what says how high on a chart a value stands."""
    span = float(high - low) or 1.0

    def y(value: Decimal) -> float:
        return round(TOP + (height - TOP - BOTTOM) * (1 - float(value - low) / span), 1)

    return y


def _ticks(low: Decimal, high: Decimal, step: Decimal, y: Callable[[Decimal], float]) -> list[Tick]:
    lines = int((high - low) / step) if step else 0
    return [Tick(y(low + step * n), low + step * n) for n in range(lines + 1)]


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
