"""What the templates of imports are given: the list, and a file's lines with what they may be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from buffet.models import Role
from buffet.money import Money
from reports.flows.picking import dates
from reports.importing.deeds import (
    AGAIN,
    Choosing,
    Committing,
    OfImport,
    Reverting,
    identity,
)
from reports.importing.opened import opened_later
from reports.queries import import_list
from reports.queries.import_list import Category, Told
from reports.requests import PageRequest
from reports.templatetags.figures import short_day
from reports.templatetags.importing import recorded
from reports.templatetags.importing import verdict as called
from transactions.models import Import, ImportStatus, Verdict

#: How many lines stand on a page.
PAGE = 100
#: What anybody can say that a line is; it is something of a transaction only where one is known.
_PLAIN = (Verdict.NEW, Verdict.DUPLICATE, Verdict.IGNORED)
_OF_SOMETHING = (Verdict.TRANSFER, Verdict.POSTED)
#: What the lines are called by address that may be something else than new.
PROPOSED = "proposed"
#: While it is one of these, lines can still be said to be something else.
OPEN = (ImportStatus.PREVIEW,)
WORKING = (ImportStatus.COMMITTING, ImportStatus.REVERTING)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a line may be."""

    value: str
    name: str
    is_it: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what it says, what it is taken for, and what it may be instead.

    The choice `was` says what it is taken for, whichever the page shows as chosen.
    """

    row: Mapping[str, Any]
    amount: Money
    told: Told | None
    proposed: Told | None
    choices: Sequence[Choice]
    category: Category | None
    vendor: str = ""
    was: str = ""

    @property
    def takes_category(self) -> bool:
        """Whether it can have a category: what is in the book already has its own."""
        return str(self.row["verdict"]) == Verdict.NEW

    @property
    def sorted_as(self) -> str | None:
        """The categories of what it became, where these are others than what was proposed."""
        if not self.is_recorded or self.told is None:
            return None
        return None if self.told.categories == [self.row["category"]] else self.told.sorted_as

    @property
    def is_recorded(self) -> bool:
        """Whether it became a transaction."""
        return self.takes_category and self.row["transaction"] is not None


@dataclass(frozen=True, slots=True)
class Filter:
    """The lines with one verdict, how many there are, and where they stand."""

    name: str
    count: int
    url: str
    is_current: bool


def lines(
    book_id: UUID,
    rows: Sequence[Mapping[str, Any]],
    currency: str,
    known: Sequence[Category],
    vendors: Mapping[UUID, str],
) -> list[Line]:
    """Return lines with their choices, in one statement."""
    wanted = {id for row in rows for id in _transactions(row)}
    told = import_list.told(book_id, wanted)
    by_id = {one.id: one for one in known}
    return [
        _line(row, currency, told, by_id.get(row["category"]), vendors.get(row["vendor"], ""))
        for row in rows
    ]


def _line(
    row: Mapping[str, Any],
    currency: str,
    told: Mapping[UUID, Told],
    category: Category | None,
    vendor: str,
) -> Line:
    choices = list(_choices(row, told))
    return Line(
        row,
        Money(Decimal(row["amount"]), currency),
        told.get(row["transaction"]),
        told.get(row["proposal"]["transaction"]) if row["proposal"] else None,
        choices,
        category,
        vendor,
        next((one.value for one in choices if one.is_it), ""),
    )


def _sent(line: Line, sent: Mapping[str, str]) -> Line:
    """Return a line with what was chosen of it and could not be kept."""
    row, number = line.row, line.row["number"]
    verdict = sent.get(f"verdict-{number}")
    choices = [replace(one, is_it=one.value == verdict) for one in line.choices]
    category = identity(sent.get(f"category-{number}", ""))
    return replace(
        line,
        row={
            **row,
            "own_description": sent.get(f"text-{number}", row["own_description"]),
            "category": category,
        },
        choices=choices if any(one.is_it for one in choices) else line.choices,
        category=line.category if category == row["category"] else None,
        vendor=sent.get(f"vendor-{number}", line.vendor),
    )


def _transactions(row: Mapping[str, Any]) -> Iterable[UUID]:
    if row["transaction"]:
        yield row["transaction"]
    if row["proposal"]:
        yield row["proposal"]["transaction"]


def _choices(row: Mapping[str, Any], told: Mapping[UUID, Told]) -> Iterable[Choice]:
    verdict = str(row["verdict"])
    for plain in _PLAIN:
        yield Choice(str(plain), called(plain), verdict == plain)
    if row["chosen"]:
        yield Choice(AGAIN, gettext("As it was proposed"), is_it=False)
    if verdict in _OF_SOMETHING:
        yield _of(verdict, told.get(row["transaction"]), row["transaction"], is_it=True)
    proposal = row["proposal"]
    if proposal and proposal["transaction"] != row["transaction"]:
        other = proposal["transaction"]
        yield _of(str(proposal["verdict"]), told.get(other), other, is_it=False)


def _of(verdict: str, told: Told | None, id: UUID, *, is_it: bool) -> Choice:
    name = called(verdict)
    if told:
        name = gettext("{what}: {description}, {day}").format(
            what=name, description=told.description, day=short_day(told.date)
        )
    return Choice(f"{verdict}:{id}", name, is_it)


def page(
    request: PageRequest,
    started: Import,
    found: Mapping[str, Any],
    shown: Sequence[Mapping[str, Any]],
    sent: Mapping[str, Any],
    deed: OfImport | None,
) -> dict[str, Any]:
    """Return the context of an import's page; `shown` are its lines, and one more if there is."""
    known = import_list.categories(request.book.id)
    may_write = request.may_write
    is_open = started.status in OPEN
    is_commit = isinstance(deed, Committing)
    used = {row["vendor"] for row in shown if row["vendor"]}
    vendors = import_list.vendors(request.book.id, used)
    kept = lines(request.book.id, shown[:PAGE], started.account.currency, known, vendors)
    if isinstance(deed, Choosing) and deed.unkept:
        kept = [_sent(one, deed.unkept) for one in kept]
    last = kept[-1].row["number"] if len(shown) > PAGE else None
    waiting = import_list.waiting(started)
    return {
        "started": started,
        "found": found,
        "statement": found["statement"],
        "amounts": _amounts(found["statement"]),
        "carried": _carried(found),
        "opened_later": opened_later(found),
        "account": started.account,
        "filters": _filters(started, found, sent.get("verdict", "")),
        "proposed_url": f"{reverse('import', args=(started.id,))}?verdict={PROPOSED}#lines",
        "verdict": sent.get("verdict", ""),
        "lines": kept,
        "next": last,
        "after": sent.get("after"),
        "vendors": sorted(vendors.values(), key=str.casefold),
        "incomes": [one for one in known if one.type == "income"],
        "expenses": [one for one in known if one.type == "expense"],
        "has_categories": bool(known),
        "is_open": is_open,
        "is_stale": is_open and started.version != request.book.version,
        "is_working": started.status in WORKING,
        "may_choose": may_write and is_open,
        "may_write": may_write and request.seat.role != Role.VIEWER,
        "total": sum(found["counts"].values()) - waiting.lines,
        "waiting": waiting.lines,
        "waiting_for": Money(waiting.total, started.account.currency),
        "entries_url": _entries_url(started),
        "choosing": None if is_commit or not isinstance(deed, Choosing) else deed,
        "committing": deed if is_commit else None,
        "reverting": deed if isinstance(deed, Reverting) else Reverting(request, started),
        "refused": deed,
    }


def _amounts(statement: Mapping[str, Any]) -> dict[str, Money | None]:
    """Return what the statement comes to as amounts."""
    names = ("opening", "total", "closing", "expected", "gap", "tie")
    return {
        name: None
        if statement.get(name) is None
        else Money(Decimal(statement[name]), statement["currency"])
        for name in names
    }


def _carried(found: Mapping[str, Any]) -> list[tuple[date, Money]]:
    """Return which closed months' balances change when the lines are recorded, and by how much."""
    currency = found["statement"]["currency"]
    return [
        (date.fromisoformat(f"{one['month']}-01"), Money(Decimal(one["change"]), currency))
        for one in found["closed_months"]
    ]


def _filters(started: Import, found: Mapping[str, Any], chosen: str) -> list[Filter]:
    counts: Mapping[str, int] = found["counts"]
    address = reverse("import", args=(started.id,))
    is_done = started.status == ImportStatus.COMMITTED
    every = Filter(gettext("All lines"), sum(counts.values()), f"{address}#lines", not chosen)
    return [
        every,
        *(
            Filter(
                recorded() if is_done and name == Verdict.NEW else called(name),
                count,
                f"{address}?{urlencode({'verdict': name})}#lines",
                name == chosen,
            )
            for name, count in counts.items()
            if count
        ),
        *(
            Filter(
                gettext("May be something else"),
                found["proposals"],
                f"{address}?verdict={PROPOSED}#lines",
                chosen == PROPOSED,
            )
            for _ in range(found["proposals"] > 0)
        ),
    ]


def _entries_url(started: Import) -> str:
    """Return where what the import recorded stands among the account's entries."""
    since, until = started.first_on, started.last_on
    if since is None or until is None:
        return reverse("account", args=(started.account_id,))
    return (
        f"{reverse('rows')}?{urlencode({'account': str(started.account_id)} | dates(since, until))}"
    )
