"""Which lines of an import the book already has: decided by facts alone, each with its reason.

The same file again, its lines in another order, or another file over the same days find the same
rows. Two equal purchases in one file stay two. A handful of statements, however many lines; what a
person chose and what is recorded already stays as it is, and nothing else may be taken for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from accounts.models import Account
from transactions.imports import by_hand, due, transfers, waiting
from transactions.imports.scope import FREE, OPEN, TAKEN, Scope, is_shut
from transactions.models import Import

_HAS_ID = "({0}.external_id <> '' AND NOT {0}.is_pending)"

_FORGET = f"""
UPDATE transactions_importline l SET verdict = 'new', reason = 'not_in_the_book',
    kept_id = CASE WHEN l.is_pending THEN '' ELSE l.external_id END,
    transaction_id = NULL, entry_id = NULL, subscription_id = NULL, due_on = NULL,
    proposed_verdict = '', proposed_id = NULL, proposed_score = NULL,
    category_id = CASE l.category_reason WHEN 'subscription' THEN NULL ELSE l.category_id END,
    category_reason = CASE l.category_reason WHEN 'subscription' THEN '' ELSE l.category_reason END
WHERE {FREE} AND l.amount <> 0 AND (
    l.verdict <> 'new' OR l.reason <> 'not_in_the_book' OR l.proposed_verdict <> ''
)
"""
#: What an id of ours looks like.
_OWN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
#: What earlier files told of the account, as they said it, and what became of it.
_TOLD = """
SELECT t.date, t.amount, t.description, t.special_id, t.of_import_id, t.is_pending,
    t.external_id, i.format, t.verdict, t.reason = 'bank_id_of_another_row' AS is_apart,
    CASE t.verdict WHEN 'new' THEN t.new_id ELSE t.transaction_id END AS transaction_id
FROM transactions_import i JOIN transactions_importline t ON t.of_import_id = i.id
WHERE i.account_id = %(account)s AND i.id <> %(import)s AND t.number <= i.done
    AND i.status IN ('committing', 'committed')
    AND i.first_on <= %(last)s AND i.last_on >= %(first)s AND t.amount <> 0
"""
_CHOSEN_BEFORE = """
    (t.is_chosen OR t.reason = 'chosen_before') AND t.transaction_id IS NULL
    AND t.verdict IN ('ignored', 'duplicate')
"""
#: By the bank's id: an entry's own, one that tells the row apart, or one that was told before. Our
#: own files say which entry a row is; each is looked up by it, however many lines there are.
_BY_ID = f"""
UPDATE transactions_importline l SET verdict = 'duplicate', reason = found.reason,
    transaction_id = found.transaction_id, kept_id = found.external_id
FROM (
    SELECT DISTINCT ON (id) * FROM (
        SELECT l.id, 0 AS rank, 'same_bank_id' AS reason, e.transaction_id, e.external_id
        FROM transactions_importline l JOIN LATERAL (
            SELECT e.* FROM transactions_entry e
            WHERE e.account_id = %(account)s
                AND e.id = CASE WHEN l.external_id ~ '{_OWN}' THEN l.external_id::uuid END
            LIMIT 1
        ) AS e ON true WHERE {OPEN} AND l.external_id <> ''
        UNION ALL
        SELECT l.id, 1, 'same_bank_id', e.transaction_id, e.external_id
        FROM transactions_importline l JOIN transactions_entry e
            ON e.account_id = %(account)s AND e.external_id = l.special_id
        WHERE {OPEN} AND l.external_id <> ''
        UNION ALL
        SELECT l.id, 2, 'same_bank_id', e.transaction_id, e.external_id
        FROM transactions_importline l JOIN transactions_entry e
            ON e.account_id = %(account)s AND e.external_id = l.external_id
            AND e.date = l.date AND e.amount = l.amount
        WHERE {OPEN} AND l.external_id <> ''
        UNION ALL
        SELECT l.id, 3, 'told_before', told.transaction_id, ''
        FROM transactions_importline l JOIN ({_TOLD}) AS told ON told.special_id = l.special_id
        WHERE {OPEN} AND l.external_id <> '' AND NOT l.is_pending AND NOT told.is_pending
            AND EXISTS (
                SELECT FROM transactions_entry e
                WHERE e.transaction_id = told.transaction_id AND e.account_id = %(account)s
            )
    ) AS candidates ORDER BY id, rank, transaction_id
) AS found WHERE l.id = found.id
"""
#: A bank that gives one id to different rows must not lose any of them.
_TELL_APART = f"""
UPDATE transactions_importline l SET kept_id = l.special_id, reason = 'bank_id_of_another_row'
WHERE {OPEN} AND l.external_id <> '' AND NOT l.is_pending AND (
    l.external_id IN (
        SELECT s.external_id FROM transactions_importline s
        WHERE s.of_import_id = %(import)s AND s.external_id <> '' AND NOT s.is_pending
        GROUP BY s.external_id HAVING min(s.special_id) <> max(s.special_id)
    ) OR EXISTS (
        SELECT FROM transactions_entry e
        WHERE e.account_id = %(account)s AND e.external_id = l.external_id
    )
)
"""
_REPEATED = f"""
UPDATE transactions_importline l SET verdict = 'duplicate', reason = 'repeated_in_file'
FROM (
    SELECT s.id, row_number() OVER (
        PARTITION BY s.kept_id
        ORDER BY s.is_chosen OR s.number <= %(done)s DESC, s.number
    ) AS place
    FROM transactions_importline s
    WHERE s.of_import_id = %(import)s AND s.verdict = 'new' AND s.kept_id IN (
        SELECT r.kept_id FROM transactions_importline r
        WHERE r.of_import_id = %(import)s AND r.verdict = 'new' AND r.kept_id <> ''
        GROUP BY r.kept_id HAVING count(*) > 1
    )
) AS ranked WHERE l.id = ranked.id AND ranked.place > 1 AND {OPEN}
"""
#: The n-th line of a day, an amount and a text is the n-th such row. What a bank told goes by the
#: bank's words, whatever people made of them. In files of one format, rows without an id are never
#: those with one: a bank that leaves ids out must not lose a row that equals another.
_BY_COUNT = f"""
WITH told AS (
    SELECT date, amount, description, transaction_id, format = %(format)s AS is_alike,
        {_HAS_ID.format("told")} AS has_id, bool_or(is_apart) AS is_apart
    FROM ({_TOLD}) AS told WHERE transaction_id IS NOT NULL AND verdict <> 'ignored'
    GROUP BY 1, 2, 3, 4, 5, 6
), rows AS (
    SELECT told.date, told.amount, told.description, e.transaction_id, e.id, e.status
    FROM told JOIN transactions_entry e
        ON e.transaction_id = told.transaction_id AND e.account_id = %(account)s
    WHERE {{class}}
    {{untold}}
), counted AS (
    SELECT rows.*, row_number() OVER (
        PARTITION BY date, amount, description ORDER BY transaction_id, id
    ) AS place FROM rows WHERE NOT EXISTS (
        SELECT FROM {TAKEN} AS taken WHERE taken.id = rows.transaction_id
    )
), wanted AS (
    SELECT l.id, l.number, l.is_pending, l.date, l.amount, l.description, row_number() OVER (
        PARTITION BY l.date, l.amount, l.description ORDER BY l.number
    ) AS place FROM transactions_importline l WHERE {OPEN} AND {{lines}}
), found AS (
    SELECT DISTINCT ON (c.transaction_id) w.id, c.transaction_id, c.id AS entry_id,
        c.status = 'pending' AND NOT w.is_pending AND NOT {is_shut("c.date")} AS is_posted
    FROM wanted w JOIN counted c USING (date, amount, description, place)
    ORDER BY c.transaction_id, w.number
)
UPDATE transactions_importline l
SET verdict = CASE WHEN found.is_posted THEN 'posted' ELSE 'duplicate' END,
    reason = CASE WHEN found.is_posted THEN 'pending_has_posted'
        ELSE 'same_date_amount_and_text' END,
    transaction_id = found.transaction_id,
    entry_id = CASE WHEN found.is_posted THEN found.entry_id END
FROM found WHERE l.id = found.id
"""
_WITHOUT_ID = (
    _BY_COUNT.replace("{class}", "told.is_alike AND NOT told.has_id")
    .replace("{lines}", f"NOT {_HAS_ID.format('l')}")
    .replace("{untold}", "")
)
#: An id that is another row's already is of a bank that counts anew in each file: it says nothing,
#: neither now nor when such a row comes again.
_COUNTED_ANEW, _COUNTED_BEFORE = (
    _BY_COUNT.replace("{class}", f"told.is_alike AND told.has_id AND {rows}")
    .replace("{lines}", lines)
    .replace("{untold}", "")
    for rows, lines in (
        ("true", "l.reason = 'bank_id_of_another_row'"),
        ("told.is_apart", _HAS_ID.format("l")),
    )
)
_ANY = (
    _BY_COUNT.replace("{class}", "NOT told.is_alike")
    .replace("{lines}", "true")
    .replace(
        "{untold}",
        """UNION ALL
    SELECT e.date, e.amount, t.description, e.transaction_id, e.id, e.status
    FROM transactions_entry e JOIN transactions_transaction t ON t.id = e.transaction_id
        AND t.book_id = %(book)s AND t.date BETWEEN %(first)s AND %(last)s
    WHERE e.account_id = %(account)s AND e.external_id = ''
        AND e.date BETWEEN %(first)s AND %(last)s
        AND NOT EXISTS (SELECT FROM told WHERE told.transaction_id = e.transaction_id)""",
    )
)
#: What a person chose for the same line of an earlier file holds for it again.
_CHOICES = f"""
WITH choices AS (
    SELECT t.date, t.amount, t.description, t.special_id, t.verdict, t.of_import_id,
        {_HAS_ID.format("t")} AS has_id
    FROM transactions_import i JOIN transactions_importline t ON t.of_import_id = i.id
    WHERE i.account_id = %(account)s AND i.id <> %(import)s AND t.number <= i.done
        AND i.status IN ('committing', 'committed') AND {_CHOSEN_BEFORE}
        AND i.first_on <= %(last)s AND i.last_on >= %(first)s
), counts AS (
    SELECT date, amount, description, verdict, max(times) AS times FROM (
        SELECT date, amount, description, verdict, of_import_id, count(*) AS times
        FROM choices WHERE NOT has_id GROUP BY 1, 2, 3, 4, 5
    ) AS each GROUP BY 1, 2, 3, 4
), wanted AS (
    SELECT l.id, l.date, l.amount, l.description, row_number() OVER (
        PARTITION BY l.date, l.amount, l.description ORDER BY l.number
    ) AS place FROM transactions_importline l WHERE {OPEN} AND NOT {_HAS_ID.format("l")}
), found AS (
    SELECT DISTINCT ON (id) * FROM (
        SELECT w.id, c.verdict FROM wanted w JOIN counts c USING (date, amount, description)
        WHERE w.place <= c.times
        UNION ALL
        SELECT l.id, c.verdict FROM transactions_importline l
        JOIN choices c ON c.has_id AND c.special_id = l.special_id
        WHERE {OPEN} AND {_HAS_ID.format("l")}
    ) AS all_of_them ORDER BY id, verdict
)
UPDATE transactions_importline l SET verdict = found.verdict, reason = 'chosen_before'
FROM found WHERE l.id = found.id
"""
#: What people chose to record although an id says otherwise goes without the id.
_CHOSEN_NEW = """
UPDATE transactions_importline l SET kept_id = ''
WHERE l.of_import_id = %(import)s AND l.number > %(done)s AND l.is_chosen AND l.verdict = 'new'
    AND l.kept_id <> '' AND (
        EXISTS (
            SELECT FROM transactions_entry e
            WHERE e.account_id = %(account)s AND e.external_id = l.kept_id
        ) OR EXISTS (
            SELECT FROM transactions_importline o
            WHERE o.of_import_id = %(import)s AND o.external_id = l.external_id AND o.id <> l.id
        )
    )
"""


def match(started: Import, account: Account) -> None:
    """Decide what each line of an import is, as far as nobody chose and nothing is recorded.

    Call it while holding the book's lock.
    """
    if started.first_on is None or started.last_on is None:
        return
    scope = Scope(started, account, started.first_on, started.last_on)
    with _in_bulk(started.lines_count):
        for sql in _STEPS:
            scope.run(sql)
        waiting.recognise(scope)
        transfers.recognise(scope)
        due.recognise(scope)
        transfers.propose(scope)
        by_hand.propose(scope)


_STEPS = (
    _FORGET,
    _CHOSEN_NEW,
    _BY_ID,
    _TELL_APART,
    _REPEATED,
    _WITHOUT_ID,
    _COUNTED_ANEW,
    _COUNTED_BEFORE,
    _ANY,
    _CHOICES,
)
#: From how many lines on the database is told that they are many: it has not counted them yet, and
#: would look each up on its own.
MANY = 1000


@contextmanager
def _in_bulk(lines: int) -> Iterator[None]:
    """Have tables joined as a whole while there are many lines."""
    if lines < MANY:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
