"""Look at a bank's file: what its lines would become; the ledger does not change."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from typing import IO
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic
from uuid_utils.compat import uuid7

from accounts import services as chart_services
from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.errors import invalid
from buffet.models import Book
from transactions.classifying.known import known_of
from transactions.imports import matching, proposing
from transactions.imports.reading import Reading
from transactions.imports.staging import stage
from transactions.imports.statement import Statement
from transactions.imports.writing import exact
from transactions.models import Import, ImportFile, ImportLine, ImportStatus
from transactions.services.importing.reading import (
    NO_WISH,
    Opening,
    Wish,
    chosen,
    reading_of,
)
from transactions.services.importing.standing import AlreadyCommitted, get_import, get_preview

_PART = 1024 * 1024
_SUMS = """
SELECT count(*), coalesce(sum(amount) FILTER (WHERE NOT is_pending), 0), min(date), max(date)
FROM transactions_importline WHERE of_import_id = %s
"""
#: What a person chose of lines that the file still has goes on to them when it is read again.
_PUT_ASIDE = 1_000_000_000
_CHOSEN = "is_chosen OR category_reason = 'chosen' OR vendor_reason = 'chosen'"
_TAKE_OVER = f"""
UPDATE transactions_importline l SET verdict = o.verdict, reason = o.reason,
    is_chosen = o.is_chosen, kept_id = CASE WHEN o.is_chosen THEN o.kept_id ELSE l.kept_id END,
    transaction_id = o.transaction_id, entry_id = o.entry_id,
    own_description = o.own_description, category_id = o.category_id,
    category_reason = o.category_reason, vendor_id = o.vendor_id, vendor_reason = o.vendor_reason
FROM transactions_importline o
WHERE l.of_import_id = %(import)s AND o.of_import_id = %(import)s
    AND o.number = l.number + {_PUT_ASIDE} AND l.date = o.date AND l.amount = o.amount
    AND l.description = o.description
"""


def preview(
    *,
    book: Book,
    by: Actor,
    file: IO[bytes],
    file_name: str,
    account_id: UUID | None = None,
    statement_number: int | None = None,
    wish: Wish = NO_WISH,
    opening: Opening | None = None,
) -> Import:
    """Read a bank's file and keep what its lines would become; the ledger does not change.

    Without an account it is the one that has the number in the file, or the one that is opened for
    it: this is then there with the import, or not at all. The file itself is kept until the import
    is committed or thrown away, so that it may be read in another way.

    :raises Refusal: if the account cannot be opened.
    :raises NotFound: if the book has no such account.
    :raises Invalid: if the file cannot be read, is about another currency or about several
        accounts none of which has this account's number.
    """
    account = None
    if account_id is not None:
        account = chart_services.get_real_account(book, account_id)
    kind = None if opening is None else opening.kind
    # A new account holds the lock from before its lines are copied: they are of it.
    holding = nullcontext() if opening is None else writing(book.id, by=by)
    with reading_of(book, file, wish, account, kind) as found, holding:
        if opening is not None:
            account = opening.carry_out()
        statement, number, account = chosen(book, found.statements, account, statement_number)
        started = Import(
            id=uuid7(),
            book=book,
            account=account,
            file_name=file_name[:200],
            file_hash=_digest(file),
            statement_number=number,
            opened_account=opening is not None,
        )
        version = _version(book)
        known = known_of(book.id)
        # The lines come before the book's lock is taken: a long file keeps nobody waiting.
        with atomic():
            stage(started.id, account, statement.lines, known)
            _keep_file(book.id, started.id, file)
            with writing(book.id, by=by):
                is_staged = _version(book) == version
                _describe(started, found, statement, wish)
                started.save(force_insert=True)
                matching.match(started, account)
                proposing.propose(book.id, started.id, is_staged=is_staged)
                return started


def _version(book: Book) -> int:
    """Return which state a book is in now."""
    return Book.objects.values_list("version", flat=True).get(id=book.id)


def read_again(*, book: Book, by: Actor, import_id: UUID, wish: Wish = NO_WISH) -> Import:
    """Read the file of a preview in another way; what people chose of lines stays with them.

    :raises NotFound: if the book has no such import.
    :raises NotPreview: if it is not a preview any more.
    :raises Invalid: if the file cannot be read so.
    """
    started = get_preview(book, import_id)
    with kept_file(started) as file, reading_of(book, file, wish, started.account) as found:
        number = min(started.statement_number, len(found.statements)) or None
        statement, _, _ = chosen(book, found.statements, started.account, number)
        return _read_as(book, by, import_id, found, statement, wish)


def _read_as(
    book: Book, by: Actor, import_id: UUID, found: Reading, statement: Statement, wish: Wish
) -> Import:
    with writing(book.id, by=by):
        started = get_preview(book, import_id)
        account = started.account
        lines = ImportLine.objects.filter(of_import=started)
        lines.extra(where=[f"NOT ({_CHOSEN})"])._raw_delete("default")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE transactions_importline SET number = number + %s WHERE of_import_id = %s",
                (_PUT_ASIDE, started.id),
            )
            stage(started.id, account, statement.lines)
            cursor.execute(_TAKE_OVER, {"import": started.id})
        lines.filter(number__gt=_PUT_ASIDE)._raw_delete("default")
        _describe(started, found, statement, wish)
        started.save()
        matching.match(started, account)
        proposing.propose(book.id, started.id)
        return get_import(book, import_id)


def _describe(started: Import, found: Reading, statement: Statement, wish: Wish) -> None:
    """Let an import say what its statement says, and what its lines come to."""
    account, options = started.account, wish.options
    started.format = found.format
    started.profile = None if found.profile is None else found.profile.as_json()
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, (started.id,))
        started.lines_count, started.total, started.first_on, started.last_on = cursor.fetchone()
    started.account_number = statement.account_number[:64]
    started.starts_on, started.ends_on = statement.starts_on, statement.ends_on
    started.opening_balance = _balance(statement.opening_balance, account)
    started.closing_balance = _balance(statement.closing_balance, account)
    started.closing_on = statement.closing_on
    said = {"day_first": options.day_first, "decimal_comma": options.decimal_comma}
    started.options = {name: value for name, value in said.items() if value is not None}


def _balance(amount: Decimal | None, account: Account) -> Decimal | None:
    if amount is None:
        return None
    return exact(amount, account.currency, "The statement's balance")


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for content in iter(lambda: file.read(_PART), b""):
        digest.update(content)
    return digest.hexdigest()


def _keep_file(book_id: UUID, import_id: UUID, file: IO[bytes]) -> None:
    """Keep the file in parts, so that none of it is in memory as a whole."""
    file.seek(0)
    for part, content in enumerate(iter(lambda: file.read(_PART), b""), 1):
        ImportFile.objects.bulk_create(
            [ImportFile(book_id=book_id, of_import_id=import_id, part=part, content=content)]
        )


@contextmanager
def kept_file(started: Import) -> Iterator[IO[bytes]]:
    """Open the file that a preview was made of.

    :raises Invalid: if it was not kept, by the release before.
    """
    with tempfile.TemporaryFile() as file:
        parts = ImportFile.objects.filter(of_import=started).order_by("part")
        for content in parts.values_list("content", flat=True).iterator(chunk_size=1):
            file.write(content)
        if not file.tell():
            raise invalid("", "not_kept", "The file was not kept: upload it again.")
        yield file


def discard(*, book: Book, by: Actor, import_id: UUID) -> None:
    """Throw a preview away, or what is left of an import that was reverted.

    :raises NotFound: if the book has no such import.
    :raises AlreadyCommitted: if it is committed, or partly; revert it instead.
    """
    with writing(book.id, by=by):
        started = get_import(book, import_id)
        if started.status not in (ImportStatus.PREVIEW, ImportStatus.REVERTED):
            raise AlreadyCommitted("This import is committed: revert it instead.")
        ImportLine.objects.filter(of_import=started)._raw_delete("default")
        ImportFile.objects.filter(of_import=started)._raw_delete("default")
        Import.objects.filter(id=started.id)._raw_delete("default")
