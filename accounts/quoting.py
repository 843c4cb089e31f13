"""The verbs of exchange rates: a book's own, and those that all books share."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts import quotations
from accounts.models import BookRate, ExchangeRate
from buffet.audit import Actor, acting, writing
from buffet.errors import NotFound, Refusal, invalid
from buffet.models import Book

OWN = "own"


class RateTaken(Refusal):
    """The book already has a rate of its own for this pair on this day: change that one."""

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
    rows = BookRate.objects.filter(book=book, base=base, quote=quote, on=on)
    if rows.exclude(id=besides).exists():
        raise RateTaken


def create_own_rate(
    *, book: Book, by: Actor, base: str, quote: str, on: date, rate: Decimal, source: str = OWN
) -> BookRate:
    """Add what one unit of `base` was worth in `quote` on a day, for this book alone.

    :raises Invalid: if both are the same currency.
    :raises RateTaken: if the book has one of its own for the pair on that day.
    """
    if base == quote:
        raise invalid("/quote", "same_currency", "A currency has no rate against itself.")
    with writing(book.id, by=by):
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
    :raises RateTaken: if the book has another one for the pair on that day.
    """
    with writing(book.id, by=by, reason=reason):
        found = get_own_rate(book, rate_id)
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
    """
    with writing(book.id, by=by, reason=reason):
        found = get_own_rate(book, rate_id)
        BookRate.objects.filter(id=found.id)._raw_delete("default")


def correct_shared_rate(
    *, by: Actor, rate_id: int, rate: Decimal, source: str, reason: str = ""
) -> ExchangeRate:
    """Correct a rate that all books share; the next load of its source may correct it again.

    :raises NotFound: if there is no such rate.
    """
    with acting(by=by, reason=reason):
        if not ExchangeRate.objects.filter(id=rate_id).update(rate=rate, source=source):
            raise NotFound("There is no such rate.")
        return ExchangeRate.objects.get(id=rate_id)
