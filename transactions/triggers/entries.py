"""What the database does whenever entries change, whoever changes them.

One statement trigger per operation, so that a statement over a million entries pays once. It takes
the book's lock, refuses closed months and reconciled days, notes which transactions may be out of
balance, stamps those concerned and keeps the balances. A few new entries, as most writes bring, are
taken one by one: to begin with a plan for sets costs more than they do.
"""

from collections.abc import Sequence

import pgtrigger

from transactions.triggers import few
from transactions.triggers.balance import QUEUE_DOUBTFUL, QUEUE_LEFT, QUEUE_MOVED

_INSERTED = "SELECT *, 1 AS sign FROM new_rows"
_DELETED = "SELECT *, -1 AS sign FROM old_rows"
_CHANGED = f"{_INSERTED} UNION ALL {_DELETED}"

# What is touched is nearly always one book, whose version need not be looked up again.
_TOUCH_BOOKS = """
    SELECT CASE WHEN count(*) = 1 THEN max(buffet_touch(book_id)) END INTO touched
    FROM (SELECT DISTINCT book_id FROM ({delta}) AS d ORDER BY book_id) AS b;
"""
_REFUSE_CLOSED_MONTH = """
        RAISE EXCEPTION 'the month % is closed', to_char(closed, 'YYYY-MM')
        USING ERRCODE = '23514', CONSTRAINT = 'closed_months_stay';
"""
_CLOSED_MONTHS = f"""
    SELECT c.month INTO closed
    FROM (SELECT DISTINCT book_id, date_trunc('month', date)::date AS month FROM ({{delta}}) AS d) m
    JOIN transactions_closedmonth c ON c.book_id = m.book_id AND c.month = m.month LIMIT 1;
    IF FOUND THEN {_REFUSE_CLOSED_MONTH}
    END IF;
"""

# Usually none: the transaction was written by the same database transaction as its entries. A look
# costs less than an update of nothing, which keeps a history.
_STAMP_TRANSACTIONS = """
    IF EXISTS (
        SELECT FROM ({delta}) AS d JOIN transactions_transaction t ON t.id = d.transaction_id
        WHERE t.version <> coalesce(
            touched, (SELECT b.version FROM buffet_book b WHERE b.id = d.book_id)
        )
    ) THEN
        UPDATE transactions_transaction t SET version = 0
        FROM (SELECT DISTINCT transaction_id, book_id FROM ({delta}) AS d) c
        WHERE t.id = c.transaction_id AND t.version <> buffet_touch(c.book_id);
    END IF;
"""

# What the statement moved, added three ways. Ordered by key: two statements that touch the same
# rows take them in the same order. What moves between accounts of a type leaves its sums as they
# were, and is news of it all the same: reports convert and round by account.
_KEEP_SUMS = """
    WITH moved AS ({moved}
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ), of_months AS (
        INSERT INTO transactions_monthlybalance AS kept
            (book_id, account_id, currency, month, debit, credit, entries)
        SELECT book_id, account_id, currency, month, debit, credit, entries FROM moved
        ON CONFLICT (book_id, account_id, currency, month) DO UPDATE SET {add}
        WHERE {moves}
    ), of_accounts AS (
        INSERT INTO transactions_accounttotal AS kept
            (book_id, account_id, currency, debit, credit, entries)
        SELECT book_id, account_id, currency, sum(debit), sum(credit), sum(entries) FROM moved
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (book_id, account_id, currency) DO UPDATE SET {add}
        WHERE {moves}
    )
    INSERT INTO transactions_typetotal AS kept
        (book_id, type, currency, month, debit, credit, entries, version)
    SELECT m.book_id, a.type, m.currency, m.month, sum(debit), sum(credit), sum(entries),
        max(coalesce(touched, (SELECT b.version FROM buffet_book b WHERE b.id = m.book_id)))
    FROM moved m JOIN accounts_account a ON a.id = m.account_id
    WHERE {is_news}
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (book_id, type, currency, month) DO UPDATE SET {add}, version = excluded.version;
""".replace(
    "{add}",
    "debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit, "
    "entries = kept.entries + excluded.entries",
).replace("{moves}", "excluded.debit <> 0 OR excluded.credit <> 0 OR excluded.entries <> 0")

_MOVED = """
        SELECT book_id, account_id, currency, date_trunc('month', date)::date AS month,
            coalesce(sum(amount * sign) FILTER (WHERE amount > 0), 0) AS debit,
            coalesce(sum(-amount * sign) FILTER (WHERE amount < 0), 0) AS credit,
            sum(sign) AS entries
        FROM ({delta}) AS d"""
_IS_NEWS = "{of}debit <> 0 OR {of}credit <> 0 OR {of}entries <> 0"
_KEEP_BALANCES = _KEEP_SUMS.replace("{moved}", _MOVED).replace(
    "{is_news}", _IS_NEWS.replace("{of}", "m.")
)
# What goes to another day of its month leaves the month's sums as they were, and is news of it,
# too: reports read some days of a month, and remember them as long as nothing is new.
_KEEP_CHANGED_BALANCES = _KEEP_SUMS.replace(
    "{moved}",
    f"""
        SELECT book_id, account_id, currency, month, sum(debit) AS debit, sum(credit) AS credit,
            sum(entries) AS entries, bool_or({_IS_NEWS.replace("{of}", "")}) AS is_news
        FROM ({_MOVED} GROUP BY 1, 2, 3, 4, date) AS days""",
).replace("{is_news}", "m.is_news")

_REFUSE_RECONCILED_DAY = """
        RAISE EXCEPTION 'the account of entry % is reconciled up to %', wrong, locked
        USING ERRCODE = '23514', CONSTRAINT = 'reconciled_days_stay';
"""
_REFUSE_OTHER_CURRENCY = """
        RAISE EXCEPTION 'entry % is not in the currency of its account', wrong
        USING ERRCODE = '23514', CONSTRAINT = 'entry_in_currency_of_account';
"""
# One look at new entries for all three.
_NEW_ENTRIES = f"""
    SELECT n.id, CASE WHEN n.date <= a.locked_through THEN a.locked_through END, c.month
    INTO wrong, locked, closed
    FROM new_rows n JOIN accounts_account a ON a.id = n.account_id
    LEFT JOIN transactions_closedmonth c
        ON c.book_id = n.book_id AND c.month = date_trunc('month', n.date)::date
    WHERE a.currency <> '' AND a.currency <> n.currency OR n.date <= a.locked_through
        OR c.month IS NOT NULL
    LIMIT 1;
    IF closed IS NOT NULL THEN {_REFUSE_CLOSED_MONTH}
    ELSIF locked IS NOT NULL THEN {_REFUSE_RECONCILED_DAY}
    ELSIF wrong IS NOT NULL THEN {_REFUSE_OTHER_CURRENCY}
    END IF;
"""
_CURRENCY_OF_ACCOUNT = f"""
    SELECT n.id INTO wrong FROM new_rows n JOIN accounts_account a ON a.id = n.account_id
    WHERE a.currency <> '' AND a.currency <> n.currency LIMIT 1;
    IF FOUND THEN {_REFUSE_OTHER_CURRENCY}
    END IF;
"""
# What a bank agreed with: an entry's note and external id may change all the same.
_REFUSE_RECONCILED = f"""
    SELECT d.id, a.locked_through INTO wrong, locked
    FROM (
        SELECT id, account_id, date FROM ({{delta}}) AS d
        GROUP BY id, account_id, date, currency, amount, status HAVING sum(sign) <> 0
    ) AS d
    JOIN accounts_account a ON a.id = d.account_id WHERE d.date <= a.locked_through LIMIT 1;
    IF FOUND THEN {_REFUSE_RECONCILED_DAY}
    END IF;
"""

_CAME = f"""
    SELECT CASE WHEN count(*) = 1 THEN max(buffet_touch(book_id)) END,
        count(*) = 1 AND sum(entries) <= {few.MOST}
    INTO touched, few
    FROM (
        SELECT book_id, count(*) AS entries FROM new_rows GROUP BY book_id ORDER BY book_id
    ) AS b;
    IF few THEN {few.TAKE}
    END IF;
    IF refused THEN {_NEW_ENTRIES}
    END IF;
    IF doubtful THEN {QUEUE_DOUBTFUL}
    END IF;
    IF stale THEN {_STAMP_TRANSACTIONS}
    END IF;
    IF NOT few THEN {_KEEP_BALANCES}
    END IF;
"""
_DECLARED = [("touched", "bigint"), ("closed", "date"), ("locked", "date"), ("wrong", "uuid")]


def _trigger(
    name: str,
    operation: pgtrigger.Operation,
    delta: str,
    rows: dict[str, str],
    *steps: str,
    declare: Sequence[tuple[str, str]] = (),
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        declare=[*_DECLARED, *declare],
        func="\n".join((*steps, "RETURN NULL;")).replace("{delta}", delta),
    )


ENTRY_TRIGGERS = [
    _trigger(
        "entries_came",
        pgtrigger.Insert,
        _INSERTED,
        {"new": "new_rows"},
        _CAME,
        declare=few.DECLARED,
    ),
    _trigger(
        "entries_changed",
        pgtrigger.Update,
        _CHANGED,
        {"old": "old_rows", "new": "new_rows"},
        _TOUCH_BOOKS,
        _CLOSED_MONTHS,
        _CURRENCY_OF_ACCOUNT,
        _REFUSE_RECONCILED,
        QUEUE_MOVED,
        _STAMP_TRANSACTIONS,
        _KEEP_CHANGED_BALANCES,
    ),
    _trigger(
        "entries_went",
        pgtrigger.Delete,
        _DELETED,
        {"old": "old_rows"},
        _TOUCH_BOOKS,
        _CLOSED_MONTHS,
        _REFUSE_RECONCILED,
        QUEUE_LEFT,
        _STAMP_TRANSACTIONS,
        _KEEP_BALANCES,
    ),
]


def refuse_truncate(name: str) -> pgtrigger.Trigger:
    """Return the trigger that refuses to empty a table in a way that passes the others by."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="""
            RAISE EXCEPTION 'the ledger is not truncated; delete rows instead'
            USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_not_truncated';
        """,
    )
