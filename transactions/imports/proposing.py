"""Which category and vendor the lines of an import get; a person's own choice is never touched."""

from uuid import UUID

from django.db import connection

#: A category of the book that the file itself names, of the side that the amount is on.
_NAMED = """
UPDATE transactions_importline l SET category_id = named.id, category_reason = 'file'
FROM (
    SELECT lower(a.name) AS name, a.type, (array_agg(a.id))[1] AS id FROM accounts_account a
    WHERE a.book_id = %(book)s AND a.kind = 'category' AND a.archived_at IS NULL
    GROUP BY 1, 2 HAVING count(*) = 1
) AS named
WHERE l.of_import_id = %(import)s AND l.said_category <> '' AND l.category_reason = ''
    AND named.name = lower(l.said_category)
    AND named.type = CASE WHEN l.amount < 0 THEN 'expense' ELSE 'income' END
"""


def propose(book_id: UUID, import_id: UUID) -> None:
    """Fill in categories and vendors of the lines that are without."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"book": book_id, "import": import_id})
