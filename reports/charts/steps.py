"""A balance by day: a line that stays until a day moves it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.charts.axes import (
    BOTTOM,
    LABEL_WIDTH,
    LEFT,
    NARROW,
    RIGHT,
    VALUE_WIDTH,
    WIDE,
    MonthTick,
    Spot,
    Tick,
    reach,
    scale,
    ticks,
)

#: What a month's label takes with the gap beside it.
MONTH_WIDTH = LABEL_WIDTH + 16
#: A strip is at least so wide, even of a last day that has no line of its own.
NARROWEST = 8


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
    spots: Sequence[Spot]
    left: int = LEFT


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
    low, high, step = reach([*values, *before])
    y = scale(low, high, height)
    across = (width - LEFT - RIGHT) / (len(points) - 1)
    xs = [round(LEFT + across * place, 1) for place in range(len(points))]
    rows = [*zip(values, before, strict=True)] if before else [(value,) for value in values]
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
        ticks=ticks(low, high, step, y),
        months=_months([day for day, _ in points], xs, width),
        low_x=low_x,
        low_y=low_y,
        low_label=Label(low_x, label_y, anchor),
        last_x=xs[-1],
        last_y=last_y,
        writes_last=is_clear and values[-1] != values[place],
        spots=_spots([day for day, _ in points], xs, rows, y),
    )


def _months(days: Sequence[date], xs: Sequence[float], width: int) -> list[MonthTick]:
    """Return the months that begin, or every so many of them where not all can be written."""
    edge = LABEL_WIDTH / 2
    found = [
        MonthTick(x, day, False)
        for x, day in zip(xs, days, strict=True)
        if day.day == 1 and edge <= x <= width - edge
    ]
    room = (width - LEFT) // MONTH_WIDTH
    return found[:: max(1, -(-len(found) // room))]


def _step_path(xs: Sequence[float], ys: Sequence[float]) -> str:
    path = f"M{xs[0]},{ys[0]}"
    for place in range(1, len(ys)):
        if ys[place] != ys[place - 1]:
            path += f" H{xs[place]} V{ys[place]}"
    return f"{path} H{xs[-1]}"


def _spots(
    days: Sequence[date],
    xs: Sequence[float],
    rows: Sequence[Sequence[Decimal]],
    y: Callable[[Decimal], float],
) -> list[Spot]:
    """Return a strip for each stretch of days on which nothing moves."""
    starts = [place for place, row in enumerate(rows) if not place or row != rows[place - 1]]
    found = []
    for start, following in zip(starts, [*starts[1:], len(days)], strict=True):
        end = min(following, len(xs) - 1)
        wide = max(xs[end] - xs[start], NARROWEST)
        found.append(
            Spot(
                x=min(xs[start], xs[-1] - wide),
                width=wide,
                middle=(xs[start] + xs[end]) / 2,
                since=days[start],
                until=days[following - 1],
                values=rows[start],
                heights=[y(value) for value in rows[start]],
            )
        )
    return found
