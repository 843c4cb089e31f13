"""Two bars a month, side by side: what came in and what went out."""

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
class Pair:
    """The bars of a month, each from zero: where it begins, how high it is, what it says."""

    month: date
    x_in: float
    y_in: float
    height_in: float
    came: Decimal
    x_out: float
    y_out: float
    height_out: float
    went: Decimal


@dataclass(frozen=True, slots=True)
class FlowChart:
    """Pairs of bars by month and the axes' ticks."""

    width: int
    height: int
    bar_width: float
    pairs: Sequence[Pair]
    ticks: Sequence[Tick]
    months: Sequence[MonthTick]
    spots: Sequence[Spot]
    left: int = LEFT


def flow_charts(points: Sequence[tuple[date, Decimal, Decimal]]) -> dict[str, FlowChart]:
    """Return the chart of what came in and went out by month, wide and narrow.

    Empty for fewer than three months, which a table tells better.
    """
    if len(points) < 3:
        return {}
    return {"wide": _chart(points, *WIDE), "narrow": _chart(points, *NARROW)}


def _chart(points: Sequence[tuple[date, Decimal, Decimal]], width: int, height: int) -> FlowChart:
    low, high, step = reach([value for _, *both in points for value in both])
    y = scale(low, high, height)
    across = (width - LEFT - RIGHT) / len(points)
    bar = round(across * 0.34, 1)
    pairs, middles = [], []
    for place, (month, came, went) in enumerate(points):
        middle = round(LEFT + across * (place + 0.5), 1)
        top_in, foot_in = y(max(came, Decimal(0))), y(min(came, Decimal(0)))
        top_out, foot_out = y(max(went, Decimal(0))), y(min(went, Decimal(0)))
        middles.append(middle)
        pairs.append(
            Pair(
                month,
                round(middle - bar - 0.5, 1),
                top_in,
                round(foot_in - top_in, 1),
                came,
                round(middle + 0.5, 1),
                top_out,
                round(foot_out - top_out, 1),
                went,
            )
        )
    names = [month for month, *_ in points]
    return FlowChart(
        width=width,
        height=height,
        bar_width=bar,
        pairs=pairs,
        ticks=ticks(low, high, step, y),
        months=month_ticks(names, middles, width),
        spots=spots(names, middles, [both for _, *both in points], width, y),
    )
