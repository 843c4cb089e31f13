"""What an import's lines are is decided anew whenever the book has changed since."""

from django.db import connection

from accounts.models import Account
from buffet.errors import Fault, Invalid
from transactions.chart import Chart
from transactions.imports import matching, proposing
from transactions.models import Import
from transactions.services.reconciled import reconciled_faults
from transactions.services.recording import closed_month_faults

MOST_FAULTS = 100

#: Nothing has changed if the book has still the version that the import got when its lines were
#: decided. Within one database transaction versions tell nothing: there it may have.
_AS_DECIDED = """
SELECT b.version = i.version AND NOT coalesce(starts_with(
    current_setting('buffet.touched', true), pg_current_xact_id()::text || ':' || b.id::text
), false), i.status = 'preview' AND EXISTS (
    SELECT FROM transactions_rule r WHERE r.book_id = b.id AND r.version >= i.version
)
FROM transactions_import i JOIN buffet_book b ON b.id = i.book_id WHERE i.id = %s
"""
#: The lines that would change what may not change any more, by day; the lines themselves and the
#: entries that they complete or post.
_SHUT = """
SELECT l.number, days.date FROM transactions_importline l
LEFT JOIN transactions_entry e ON e.id = l.entry_id AND l.verdict IN ('transfer', 'posted')
CROSS JOIN LATERAL (
    SELECT l.date WHERE l.verdict IN ('new', 'posted')
    UNION SELECT e.date WHERE e.id IS NOT NULL
) AS days
WHERE l.of_import_id = %(import)s AND l.number > %(first)s AND l.number <= %(last)s
    AND l.verdict IN ('new', 'transfer', 'posted') AND (
        days.date <= %(locked)s OR date_trunc('month', days.date)::date = ANY(%(closed)s::date[])
    )
ORDER BY l.number LIMIT %(most)s
"""
#: Lines that a person made the other side or the posting of what does not wait for it any more.
_GONE = """
SELECT l.number FROM transactions_importline l
LEFT JOIN transactions_entry e ON e.id = l.entry_id AND e.transaction_id = l.transaction_id
LEFT JOIN accounts_account a ON a.id = e.account_id
WHERE l.of_import_id = %(import)s AND l.number > %(first)s AND l.number <= %(last)s
    AND l.is_chosen AND l.verdict IN ('transfer', 'posted') AND CASE l.verdict
        WHEN 'posted' THEN e.account_id = %(account)s AND e.external_id = ''
        ELSE a.kind = 'uncategorized' AND e.amount = l.amount
    END IS NOT TRUE
ORDER BY l.number LIMIT %(most)s
"""
_MONTHS = """
SELECT coalesce(array_agg(month), '{}') FROM transactions_closedmonth
WHERE book_id = %s
"""


def decide(started: Import, account: Account) -> None:
    """Decide what the lines are that are not recorded yet, unless the book is as it was.

    Of a preview, rules that were made since have their say about categories and vendors, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AS_DECIDED, (started.id,))
        as_decided, has_new_rules = cursor.fetchone()
    if not as_decided:
        matching.match(started, account)
        if has_new_rules:
            proposing.propose(started.book_id, started.id)


def refuse_faults(started: Import, account: Account, first: int, last: int) -> None:
    """Check the lines behind one number up to another.

    :raises Invalid: naming the lines in closed months, on reconciled days, or that a person made
        the other side of something that is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, (started.book_id,))
        (closed,) = cursor.fetchone()
        values = {
            "import": started.id,
            "account": account.id,
            "first": first,
            "last": last,
            "locked": account.locked_through,
            "closed": closed,
            "most": MOST_FAULTS,
        }
        cursor.execute(_SHUT, values)
        days = [(f"/lines/{number - 1}", day) for number, day in cursor.fetchall()]
        cursor.execute(_GONE, values)
        gone = [number for (number,) in cursor.fetchall()]
    faults: list[Fault] = []
    if days:
        chart = Chart.read(started.book_id, [account.id], [day for _, day in days])
        faults += closed_month_faults(chart, days)
        faults += reconciled_faults(chart, [(pointer, day, account.id) for pointer, day in days])
    sentence = "The transaction that was chosen does not wait for this line any more."
    faults += [Fault(f"/lines/{one - 1}/transaction", "not_waiting", sentence) for one in gone]
    if faults:
        raise Invalid(faults)
