"""What an account was said to be worth: a valuation's page, and to book its gain again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Self
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from buffet.errors import NotFound
from buffet.money import Money
from reports.asking import currency
from reports.book_page import book_form, read
from reports.deeds import Deed, done
from reports.going_back import way_back
from reports.requests import PageRequest
from transactions import services
from transactions.models import PointKind
from transactions.queries import points
from transactions.queries.points import Filters, Point

#: How many valuations a page tells apart from what is there.
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Apart:
    """A valuation that is not what is there any more: what was stated, and what is there now."""

    id: UUID
    account_id: UUID | str
    account: str
    on: date
    stated: Money
    now: Money

    @classmethod
    def of(cls, point: Point) -> Self:
        """Return it of a balance point."""
        stated, now = (Money(one, point.currency) for one in (point.expected, point.computed))
        return cls(point.id, point.account_id, point.account_name, point.on, stated, now)


@dataclass(frozen=True, slots=True)
class AllApart:
    """The earliest valuations that are not what is there any more, and how many others are not."""

    told: Sequence[Apart]
    more: int

    @property
    def repeats(self) -> bool:
        """Whether an account has several: those after the first may follow from it."""
        return len({one.account_id for one in self.told}) < len(self.told)

    @classmethod
    def of(cls, found: Iterable[Apart]) -> Self:
        """Return those that a page tells, of all in the order of their days."""
        rest = iter(found)
        return cls(list(islice(rest, MOST_TOLD)), sum(1 for _ in rest))


def of_account(book_id: UUID, account_id: UUID, on: date) -> AllApart:
    """Return which valuations of an account up to a day are apart, in one statement."""
    wanted = Filters(account_id, PointKind.VALUATION, ok=False, date_to=on)
    return AllApart.of(map(Apart.of, points.page(book_id, wanted, falling=False)))


class ValuingAgain(Deed):
    """To book what a valuation's account gained, as it is by now."""

    action = "revalue"

    def __init__(self, request: PageRequest, id: UUID) -> None:
        self.id = id
        super().__init__(request)

    def carry_out(self) -> None:
        """Book it, which changes nothing where it is what is there.

        :raises Refusal: if its day cannot change.
        """
        services.revalue(**self.who, point_id=self.id)


@book_form
def valuation(request: PageRequest, id: UUID) -> HttpResponseBase:
    """Is it worth what was said?"""
    read(request, {"currency": currency})
    found = points.get(request.book.id, id)
    if found.kind != PointKind.VALUATION:
        raise NotFound("There is no such valuation in this book.")
    deed, status = ValuingAgain(request, id), 200
    if request.method == "POST":
        status = done(deed if deed.is_bound else None)
        if not status:
            return HttpResponse(status=303, headers={"Location": way_back(request)})
    context = {
        "found": found,
        "one": Apart.of(found),
        "difference": Money(found.difference, found.currency),
        "form": deed,
        "back": request.POST.get("back", request.get_full_path()),
    }
    return render(request, "reports/valuation.html", context, status=status)
