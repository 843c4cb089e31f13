"""The transactions of a journal: their texts are made by the database, since Python is slow."""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

from psycopg.sql import SQL, Literal

from buffet.copying import texts
from buffet.models import Book
from buffet.money import decimals
from reports.exports.pieces import gathered

# A row for each transaction. Entries are sorted while they are narrow, put together in that order,
# and meet their transactions in the order of these; what is said of a vendor is said once (OFFSET).
# Each has its transaction, but of an outer join alone the planner knows how many rows it has.
_QUERY = """
SELECT concat({transaction}, e.said)
FROM (
    SELECT e.date, e.transaction_id, bool_or(e.status = 'pending') AS is_pending,
        string_agg({entry}, '') AS said
    FROM (
        SELECT e.date, e.transaction_id, e.id, n.name, e.amount, e.currency, e.status,
            e.external_id, e.note
        FROM unnest({ids}::uuid[], {names}::text[]) AS n (id, name)
        JOIN transactions_entry e ON e.account_id = n.id
        ORDER BY e.date, e.transaction_id, e.id OFFSET 0
    ) AS e
    GROUP BY e.date, e.transaction_id
) AS e
LEFT JOIN transactions_transaction t
    ON t.book_id = {book} AND t.date = e.date AND t.id = e.transaction_id
LEFT JOIN (
    SELECT v.id, {vendor} AS said FROM transactions_vendor v WHERE v.book_id = {book} OFFSET 0
) AS v ON v.id = t.vendor_id
ORDER BY e.date, e.transaction_id
"""


def transactions(
    book: Book, format: ModuleType, names: Mapping[str, str], currencies: Sequence[str]
) -> Iterator[str]:
    """Yield every transaction of the book in pieces, the oldest first.

    `format` has the SQL of what is said of a vendor, a transaction and an entry; `names` are those
    of the accounts by id, `currencies` those that the book uses.
    """
    places = " ".join(f"WHEN '{one}' THEN {decimals(one)}" for one in currencies)
    query = SQL(_QUERY).format(
        vendor=SQL(format.VENDOR),
        transaction=SQL(format.TRANSACTION),
        # Quicker than to ask for each entry what its currency is among all that there are.
        entry=SQL(format.ENTRY).format(places=SQL(f"CASE e.currency {places} END")),
        ids=Literal(list(names)),
        names=Literal(list(names.values())),
        book=Literal(book.id),
    )
    for piece in gathered(texts(query)):
        yield piece.decode()
