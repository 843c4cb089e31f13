"""Take an import back, some thousand lines at a time, the last ones first."""

from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import connection

from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.errors import Invalid
from buffet.models import Book
from transactions.chart import Chart
from transactions.models import BalancePoint, Import, ImportStatus
from transactions.services.importing import chunks, opening
from transactions.services.importing.standing import NotCommitted, get_import
from transactions.services.reconciled import reconciled_faults, reconciled_faults_of
from transactions.services.recording import closed_month_faults

#: The days to which what was posted goes back.
_PENDING_ON = """
SELECT DISTINCT (l.before->>'date')::date FROM transactions_importline l
WHERE l.of_import_id = %(import)s AND l.number > %(first)s AND l.number <= %(done)s
    AND l.verdict = 'posted'
"""
#: The days, with an account, that get something back: what was posted, and what stays as the line
#: of another account's import told of it.
_BACK_ON = f"""
SELECT pending.date, %(account)s::uuid FROM ({_PENDING_ON}) AS pending
UNION SELECT o.date, e.account_id FROM (
    SELECT DISTINCT ON (new_id) new_id, date FROM ({chunks.OTHERS}) AS others ORDER BY new_id, id
) AS o JOIN transactions_entry e ON e.transaction_id = o.new_id AND e.account_id <> %(account)s
"""
#: The days on which something of what was recorded lies, and the accounts that it is on.
_DAYS = f"""
SELECT DISTINCT t.date FROM transactions_importline l JOIN transactions_transaction t
    ON t.id = CASE l.verdict WHEN 'new' THEN l.new_id ELSE l.transaction_id END
WHERE l.of_import_id = %(import)s AND l.number > %(first)s AND l.number <= %(done)s
    AND l.verdict IN ('new', 'transfer', 'posted') AND t.book_id = l.book_id
UNION {_PENDING_ON} UNION {chunks.DAYS_OF_OTHERS}
"""
#: What lies on days of any account that are reconciled; one says enough.
_RECONCILED = """
SELECT e.transaction_id FROM transactions_importline l JOIN transactions_entry e
    ON e.transaction_id = CASE l.verdict WHEN 'new' THEN l.new_id ELSE l.transaction_id END
JOIN accounts_account a ON a.id = e.account_id AND e.date <= a.locked_through
WHERE l.of_import_id = %(import)s AND l.number > %(first)s AND l.number <= %(done)s
    AND (l.verdict = 'new' OR l.verdict IN ('transfer', 'posted') AND a.id = %(account)s)
LIMIT 1
"""


def revert(
    *,
    book: Book,
    by: Actor,
    import_id: UUID,
    reason: str = "",
    seconds: float | None = None,
    most: int | None = None,
) -> Import:
    """Take a committed import back: delete what it recorded and is still there.

    What it completed waits for its other side again, and so does what it recorded and an import
    into another account has told of since; what it posted is pending again; the opening balance
    that it moved goes back; its balance point goes unless reconciled. An import that is partly
    committed is taken back as well. After `seconds` it is left `reverting`, to be reverted
    further; without, at its end. No more lines than `most` go at once, with the book's lock.

    :raises NotFound: if the book has no such import.
    :raises NotCommitted: if it is not committed.
    :raises Invalid: if a line lies in a month that was closed since, or on days reconciled since.
    """
    end = None if seconds is None else monotonic() + seconds
    begun, part = False, min(most or settings.IMPORT_CHUNK, settings.IMPORT_CHUNK)
    while True:
        with writing(book.id, by=by, reason=reason):
            started = get_import(book, import_id)
            if begun and started.status == ImportStatus.REVERTED:
                return started
            if started.status in (ImportStatus.PREVIEW, ImportStatus.REVERTED):
                raise NotCommitted
            _go_back(started, started.account, part, book, by)
        if started.status == ImportStatus.REVERTED or (end is not None and monotonic() >= end):
            return started
        begun = True


def _go_back(started: Import, account: Account, part: int, book: Book, by: Actor) -> None:
    """Take the last lines back; with the first of them, the import is reverted."""
    first, is_begun = max(started.done - part, 0), started.status == ImportStatus.REVERTING
    _refuse_faults(started, account, first if is_begun else 0)
    if not is_begun:
        points = BalancePoint.objects.filter(of_import=started, reconciled_at__isnull=True)
        points._raw_delete("default")
        opening.take_back(started, account, book=book, by=by)
    chunks.take_back(started, account, first, started.done)
    started.done = first
    started.status = ImportStatus.REVERTING if first else ImportStatus.REVERTED
    started.save(update_fields=["status", "done"])


def _refuse_faults(started: Import, account: Account, first: int) -> None:
    values: dict[str, UUID | int] = {
        "import": started.id, "first": first, "done": started.done, "last": started.done,
        "account": account.id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, values)
        days = [day for (day,) in cursor.fetchall()]
        cursor.execute(_RECONCILED, values)
        locked = [id for (id,) in cursor.fetchall()]
        cursor.execute(_BACK_ON, values)
        back = [("", day, account_id) for day, account_id in cursor.fetchall()]
    touched = {account.id, *(account_id for _, _, account_id in back)}
    chart = Chart.read(started.book_id, touched, days)
    faults = list(dict.fromkeys(closed_month_faults(chart, [("", day) for day in days])))
    faults += reconciled_faults_of(dict.fromkeys(locked, "")) or reconciled_faults(chart, back)
    if faults:
        raise Invalid(faults)
