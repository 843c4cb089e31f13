"""An import of the book, and what its state refuses."""

from uuid import UUID

from buffet.errors import NotFound, Refusal
from buffet.models import Book
from transactions.models import Import, ImportStatus


class AlreadyCommitted(Refusal):
    """This import is committed already."""

    code = "already_committed"


class AlreadyReverted(Refusal):
    """This import was reverted: upload the file again."""

    code = "already_reverted"


class NotCommitted(Refusal):
    """This import is not committed: there is nothing to revert."""

    code = "not_committed"


class NotPreview(Refusal):
    """This import is no preview any more: what its lines are is decided."""

    code = "not_a_preview"


def get_import(book: Book, import_id: UUID) -> Import:
    """Return an import of the book.

    :raises NotFound: if the book has no such import.
    """
    found = Import.objects.filter(book=book, id=import_id).select_related("account").first()
    if found is None:
        raise NotFound("There is no such import in this book.")
    return found


def get_preview(book: Book, import_id: UUID) -> Import:
    """Return an import of the book that is a preview.

    :raises NotFound: if the book has no such import.
    :raises NotPreview: if it is not a preview any more.
    """
    found = get_import(book, import_id)
    if found.status != ImportStatus.PREVIEW:
        raise NotPreview
    return found
