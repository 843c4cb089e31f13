"""The parts that charts have in common, as SVG.

A chart has a strip for every month of years, twice, for wide and for narrow pages: written by a
template, they were half of what a page took.
"""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from reports.charts.axes import Spot
from reports.templatetags.figures import amount, coordinate, month, short, short_day, short_month

register = template.Library()
#: How the days of a strip are told.
_DAYS = {"day": short_day, "month": month}


@register.simple_tag
def grid(chart: Any) -> SafeString:
    """Return the lines of a chart's values, and what they say."""
    return _joined(
        f'<line class="{"grid" if tick.value else "zero"}" x1="{chart.left}" x2="{chart.width}"'
        f' y1="{coordinate(tick.at)}" y2="{coordinate(tick.at)}"/>'
        f'<text class="tick" x="{chart.left}" dx="-8" y="{coordinate(tick.at)}" dy="4"'
        f' text-anchor="end">{conditional_escape(short(tick.value))}</text>'
        for tick in chart.ticks
    )


@register.simple_tag
def months(chart: Any) -> SafeString:
    """Return the months, or years, below a chart."""
    return _joined(
        f'<text class="tick" x="{coordinate(one.at)}" y="{chart.height}" dy="-5"'
        f' text-anchor="middle">{one.value.year if one.is_year else short_month(one.value)}</text>'
        for one in chart.months
    )


@register.simple_tag
def spots(
    chart: Any,
    currency: str,
    *names: str,
    by: str = "day",
    is_dotted: bool = True,
    is_unfinished: bool = False,
) -> SafeString:
    """Return the strips of a chart, which tell their values when one points at them.

    `names` are what the values are called, empty for one that needs no name, and may be more than
    there are values; `by` is day or month; the last strip may be of days that are not over.
    """
    of_values = [f"{conditional_escape(name)}: " if name else "" for name in names] or [""]
    unit, last = conditional_escape(currency), chart.spots[-1] if chart.spots else None
    made = []
    for spot in chart.spots:
        told = [_days(spot, by)]
        for name, value in zip(of_values, spot.values, strict=False):
            if value is not None:
                told.append(f"{name}{_value(value, unit, is_unfinished and spot is last)}")
        dots = "".join(
            f'<circle cx="{coordinate(spot.middle)}" cy="{coordinate(at)}" r="4"/>'
            for at in (spot.heights if is_dotted else ())
        )
        made.append(
            f'<g class="spot"><rect x="{coordinate(spot.x)}" y="0"'
            f' width="{coordinate(spot.width)}" height="{chart.height}"/>{dots}'
            f"<title>{'&#10;'.join(told)}</title></g>"
        )
    return _joined(made)


def _days(spot: Spot, by: str) -> str:
    since = _DAYS[by](spot.since)
    return since if spot.until == spot.since else f"{since} – {_DAYS[by](spot.until)}"


def _value(value: Decimal, currency: str, is_unfinished: bool) -> str:
    if is_unfinished:
        said = gettext("%(amount)s so far") % {"amount": amount(value, currency)}
        return conditional_escape(said)
    return f"{amount(value, currency)} {currency}"


def _joined(parts: Any) -> SafeString:
    return mark_safe("\n".join(parts))
