"""Look again at what the lines of a preview are."""

from uuid import UUID

from buffet.audit import Actor, writing
from buffet.models import Book
from transactions.imports import matching, proposing
from transactions.models import Import
from transactions.services.importing.standing import get_preview


def match_again(*, book: Book, by: Actor, import_id: UUID, reason: str = "") -> Import:
    """Match the lines of a preview anew with what the book has now; what people chose stays.

    :raises NotFound: if the book has no such import.
    :raises NotPreview: if it is not a preview any more.
    """
    with writing(book.id, by=by, reason=reason):
        started = get_preview(book, import_id)
        matching.match(started, started.account)
        proposing.propose(book.id, started.id)
        # So that it has a new version, as its lines have changed.
        started.save(update_fields=["status"])
        return started
