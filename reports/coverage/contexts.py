"""What the template of coverage is given: the calendar, and each account's gaps in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from buffet.money import Money
from reports.asking import Asked
from reports.flows.links import known
from reports.flows.picking import dates
from reports.periods import DAY
from reports.queries.coverage import AccountCover, Break, Coverage, MonthCover, Stretch
from transactions.queries.months import closings

#: So many months stand side by side; a longer period takes more lines.
COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A month in the calendar; the stripes are its days by what is behind them, as (x, width)."""

    cover: str
    month: date
    #: How many of its days count, and how many of these nothing backs.
    days: int
    missing: int
    url: str
    stripes: tuple[tuple[str, int, int], ...]
    length: int

    @property
    def told(self) -> str:
        """What it shows, for who hears it."""
        if self.cover == "full":
            return gettext("all days are backed")
        if self.cover == "outside":
            return gettext("no day counts")
        text = ngettext(
            "%(count)s of %(all)s days is not backed",
            "%(count)s of %(all)s days are not backed",
            self.missing,
        )
        return text % {"count": self.missing, "all": self.days}


@dataclass(frozen=True, slots=True)
class Line:
    """Up to twelve months of an account side by side, the first of them by name."""

    first: date
    last: date
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Days without a statement, where their rows are, and how many between them are backed."""

    stretch: Stretch
    url: str
    backed: int


@dataclass(frozen=True, slots=True)
class Apart:
    """Two statements that do not join, and where the rows between them are."""

    found: Break
    difference: Money
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """An account: its lines of the calendar and what is missing."""

    account: AccountCover
    lines: Sequence[Line]
    gaps: Sequence[Missing]
    breaks: Sequence[Apart]


def coverage(found: Coverage) -> dict[str, Any]:
    """Return the context of coverage."""
    months = found.asked.period.months
    urls = {month.name: reverse("month-end-of", args=[month.name]) for month in months}
    return {
        "found": found,
        "closed": closings(found.asked.book_id),
        "columns": [month.name for month in months[:COLUMNS]],
        "is_long": len(months) > COLUMNS,
        "rows": [_row(found.asked, one, urls) for one in found.accounts],
        "with_gaps": sum(1 for one in found.accounts if one.missing),
    }


def _row(asked: Asked, account: AccountCover, urls: Mapping[date, str]) -> Row:
    cells = tuple(_cell(one, urls[one.month.name]) for one in account.months)
    parts = [cells[place : place + COLUMNS] for place in range(0, len(cells), COLUMNS)]
    return Row(
        account,
        [Line(part[0].month, part[-1].month, part) for part in parts],
        [
            Missing(gap, _rows_url(asked, account, gap.since, gap.until), gap.days - days)
            for gap, days in _told(account.gaps)
        ],
        [
            Apart(
                one,
                Money(one.difference, account.currency),
                _rows_url(asked, account, one.before.until, one.after.since),
            )
            for one in account.breaks
        ],
    )


def _told(gaps: Iterable[Stretch]) -> Iterator[tuple[Stretch, int]]:
    """Yield the gaps as words tell them, and how many of their days are missing.

    Those that but one backed day parts are one, such as months whose last days were agreed with.
    """
    last: Stretch | None = None
    days = 0
    for gap in gaps:
        if last and gap.backing == last.backing and gap.since <= last.until + 2 * DAY:
            last, days = Stretch(last.since, gap.until, gap.backing), days + gap.days
            continue
        if last:
            yield last, days
        last, days = gap, gap.days
    if last:
        yield last, days


def _cell(one: MonthCover, url: str) -> Cell:
    since = one.month.since
    return Cell(
        one.cover,
        one.month.name,
        one.days,
        one.days - one.backed,
        url,
        tuple((part.backing, (part.since - since).days, part.days) for part in one.stretches),
        (one.month.until - since).days + 1,
    )


def _rows_url(asked: Asked, account: AccountCover, since: date, until: date) -> str:
    sent = {"account": str(account.id)} | dates(since, until) | known(asked.known_on)
    return f"{reverse('rows')}?{urlencode(sent)}"
