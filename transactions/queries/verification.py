"""Recompute the books from their entries, on another path than the triggers that keep them."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model

from buffet import money
from buffet.audit import Event
from buffet.models import BookRow, Tombstone
from transactions.models import Entry, Sums

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


# One book's entries are reached through its transactions, whose index leads with the book: what
# this costs depends on that book alone.
_ALL_ENTRIES = "transactions_entry"
_ENTRIES_OF_BOOK = """(
    SELECT own.* FROM transactions_transaction mine
    JOIN transactions_entry own ON own.transaction_id = mine.id WHERE mine.book_id = %(book)s
)"""
# Transactions with entries on the book's accounts that are none of its own. OFFSET 0 keeps the walk
# by account, in its index alone: a small book beside a big one would be found by reading all.
_STRAYS_OF_BOOK = """(
    WITH met AS MATERIALIZED (
        SELECT e.transaction_id FROM accounts_account mine, LATERAL (
            SELECT transaction_id FROM transactions_entry WHERE account_id = mine.id OFFSET 0
        ) AS e WHERE mine.book_id = %(book)s
    )
    SELECT met.transaction_id FROM met WHERE NOT EXISTS (
        SELECT FROM transactions_transaction t
        WHERE t.id = met.transaction_id AND t.book_id = %(book)s
    )
)"""
# From the currencies as this program knows them: the constraint has a list of its own.
_DECIMALS = ", ".join(f"('{code}', {places})" for code, places in sorted(money.DECIMALS.items()))


def _kept(table: str, *key: str) -> str:
    """Return the query of the rows of a table of sums that are not the sums of `added`."""
    named = " || ' ' || ".join(f"coalesce(kept.{one}, summed.{one})" for one in key)
    columns = ", ".join(("type" if one == "type" else f"d.{one}") for one in key)
    return f"""
        SELECT '{table.partition("_")[2]} ' || {named}
        FROM (SELECT * FROM {table} k WHERE {{k in scope}}) AS kept
        FULL JOIN (
            SELECT d.book_id, {columns}, sum(debit) AS debit, sum(credit) AS credit,
                sum(entries) AS entries
            FROM added d JOIN accounts_account a ON a.id = d.account_id
            GROUP BY d.book_id, {columns}
        ) AS summed USING (book_id, {", ".join(key)})
        WHERE (coalesce(kept.debit, 0), coalesce(kept.credit, 0), coalesce(kept.entries, 0))
            <> (coalesce(summed.debit, 0), coalesce(summed.credit, 0), coalesce(summed.entries, 0))
    """


# Each query yields a text for every row that breaks the property. {entries} are those of the
# books in question, {x in scope} whether the row x is of one of them.
_OF_ENTRIES = {
    "entries of each transaction sum to zero per currency": """
        SELECT e.transaction_id || ': ' || sum(e.amount) || ' ' || e.currency
        FROM {entries} e GROUP BY e.transaction_id, e.currency HAVING sum(e.amount) <> 0
    """,
    # Not by a join of entries with entries: before the tables are analysed, it may be planned as
    # one of each with all.
    "each transaction has entries on two accounts or more": """
        SELECT t.id::text FROM transactions_transaction t WHERE {t in scope}
        EXCEPT
        SELECT e.transaction_id::text FROM {entries} e GROUP BY e.transaction_id
        HAVING min(e.account_id::text) <> max(e.account_id::text)
    """,
    "entries agree with their transaction in book and date": """
        SELECT e.id::text FROM {entries} e
        LEFT JOIN transactions_transaction t ON t.id = e.transaction_id
        WHERE (t.book_id, t.date) IS DISTINCT FROM (e.book_id, e.date)
        UNION ALL
        SELECT stray.transaction_id::text FROM {strays} stray
    """,
    "entries agree with their account in book and currency": """
        SELECT e.id::text FROM {entries} e LEFT JOIN accounts_account a ON a.id = e.account_id
        WHERE a.book_id IS DISTINCT FROM e.book_id OR a.currency NOT IN ('', e.currency)
    """,
    "entries move money in the decimals of their currency": f"""
        SELECT e.id::text FROM {{entries}} e
        LEFT JOIN (VALUES {_DECIMALS}) AS known (currency, places) ON known.currency = e.currency
        WHERE e.amount = 0 OR scale(trim_scale(e.amount)) > coalesce(known.places, 2)
    """,
    # By the transaction's book and date, where the triggers go by the entry's.
    "kept balances are the sums of entries": f"""
        WITH added AS (
            SELECT t.book_id, e.account_id, e.currency,
                t.date - (extract(day FROM t.date)::int - 1) AS month,
                sum(greatest(e.amount, 0)) AS debit, sum(greatest(-e.amount, 0)) AS credit,
                count(*) AS entries
            FROM transactions_transaction t JOIN transactions_entry e ON e.transaction_id = t.id
            WHERE {{t in scope}} GROUP BY 1, 2, 3, 4
        )
        {_kept("transactions_monthlybalance", "account_id", "currency", "month")}
        UNION ALL
        {_kept("transactions_accounttotal", "account_id", "currency")}
        UNION ALL
        {_kept("transactions_typetotal", "type", "currency", "month")}
    """,
    "an external id stands once per account": """
        SELECT e.account_id || ' ' || e.external_id FROM {entries} e
        WHERE e.external_id <> ''
        GROUP BY e.account_id, e.external_id HAVING count(*) > 1
    """,
}
#: Checks of apps above, added when they are ready; `{a in scope}` is as in the others.
OF_OTHERS: dict[str, str] = {}
_OF_POINTS = {
    "reconciled balances are the sums of entries": """
        SELECT p.id::text FROM transactions_balancepoint p
        JOIN accounts_account a ON a.id = p.account_id
        WHERE {a in scope} AND p.reconciled_at IS NOT NULL AND p.balance <> coalesce((
            SELECT sum(e.amount) FROM transactions_entry e
            WHERE e.account_id = p.account_id AND e.date <= p.on
        ), 0)
        UNION ALL
        SELECT e.id::text FROM accounts_account a JOIN transactions_entry e
        ON e.account_id = a.id AND e.date <= a.locked_through AND e.status = 'pending'
        WHERE {a in scope}
    """,
    "accounts are locked through their last reconciled day": """
        SELECT a.id::text FROM accounts_account a LEFT JOIN (
            SELECT account_id, max(p.on) AS day FROM transactions_balancepoint p
            WHERE p.reconciled_at IS NOT NULL GROUP BY account_id
        ) AS locked ON locked.account_id = a.id
        WHERE {a in scope} AND a.locked_through IS DISTINCT FROM locked.day
    """,
}
_OF_THE_REST = {
    # From the tops down: a circle hangs from none.
    "the category tree has no circle": """
        WITH RECURSIVE below AS (
            SELECT id FROM accounts_account a WHERE {a in scope} AND NOT EXISTS (
                SELECT FROM accounts_account p WHERE p.id = a.parent_id AND p.book_id = a.book_id
            )
            UNION ALL
            SELECT c.id FROM accounts_account c JOIN below ON c.parent_id = below.id
        )
        SELECT a.id::text FROM accounts_account a
        WHERE {a in scope} AND NOT EXISTS (SELECT FROM below WHERE below.id = a.id)
    """,
    "no transaction waits to be looked at": """
        SELECT c.transaction_id::text FROM transactions_balancecheck c
        LEFT JOIN transactions_transaction t ON t.id = c.transaction_id WHERE {t in scope}
    """,
}
_OTHER_TYPE = """
    SELECT 'parent of account ' || a.id FROM accounts_account a
    JOIN accounts_account p ON p.id = a.parent_id AND p.book_id = a.book_id
    WHERE {a in scope} AND p.type <> a.type
"""


def verify(book_id: UUID | None = None) -> list[Check]:
    """Return what a recomputation of one book, or of all, finds."""
    checks = {
        **_OF_ENTRIES,
        "references stay in their book": " UNION ALL ".join([*_references(), _OTHER_TYPE]),
        "no row is newer than its book": " UNION ALL ".join(_versions()),
        **_OF_THE_REST,
        **_OF_POINTS,
        **OF_OTHERS,
    }
    return [_check(name, sql, book_id) for name, sql in checks.items()]


def _check(name: str, sql: str, book_id: UUID | None) -> Check:
    of_book = book_id is not None
    nothing = f"(SELECT transaction_id FROM {_ALL_ENTRIES} WHERE false)"
    sql = sql.replace("{entries}", _ENTRIES_OF_BOOK if of_book else _ALL_ENTRIES)
    sql = sql.replace("{strays}", _STRAYS_OF_BOOK if of_book else nothing)
    for alias in ("a", "k", "t"):
        condition = f"{alias}.book_id = %(book)s" if of_book else "true"
        sql = sql.replace(f"{{{alias} in scope}}", condition)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT broken, count(*) OVER () FROM ({sql}) AS rows (broken) ORDER BY 1 LIMIT %(n)s",
            {"book": book_id, "n": SAMPLE},
        )
        rows = cursor.fetchall()
    return Check(name, rows[0][1] if rows else 0, tuple(row[0] for row in rows))


def _has_book(model: type[Model]) -> bool:
    return "book" in {field.name for field in model._meta.concrete_fields}


def _references() -> Iterator[str]:
    """Yield a query for each reference from a row of a book to another, whichever app has it."""
    for model in apps.get_models():
        # Entries have checks of their own; sums outlive their account at zero, history any row.
        if model is Entry or issubclass(model, Event | Sums) or not _has_book(model):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and _has_book(field.related_model):
                yield f"""
                    SELECT '{field.name} of {model._meta.model_name} ' || a.{model._meta.pk.column}
                    FROM {model._meta.db_table} a
                    LEFT JOIN {field.related_model._meta.db_table} b ON b.id = a.{field.column}
                    WHERE {{a in scope}} AND a.{field.column} IS NOT NULL
                        AND b.book_id IS DISTINCT FROM a.book_id
                """


def _versions() -> Iterator[str]:
    """Yield a query for each table whose rows carry a version of their book."""
    for model in apps.get_models():
        if issubclass(model, BookRow | Tombstone):
            yield f"""
                SELECT '{model._meta.model_name} ' || a.id FROM {model._meta.db_table} a
                JOIN buffet_book b ON b.id = a.book_id
                WHERE {{a in scope}} AND a.version > b.version
            """
