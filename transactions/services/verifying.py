"""Recompute the books, and keep when that was, by whom and what was found."""

from buffet.audit import Actor, acting
from buffet.models import Book
from transactions.models import Verification
from transactions.queries.verification import Check, verify


def verify_books(*, by: Actor, book: Book | None = None) -> list[Check]:
    """Recompute a book, or all of them, and return what each check found."""
    checks = verify(book.id if book else None)
    with acting(by=by):
        Verification.objects.create(
            book=book,
            who=by.email,
            checks=len(checks),
            broken={check.name: check.count for check in checks if not check.ok},
        )
    return checks
