"""The verbs of a book's own exchange rates, which stay as they are in months that are closed.

They stand above the chart's, since which months are closed is the ledger's to say.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts import quotations
from accounts.models import BookRate
from buffet.audit import Actor, writing
from buffet.errors import Invalid, NotFound, Refusal, invalid
from buffet.models import Book, others
from transactions.services.months import closed_fault

OWN = "own"


class RateTaken(Refusal):
    """The book already has a rate of its own between these on this day: change that one."""

    code = "rate_taken"
    pointer = "/on"


class RateIsShared(Refusal):
    """All books share this rate: add one of your own for the day, and it goes before it."""

    code = "rate_is_shared"
    status = 403


def get_own_rate(book: Book, rate_id: UUID) -> BookRate:
    """Return a rate of the book's own.

    :raises NotFound: if the book sees no such rate.
    :raises RateIsShared: if it is not its own.
    """
    found = BookRate.objects.filter(book=book, id=rate_id).first()
    if found is not None:
        return found
    if quotations.rate(book.id, rate_id) is not None:
        raise RateIsShared
    raise NotFound("There is no such rate in this book.")


def _refuse_taken(book: Book, base: str, quote: str, on: date, besides: UUID | None = None) -> None:
    # In either direction: two that contradict each other would both be in force.
    pair = [base, quote]
    rows = BookRate.objects.filter(book=book, base__in=pair, quote__in=pair, on=on)
    if others(rows, besides).exists():
        raise RateTaken


def _refuse_closed(book: Book, base: str, quote: str, *days: date) -> None:
    """Refuse to touch a pair's rates of these days if that is news in a closed month."""
    for day in days:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT buffet_month_closed_to_rate(%s, %s, %s, %s)", (book.id, base, quote, day)
            )
            (closed,) = cursor.fetchone()
        if closed is None:
            continue
        if closed == day.replace(day=1):
            raise Invalid([closed_fault("/on", day)])
        raise invalid(
            "/on",
            "month_closed",
            f"{closed:%Y-%m} is closed, and this rate is carried into it; "
            "an owner of the book can reopen it.",
        )


def create_own_rate(
    *, book: Book, by: Actor, base: str, quote: str, on: date, rate: Decimal, source: str = OWN
) -> BookRate:
    """Add what one unit of `base` was worth in `quote` on a day, for this book alone.

    :raises Invalid: if both are the same currency, or the rate would be in force in a closed
        month.
    :raises RateTaken: if the book has one of its own between the two on that day.
    """
    if base == quote:
        raise invalid("/quote", "same_currency", "A currency has no rate against itself.")
    with writing(book.id, by=by):
        _refuse_closed(book, base, quote, on)
        _refuse_taken(book, base, quote, on)
        return BookRate.objects.create(
            book=book, base=base, quote=quote, on=on, rate=rate, source=source or OWN
        )


def change_own_rate(
    *, book: Book, by: Actor, rate_id: UUID, reason: str = "", **given: Any
) -> BookRate:
    """Change a rate of the book's own, its day or its source; an empty source is "own".

    :raises NotFound: if the book sees no such rate.
    :raises RateIsShared: if it is not its own.
    :raises Invalid: if it is, or comes to be, in force in a closed month.
    :raises RateTaken: if the book has another one between the two on that day.
    """
    with writing(book.id, by=by, reason=reason):
        found = get_own_rate(book, rate_id)
        if given:
            days = dict.fromkeys((found.on, given.get("on", found.on)))
            _refuse_closed(book, found.base, found.quote, *days)
        if "source" in given:
            given["source"] = given["source"] or OWN
        if "on" in given:
            _refuse_taken(book, found.base, found.quote, given["on"], found.id)
        if given:
            BookRate.objects.filter(id=found.id).update(**given)
        return get_own_rate(book, rate_id)


def delete_own_rate(*, book: Book, by: Actor, rate_id: UUID, reason: str = "") -> None:
    """Delete a rate of the book's own: the shared ones hold again.

    :raises NotFound: if the book sees no such rate.
    :raises RateIsShared: if it is not its own.
    :raises Invalid: if it is in force in a closed month.
    """
    with writing(book.id, by=by, reason=reason):
        found = get_own_rate(book, rate_id)
        _refuse_closed(book, found.base, found.quote, found.on)
        BookRate.objects.filter(id=found.id)._raw_delete("default")
