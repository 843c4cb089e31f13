"""Recompute the books from their entries, on another path than the triggers that keep them."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One property of the books: how many rows break it, and the first few."""

    name: str
    count: int
    found: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether no row breaks it."""
        return self.count == 0


# Each query yields a text for every row that breaks the property; {book} limits it to a book.
CHECKS = {
    "entries of each transaction sum to zero per currency": """
        SELECT e.transaction_id || ': ' || sum(e.amount) || ' ' || e.currency
        FROM transactions_entry e WHERE {e.book_id}
        GROUP BY e.transaction_id, e.currency HAVING sum(e.amount) <> 0
    """,
    "each transaction has entries on two accounts or more": """
        SELECT t.id::text FROM transactions_transaction t
        LEFT JOIN (
            SELECT transaction_id, min(account_id::text) AS first, max(account_id::text) AS last
            FROM transactions_entry GROUP BY transaction_id
        ) e ON e.transaction_id = t.id
        WHERE {t.book_id} AND (e.first IS NULL OR e.first = e.last)
    """,
    "entries agree with their transaction in book and date": """
        SELECT e.id::text FROM transactions_entry e
        LEFT JOIN transactions_transaction t ON t.id = e.transaction_id
        WHERE {e.book_id} AND (t.id IS NULL OR t.book_id <> e.book_id OR t.date <> e.date)
    """,
    "entries agree with their account in book and currency": """
        SELECT e.id::text FROM transactions_entry e
        LEFT JOIN accounts_account a ON a.id = e.account_id
        WHERE {e.book_id} AND (
            a.id IS NULL OR a.book_id <> e.book_id OR a.currency NOT IN ('', e.currency)
        )
    """,
    "entries move money in the decimals of their currency": """
        SELECT e.id::text FROM transactions_entry e
        WHERE {e.book_id}
            AND (e.amount = 0 OR scale(trim_scale(e.amount)) > buffet_decimals(e.currency))
    """,
    "monthly balances are the sums of entries": """
        SELECT coalesce(k.account_id, s.account_id) || ' ' || coalesce(k.currency, s.currency)
            || ' ' || coalesce(k.month, s.month)
        FROM (
            SELECT * FROM transactions_monthlybalance b WHERE {b.book_id}
        ) k
        FULL JOIN (
            SELECT e.book_id, e.account_id, e.currency,
                make_date(extract(year FROM e.date)::int, extract(month FROM e.date)::int, 1) AS month,
                sum(greatest(e.amount, 0)) AS debit, sum(greatest(-e.amount, 0)) AS credit,
                count(*) AS entries
            FROM transactions_entry e WHERE {e.book_id} GROUP BY 1, 2, 3, 4
        ) s ON (s.book_id, s.account_id, s.currency, s.month)
            = (k.book_id, k.account_id, k.currency, k.month)
        WHERE coalesce(k.debit, 0) <> coalesce(s.debit, 0)
            OR coalesce(k.credit, 0) <> coalesce(s.credit, 0)
            OR coalesce(k.entries, 0) <> coalesce(s.entries, 0)
    """,
    "references stay in their book": """
        SELECT 'vendor of ' || t.id FROM transactions_transaction t
        LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
        WHERE {t.book_id} AND t.vendor_id IS NOT NULL AND v.book_id IS DISTINCT FROM t.book_id
        UNION ALL
        SELECT 'broker of ' || a.id FROM accounts_account a
        LEFT JOIN accounts_broker r ON r.id = a.broker_id
        WHERE {a.book_id} AND a.broker_id IS NOT NULL AND r.book_id IS DISTINCT FROM a.book_id
        UNION ALL
        SELECT 'parent of ' || a.id FROM accounts_account a
        LEFT JOIN accounts_account p ON p.id = a.parent_id
        WHERE {a.book_id} AND a.parent_id IS NOT NULL
            AND (p.book_id, p.type) IS DISTINCT FROM (a.book_id, a.type)
    """,
    "the category tree has no circle": """
        WITH RECURSIVE below AS (
            SELECT id FROM accounts_account a WHERE {a.book_id} AND a.parent_id IS NULL
            UNION ALL
            SELECT c.id FROM accounts_account c JOIN below ON c.parent_id = below.id
        )
        SELECT a.id::text FROM accounts_account a
        WHERE {a.book_id} AND a.id NOT IN (SELECT id FROM below)
    """,
    "an external id stands once per account": """
        SELECT e.account_id || ' ' || e.external_id FROM transactions_entry e
        WHERE {e.book_id} AND e.external_id <> ''
        GROUP BY e.account_id, e.external_id HAVING count(*) > 1
    """,
    "no row is newer than its book": """
        SELECT 'transaction ' || t.id FROM transactions_transaction t
        JOIN buffet_book b ON b.id = t.book_id WHERE {t.book_id} AND t.version > b.version
        UNION ALL
        SELECT 'account ' || a.id FROM accounts_account a
        JOIN buffet_book b ON b.id = a.book_id WHERE {a.book_id} AND a.version > b.version
    """,
    "no transaction waits to be looked at": """
        SELECT c.transaction_id::text FROM transactions_balancecheck c
    """,
}
_COLUMNS = ("e.book_id", "t.book_id", "a.book_id", "b.book_id")


def verify(book_id: UUID | None = None) -> list[Check]:
    """Return what a recomputation of one book, or of all, finds."""
    limits = {column: f"{column} = %(book)s::uuid" if book_id else "true" for column in _COLUMNS}
    return [_check(name, sql, limits, book_id) for name, sql in CHECKS.items()]


def _check(name: str, sql: str, limits: dict[str, str], book_id: UUID | None) -> Check:
    for column, condition in limits.items():
        sql = sql.replace(f"{{{column}}}", condition)
    counted = f"""
        SELECT broken, count(*) OVER () FROM ({sql}) AS rows (broken) ORDER BY 1 LIMIT {SAMPLE}
    """
    with connection.cursor() as cursor:
        cursor.execute(counted, {"book": book_id} if "%(book)s" in counted else None)
        rows = cursor.fetchall()
    return Check(name, rows[0][1] if rows else 0, tuple(row[0] for row in rows))
