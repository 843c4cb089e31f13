"""An account for unrealised gains in every book that has made its others already."""

from django.db import migrations
from uuid_utils.compat import uuid7

WITHOUT = """
SELECT DISTINCT book_id FROM accounts_account a WHERE kind = 'adjustments' AND NOT EXISTS (
    SELECT FROM accounts_account v WHERE v.book_id = a.book_id AND v.kind = 'valuation'
) ORDER BY book_id
"""
OPEN = """
INSERT INTO accounts_account (id, book_id, name, type, kind, currency, number, notes)
SELECT id, book_id, 'Unrealised gains', 'equity', 'valuation', '', '', ''
FROM unnest(%s::uuid[], %s::uuid[]) AS wanted (id, book_id) ORDER BY book_id
ON CONFLICT DO NOTHING
"""


def open_accounts(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(WITHOUT)
        books = [row[0] for row in cursor.fetchall()]
        cursor.execute(OPEN, ([uuid7() for _ in books], books))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_reconciled_days")]

    operations = [
        migrations.RunPython(open_accounts, migrations.RunPython.noop),
        # Only undone where no gain was booked.
        migrations.RunSQL(
            migrations.RunSQL.noop, "DELETE FROM accounts_account WHERE kind = 'valuation'"
        ),
    ]
