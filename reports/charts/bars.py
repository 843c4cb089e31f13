"""Bars by month."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from reports.charts.axes import (
    LEFT,
    LINE,
    NARROW,
    RIGHT,
    VALUE_WIDTH,
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
    spots: Sequence[Spot]
    left: int = LEFT


def bar_charts(points: Sequence[tuple[date, Decimal]]) -> dict[str, BarChart]:
    """Return the chart of amounts by month, wide and narrow; empty for fewer than three."""
    if len(points) < 3:
        return {}
    return {"wide": _bars(points, *WIDE), "narrow": _bars(points, *NARROW)}


def _bars(points: Sequence[tuple[date, Decimal]], width: int, height: int) -> BarChart:
    low, high, step = reach([value for _, value in points])
    y = scale(low, high, height)
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
    months, values = ([*column] for column in zip(*points, strict=True))
    middles = [bar.middle for bar in bars]
    return BarChart(
        width=width,
        height=height,
        bar_width=wide,
        bars=bars,
        ticks=ticks(low, high, step, y),
        months=month_ticks(months, middles, width),
        last=values[-1],
        spots=spots(months, middles, [[value] for value in values], width, y),
    )
