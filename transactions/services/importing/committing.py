"""Record an import, some thousand lines at a time: whoever is cut off goes on where it was."""

from datetime import timedelta
from functools import partial
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.transaction import on_commit

from accounts.models import Account, Kind
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import Refusal, invalid
from buffet.metrics import figures
from buffet.models import Book
from transactions.chart import Chart
from transactions.drafts import Draft, DraftEntry
from transactions.models import BalancePoint, Import, ImportFile, ImportStatus, Source, Verdict
from transactions.queries.imports import last_day, settled
from transactions.services.importing import chunks
from transactions.services.importing.deciding import decide, refuse_faults
from transactions.services.importing.standing import (
    AlreadyCommitted,
    AlreadyReverted,
    get_import,
)
from transactions.services.recording import write


class NoClosingBalance(Refusal):
    """The statement names no balance, so there is no gap to book."""

    code = "no_closing_balance"


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
    an opening entry on the day before the statement's first. What the bank says is on the account
    becomes a balance point, where its day has none.

    :raises NotFound: if the book has no such import.
    :raises AlreadyCommitted: if it is committed.
    :raises AlreadyReverted: if it was reverted.
    :raises NoClosingBalance: if the gap is to be booked and the statement names no balance.
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
            _go_on(started)
        if started.status == ImportStatus.COMMITTED or (end is not None and monotonic() >= end):
            return started
        begun = True


def _prepare(started: Import, book_opening_balance: bool, *, is_first: bool) -> None:
    """Decide and check the lines: all that are to come before the first, then the next ones."""
    if started.status == ImportStatus.COMMITTED:
        raise AlreadyCommitted
    if started.status in (ImportStatus.REVERTED, ImportStatus.REVERTING):
        raise AlreadyReverted
    if book_opening_balance:
        if started.closing_balance is None or last_day(started) is None:
            raise NoClosingBalance
        started.books_gap = True
    account = started.account
    decide(started, account)
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


def _go_on(started: Import) -> None:
    """Record the next lines; with the last of them, the import is committed."""
    last = min(started.done + settings.IMPORT_CHUNK, started.lines_count)
    chunks.record(started, started.account, started.done, last)
    started.done = last
    changed = ["status", "done", "books_gap"]
    if last == started.lines_count:
        if started.books_gap:
            started.opening_transaction_id = _book_gap(started, started.account)
            changed.append("opening_transaction_id")
        started.status = ImportStatus.COMMITTED
    started.save(update_fields=changed)
    if started.status == ImportStatus.COMMITTED:
        _keep_balance(started)
        on_commit(partial(figures.count, "ImportsCommitted"))


def _book_gap(started: Import, account: Account) -> UUID | None:
    """Record the gap as an opening entry; return the transaction, None when there is no gap."""
    on = last_day(started)
    if started.closing_balance is None or on is None:
        raise NoClosingBalance
    gap = money.round_to(started.closing_balance - settled(started, on), account.currency)
    if not gap:
        return None
    first = min(day for day in (started.first_on, started.starts_on or on) if day)
    chart = Chart.read(started.book_id, [account.id])
    equity = chart.system(Kind.OPENING_BALANCES)
    draft = Draft(
        date=first - timedelta(days=1),
        description="Opening balance",
        source=Source.OPENING,
        entries=(
            DraftEntry(account.id, gap, account.currency),
            DraftEntry(equity.id, -gap, account.currency),
        ),
    )
    (id,) = write(started.book_id, [draft])
    return id


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
