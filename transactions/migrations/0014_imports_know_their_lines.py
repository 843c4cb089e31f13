"""What imports and lines of the release before say about themselves."""

from django.db import migrations

LINES = """
UPDATE transactions_importline SET new_id = transaction_id
WHERE verdict = 'new' AND transaction_id IS NOT NULL
"""
IMPORTS = """
UPDATE transactions_import i SET lines_count = l.lines, total = l.total, first_on = l.first_on,
    last_on = l.last_on, done = CASE i.status WHEN 'committed' THEN l.last ELSE 0 END
FROM (
    SELECT of_import_id, count(*) AS lines, sum(amount) AS total, min(date) AS first_on,
        max(date) AS last_on, max(number) AS last
    FROM transactions_importline GROUP BY of_import_id
) AS l WHERE l.of_import_id = i.id
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0013_imports_in_chunks")]

    operations = [
        migrations.RunSQL(LINES, migrations.RunSQL.noop),
        migrations.RunSQL(IMPORTS, migrations.RunSQL.noop),
    ]
