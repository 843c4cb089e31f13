"""The changes of a book and of a person are found without reading all of them."""

from django.db import migrations

FOUND_BY = ("book", "user")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("buffet", "0016_slow_requests"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS changes_of_{name} ON pghistory_context "
            f"((metadata->>'{name}'), id)",
            f"DROP INDEX CONCURRENTLY IF EXISTS changes_of_{name}",
        )
        for name in FOUND_BY
    ]
