"""The period picker of a page: what it shows, and where its links lead."""

from dataclasses import dataclass
from datetime import date

from django.utils.http import urlencode

from reports.periods import FIRST_YEAR, PRESETS, Period
from reports.requests import PageRequest
from reports.templatetags import periods

#: The parameters that choose days or a place in a list: another period leaves them behind.
_CHOOSING = ("period", "date_from", "date_to", "on", "cursor")


@dataclass(frozen=True, slots=True)
class Choice:
    """A period to go to: its address and what it is called."""

    url: str
    name: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Picker:
    """The period that a page is about, those beside it, and all others by name or by days."""

    period: Period
    before: Choice | None
    after: Choice | None
    presets: list[Choice]
    kept: list[tuple[str, str]]

    @classmethod
    def of(cls, request: PageRequest, period: Period) -> "Picker":
        """Return the picker of a page that was asked for a period."""
        kept = [(name, sent[-1]) for name, sent in request.GET.lists() if name not in _CHOOSING]
        before, after = period.previous, period.after
        return cls(
            period,
            _choice(kept, before) if before.since.year >= FIRST_YEAR else None,
            _choice(kept, after) if after.since <= request.today else None,
            [
                Choice(
                    _url(kept, {"period": name}), str(periods.PRESETS[name]), name == period.name
                )
                for name in PRESETS
            ],
            kept,
        )


def _choice(kept: list[tuple[str, str]], period: Period) -> Choice:
    return Choice(_url(kept, address(period)), periods.called(period))


def _url(kept: list[tuple[str, str]], chosen: dict[str, str]) -> str:
    return f"?{urlencode([*kept, *chosen.items()])}"


def address(period: Period) -> dict[str, str]:
    """Return the parameters that ask for a period: its name if it has one, or its days."""
    months = period.months
    if period.name:
        return {"period": period.name}
    if period.is_whole and len(months) == 1:
        return {"period": f"{months[0].name:%Y-%m}"}
    if period.is_whole and len(months) == 12 and months[0].name.month == 1:
        return {"period": f"{months[0].name:%Y}"}
    return dates(period.since, period.until)


def dates(since: date, until: date) -> dict[str, str]:
    """Return the parameters that ask for these days."""
    return {"date_from": since.isoformat(), "date_to": until.isoformat()}
