"""How periods are called on a page, and whether they are closed."""

from datetime import date

from django import template
from django.utils.translation import gettext_lazy as _

from reports.periods import Month, Period
from reports.templatetags.figures import month, short_day
from transactions.queries.months import Closings

register = template.Library()
PRESETS = {
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "this-quarter": _("This quarter"),
    "last-quarter": _("Last quarter"),
    "this-year": _("This year"),
    "last-year": _("Last year"),
    "last-12-months": _("Last 12 months"),
    "last-24-months": _("Last 24 months"),
}


@register.filter
def called(period: Period) -> str:
    """Return what a period is called: by its preset, its month, its year or its days."""
    if period.name in PRESETS:
        return str(PRESETS[period.name])
    if period.is_whole and len(period.months) == 1:
        return month(period.months[0].name)
    if period.is_whole and len(period.months) == 12 and period.months[0].name.month == 1:
        return str(period.months[0].name.year)
    return days(period)


@register.filter
def days(period: Period) -> str:
    """Return the first and last day of a period."""
    if period.since == period.until:
        return short_day(period.since)
    return f"{short_day(period.since)} – {short_day(period.until)}"


@register.filter
def closing(closed: Closings | str, days: Period | Month | tuple[date, date] | date) -> str:
    """Return whether days lie in closed months alone ("all"), or a month's in part ("part").

    Months are closed as calendar months, those of reports may begin on another day. Empty where
    neither is so, and on a page that has not asked which are closed.
    """
    if not isinstance(closed, Closings):
        return ""
    if isinstance(days, date):
        days = (days, days)
    since, until = days if isinstance(days, tuple) else (days.since, days.until)
    if closed.cover(since, until):
        return "all"
    one = days.months[0] if isinstance(days, Period) and len(days.months) == 1 else days
    is_part = isinstance(one, Month) and any(closed.cover(on, on) for on in (one.since, one.until))
    return "part" if is_part else ""
