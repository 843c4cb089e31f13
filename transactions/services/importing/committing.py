"""Record an import, some thousand lines at a time: whoever is cut off goes on where it was."""

from functools import partial
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.transaction import on_commit

from buffet.audit import Actor, writing
from buffet.errors import invalid
from buffet.metrics import figures
from buffet.models import Book
from transactions.models import BalancePoint, Import, ImportFile, ImportStatus, Verdict
from transactions.queries.imports import last_day
from transactions.services.importing import chunks, opening
from transactions.services.importing.deciding import decide, refuse_faults
from transactions.services.importing.standing import (
    AlreadyCommitted,
    AlreadyReverted,
    get_import,
)


def commit(
    *,
    book: Book,
    by: Actor,
    import_id: UUID,
    book_opening_balance: bool = False,
    seconds: float | None = None,
) -> Import:
    """Record the new lines of an import, and complete or post what others are.

    What is new is decided again, now, so that two previews of one file commit its lines once. Some
    thousand lines are recorded at once, with the book's lock, and other writers may come between.
    After `seconds` the import is left `committing`, to be committed further; without, at its end.
    With `book_opening_balance`, the gap between the statement's balance and the account's becomes
    an opening entry on the day before the statement's first; one that is dated after lines of it
    is moved there instead, with what they lead to. What the bank says is on the account becomes a
    balance point, where its day has none.

    :raises NotFound: if the book has no such import.
    :raises AlreadyCommitted: if it is committed.
    :raises AlreadyReverted: if it was reverted.
    :raises NoClosingBalance: if the gap is to be booked and the statement names no balance.
    :raises OpenedWithMore: if an opening balance is dated after lines and cannot be moved.
    :raises Invalid: if a line lies in a closed month or on days that are reconciled, or the account
        is archived. What was recorded until then stays, to be gone on with or reverted.
    """
    end = None if seconds is None else monotonic() + seconds
    # Within a transaction the lock is held from the first lines to the last.
    is_alone, begun = connection.in_atomic_block, False
    while True:
        with writing(book.id, by=by):
            started = get_import(book, import_id)
            if begun and started.status != ImportStatus.COMMITTING:
                return started
            if not begun or not is_alone:
                _prepare(started, book_opening_balance, is_first=not begun)
            _go_on(started, book, by)
        if started.status == ImportStatus.COMMITTED or (end is not None and monotonic() >= end):
            return started
        begun = True


def _prepare(started: Import, book_opening_balance: bool, *, is_first: bool) -> None:
    """Decide and check the lines: all that are to come before the first, then the next ones."""
    if started.status == ImportStatus.COMMITTED:
        raise AlreadyCommitted
    if started.status in (ImportStatus.REVERTED, ImportStatus.REVERTING):
        raise AlreadyReverted
    account = started.account
    decide(started, account)
    if book_opening_balance:
        opening.refuse(started, account)
        started.books_gap = True
    last = started.lines_count if is_first else started.done + settings.IMPORT_CHUNK
    if account.archived_at is not None and _changes(started):
        raise invalid("/account", "archived", f"{account.name} is archived; reopen it first.")
    refuse_faults(started, account, started.done, last)
    if started.status == ImportStatus.PREVIEW:
        chunks.name_lines(started.id)
        ImportFile.objects.filter(of_import=started)._raw_delete("default")
        started.status = ImportStatus.COMMITTING


def _changes(started: Import) -> bool:
    moving = (Verdict.NEW, Verdict.TRANSFER, Verdict.POSTED)
    return started.lines.filter(verdict__in=moving, number__gt=started.done).exists()


def _go_on(started: Import, book: Book, by: Actor) -> None:
    """Record the next lines; with the last of them, the import is committed."""
    last = min(started.done + settings.IMPORT_CHUNK, started.lines_count)
    chunks.record(started, started.account, started.done, last)
    started.done = last
    changed = ["status", "done", "books_gap"]
    if last == started.lines_count:
        if started.books_gap:
            opening.book_opening(started, started.account, book=book, by=by)
            changed += opening.FIELDS
        started.status = ImportStatus.COMMITTED
    started.save(update_fields=changed)
    if started.status == ImportStatus.COMMITTED:
        _keep_balance(started)
        on_commit(partial(figures.count, "ImportsCommitted"))


def _keep_balance(started: Import) -> None:
    """Keep what the bank says is on the account as a balance point, unless the day has one."""
    on = last_day(started)
    if started.closing_balance is None or on is None:
        return
    if not BalancePoint.objects.filter(account=started.account_id, on=on).exists():
        BalancePoint.objects.create(
            book_id=started.book_id,
            account_id=started.account_id,
            on=on,
            balance=started.closing_balance,
            of_import=started,
        )
