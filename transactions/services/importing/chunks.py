"""Some lines of an import into the ledger and out of it again: whole statements, no rows held."""

from uuid import UUID

from django.db import connection

from accounts.models import Account, AccountType, Kind
from transactions.chart import Chart
from transactions.models import Import

_CHUNK = "l.of_import_id = %(import)s AND l.number > %(first)s AND l.number <= %(last)s"
#: New transactions have the ids that their lines got when they were read, their entries the ones
#: behind it. A category or vendor that is gone by now is left out.
_NEW = f"""
WITH chunk AS MATERIALIZED (
    SELECT l.new_id, l.book_id, l.number, l.date, l.amount, l.kept_id, v.id AS vendor_id,
        coalesce(nullif(l.own_description, ''), l.description) AS description,
        CASE WHEN l.is_pending THEN 'pending' WHEN l.is_reconciled THEN 'reconciled'
            ELSE 'cleared' END AS status,
        left(l.new_id::text, 35) AS stem,
        coalesce(c.id, CASE WHEN l.amount < 0 THEN %(expense)s ELSE %(income)s END) AS other_id
    FROM transactions_importline l
    LEFT JOIN accounts_account c ON c.id = l.category_id AND c.book_id = l.book_id
        AND c.kind = 'category' AND c.archived_at IS NULL
    LEFT JOIN transactions_vendor v ON v.id = l.vendor_id AND v.book_id = l.book_id
    WHERE {_CHUNK} AND l.verdict = 'new'
), headers AS (
    INSERT INTO transactions_transaction
        (id, book_id, date, description, vendor_id, notes, source)
    SELECT new_id, book_id, date, description, vendor_id, '', 'import' FROM chunk ORDER BY number
)
INSERT INTO transactions_entry (id, book_id, transaction_id, account_id, date, currency, amount,
    status, external_id, note)
SELECT (stem || place)::uuid, book_id, new_id,
    CASE place WHEN '1' THEN %(account)s ELSE other_id END, date, %(currency)s,
    CASE place WHEN '1' THEN amount ELSE -amount END, status,
    CASE place WHEN '1' THEN kept_id ELSE '' END, ''
FROM chunk CROSS JOIN (VALUES ('1'), ('2')) AS sides (place) ORDER BY number, place
"""
_PAID = f"""
INSERT INTO transactions_subscriptionpayment
    (id, book_id, subscription_id, transaction_id, due_on, date)
SELECT (left(l.new_id::text, 35) || '3')::uuid, l.book_id, s.id, l.new_id, l.due_on, l.date
FROM transactions_importline l JOIN transactions_subscription s
    ON s.id = l.subscription_id AND s.book_id = l.book_id AND s.account_id = %(account)s
WHERE {_CHUNK} AND l.verdict = 'new' AND NOT EXISTS (
    SELECT FROM transactions_subscriptionpayment p
    WHERE p.subscription_id = s.id AND p.due_on = l.due_on
)
"""
_COMPLETE = f"""
UPDATE transactions_entry e SET account_id = %(account)s, status = 'cleared',
    external_id = l.kept_id
FROM transactions_importline l
WHERE {_CHUNK} AND l.verdict = 'transfer' AND e.id = l.entry_id
"""
_BEFORE = f"""
UPDATE transactions_importline l
SET before = jsonb_build_object('date', e.date, 'amount', e.amount::text, 'status', e.status)
FROM transactions_entry e WHERE {_CHUNK} AND l.verdict = 'posted' AND e.id = l.entry_id
"""
_POST = f"""
UPDATE transactions_entry e SET status = CASE WHEN e.id = l.entry_id THEN 'cleared'
        ELSE e.status END,
    external_id = CASE WHEN e.id = l.entry_id THEN l.kept_id ELSE e.external_id END,
    amount = CASE WHEN (l.before->>'amount')::numeric = l.amount THEN e.amount
        WHEN e.id = l.entry_id THEN l.amount ELSE -l.amount END
FROM transactions_importline l
WHERE {_CHUNK} AND l.verdict = 'posted' AND e.transaction_id = l.transaction_id
    AND (e.id = l.entry_id OR (l.before->>'amount')::numeric <> l.amount)
"""
_MOVE = f"""
UPDATE transactions_transaction t SET date = l.date FROM transactions_importline l
WHERE {_CHUNK} AND l.verdict = 'posted' AND t.id = l.transaction_id AND t.date <> l.date
"""
#: Which of them there are: most files have new lines alone, and an UPDATE runs its triggers even
#: when it finds nothing.
_KINDS = f"""
SELECT DISTINCT CASE WHEN l.verdict = 'new' AND l.subscription_id IS NOT NULL THEN 'paid'
    ELSE l.verdict END
FROM transactions_importline l WHERE {_CHUNK}
UNION SELECT 'new' FROM transactions_importline l WHERE {_CHUNK} AND l.verdict = 'new'
"""
#: Previews of the release before have lines without ids.
_NAME = """
UPDATE transactions_importline SET new_id = gen_random_uuid()
WHERE of_import_id = %s AND new_id IS NULL
"""


def name_lines(import_id: UUID) -> None:
    """Give ids to lines that have none."""
    with connection.cursor() as cursor:
        cursor.execute(_NAME, (import_id,))


def record(started: Import, account: Account, first: int, last: int) -> None:
    """Record what the lines behind one number up to another are."""
    chart = Chart.read(started.book_id, [account.id])
    values: dict[str, UUID | int | str] = {
        "import": started.id,
        "first": first,
        "last": last,
        "account": account.id,
        "currency": account.currency,
        "expense": chart.system(Kind.UNCATEGORIZED, AccountType.EXPENSE).id,
        "income": chart.system(Kind.UNCATEGORIZED, AccountType.INCOME).id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, values)
        kinds = {kind for (kind,) in cursor.fetchall()}
        for kind, statements in _STATEMENTS.items():
            for sql in statements if kind in kinds else ():
                cursor.execute(sql, values)


_STATEMENTS = {
    "new": (_NEW,),
    "paid": (_PAID,),
    "transfer": (_COMPLETE,),
    "posted": (_BEFORE, _POST, _MOVE),
}

#: What the lines of other accounts' imports completed, or told of again, is what those brought.
OTHERS = f"""
SELECT o.id, o.of_import_id, o.date, o.kept_id, e.id AS entry_id, l.id AS line_id, l.new_id,
    e.account_id, e.amount, e.currency,
    coalesce(nullif(o.own_description, ''), o.description) AS description
FROM transactions_importline l
JOIN transactions_importline o ON o.transaction_id = l.new_id
    AND o.verdict IN ('transfer', 'duplicate')
JOIN transactions_import i ON i.id = o.of_import_id AND i.id <> l.of_import_id
    AND i.account_id <> %(account)s AND i.status IN ('committing', 'committed')
    AND o.number <= i.done
JOIN transactions_entry e ON e.transaction_id = l.new_id AND e.account_id = i.account_id
    AND e.amount = o.amount
WHERE {_CHUNK} AND l.verdict = 'new'
"""
#: Which days are touched so: those of the lines that stay.
DAYS_OF_OTHERS = f"SELECT DISTINCT date FROM ({OTHERS}) AS others"
#: Of two that tell of the same, the first has it.
_LEAVE = f"""
WITH others AS MATERIALIZED (
    SELECT DISTINCT ON (new_id) * FROM ({OTHERS}) AS others ORDER BY new_id, id
), crossing AS (
    -- Of what was another money here, nothing is converted any more.
    SELECT o.new_id, e.id FROM others o
    JOIN transactions_entry e ON e.transaction_id = o.new_id AND e.account_id = %(account)s
        AND e.currency <> o.currency
    WHERE (SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = o.new_id) = 4
), conversions AS (
    DELETE FROM transactions_entry e USING crossing c, accounts_account a
    WHERE e.transaction_id = c.new_id AND a.id = e.account_id AND a.kind = 'conversion'
), entries AS (
    UPDATE transactions_entry e SET
        external_id = CASE WHEN e.id = o.entry_id
            THEN coalesce(nullif(o.kept_id, ''), e.external_id) ELSE '' END,
        account_id = CASE WHEN e.account_id <> %(account)s THEN e.account_id
            WHEN e.amount > 0 THEN %(expense)s ELSE %(income)s END,
        amount = CASE WHEN e.id IN (SELECT id FROM crossing) THEN -o.amount ELSE e.amount END,
        currency = CASE WHEN e.id IN (SELECT id FROM crossing) THEN o.currency
            ELSE e.currency END
    FROM others o WHERE e.transaction_id = o.new_id
        AND (e.id = o.entry_id OR e.account_id = %(account)s)
), theirs AS (
    UPDATE transactions_importline l SET verdict = 'new', reason = 'not_in_the_book',
        new_id = o.new_id, transaction_id = NULL, entry_id = NULL
    FROM others o WHERE l.id = o.id
), imports AS (
    -- So that they have a new version, as their lines have changed.
    UPDATE transactions_import i SET done = i.done
    FROM (SELECT DISTINCT of_import_id FROM others) AS o WHERE i.id = o.of_import_id
), ours AS (
    UPDATE transactions_importline l SET new_id = NULL FROM others o WHERE l.id = o.line_id
)
UPDATE transactions_transaction t SET date = o.date, description = o.description
FROM others o WHERE t.id = o.new_id
"""
#: In one statement, so that no transaction is stamped as changed before it goes.
_FORGET = f"""
WITH chunk AS MATERIALIZED (
    SELECT l.new_id, l.book_id FROM transactions_importline l
    WHERE {_CHUNK} AND l.verdict = 'new'
), entries AS (
    DELETE FROM transactions_entry e USING chunk
    WHERE e.transaction_id = chunk.new_id AND e.book_id = chunk.book_id
)
DELETE FROM transactions_transaction t USING chunk
WHERE t.id = chunk.new_id AND t.book_id = chunk.book_id
"""
#: What was completed waits for its other side again, if it is still there as it was completed: in
#: the money of the side that stays, where that is another.
_GIVE_BACK = f"""
WITH back AS MATERIALIZED (
    SELECT e.id, e.transaction_id, k.amount, k.currency
    FROM transactions_importline l
    JOIN transactions_entry e ON e.transaction_id = l.transaction_id
        AND e.account_id = %(account)s
    LEFT JOIN LATERAL (
        SELECT n.amount, n.currency FROM transactions_entry n
        JOIN accounts_account a ON a.id = n.account_id AND a.type IN ('asset', 'liability')
        WHERE n.transaction_id = e.transaction_id AND n.currency <> e.currency
            AND (SELECT count(*) FROM transactions_entry c
                WHERE c.transaction_id = e.transaction_id) = 4
        LIMIT 1
    ) AS k ON true
    WHERE {_CHUNK} AND l.verdict = 'transfer'
), conversions AS (
    DELETE FROM transactions_entry e USING back, accounts_account a
    WHERE e.transaction_id = back.transaction_id AND back.currency IS NOT NULL
        AND a.id = e.account_id AND a.kind = 'conversion'
)
UPDATE transactions_entry e SET external_id = '',
    account_id = CASE WHEN e.amount > 0 THEN %(expense)s ELSE %(income)s END,
    amount = coalesce(-back.amount, e.amount), currency = coalesce(back.currency, e.currency)
FROM back WHERE e.id = back.id
"""
#: What became a transfer since moved what it says on both accounts: it keeps its amounts.
_UNPOST = f"""
UPDATE transactions_entry e SET status = CASE WHEN e.id = l.entry_id THEN l.before->>'status'
        ELSE e.status END,
    external_id = CASE WHEN e.id = l.entry_id THEN '' ELSE e.external_id END,
    amount = CASE WHEN (l.before->>'amount')::numeric = l.amount OR EXISTS (
            SELECT FROM transactions_entry n
            JOIN accounts_account a ON a.id = n.account_id AND a.type IN ('asset', 'liability')
            WHERE n.transaction_id = l.transaction_id AND n.id <> l.entry_id
        ) THEN e.amount
        WHEN e.id = l.entry_id THEN (l.before->>'amount')::numeric
        ELSE -(l.before->>'amount')::numeric END
FROM transactions_importline l
WHERE {_CHUNK} AND l.verdict = 'posted' AND e.transaction_id = l.transaction_id
    AND (e.id = l.entry_id OR (l.before->>'amount')::numeric <> l.amount)
    AND EXISTS (
        SELECT FROM transactions_entry n WHERE n.id = l.entry_id AND n.amount = l.amount
            AND n.account_id = %(account)s
    )
"""
_MOVE_BACK = f"""
UPDATE transactions_transaction t SET date = (l.before->>'date')::date
FROM transactions_importline l
WHERE {_CHUNK} AND l.verdict = 'posted' AND t.id = l.transaction_id AND t.date = l.date
    AND t.date <> (l.before->>'date')::date
"""


def take_back(started: Import, account: Account, first: int, last: int) -> None:
    """Take back what the lines behind one number up to another were recorded as.

    What an import into another account has told of since stays as what that one brought, without
    its other side.
    """
    chart = Chart.read(started.book_id, [account.id])
    values: dict[str, UUID | int] = {
        "import": started.id,
        "first": first,
        "last": last,
        "account": account.id,
        "expense": chart.system(Kind.UNCATEGORIZED, AccountType.EXPENSE).id,
        "income": chart.system(Kind.UNCATEGORIZED, AccountType.INCOME).id,
    }
    back = {
        "new": (_LEAVE, _FORGET),
        "transfer": (_GIVE_BACK,),
        "posted": (_MOVE_BACK, _UNPOST),
    }
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, values)
        kinds = {kind for (kind,) in cursor.fetchall()}
        for kind, statements in back.items():
            for sql in statements if kind in kinds else ():
                cursor.execute(sql, values)
