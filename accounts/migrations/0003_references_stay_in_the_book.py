"""Foreign keys that carry the book, so that no reference crosses from one to another."""

from django.db import migrations

KEYS = (
    ("accounts_account", "account_parent_in_book", "(parent_id, book_id, type)",
     "accounts_account (id, book_id, type)"),
    ("accounts_account", "account_broker_in_book", "(broker_id, book_id)",
     "accounts_broker (id, book_id)"),
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_initial")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} "
            f"REFERENCES {target} DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, name, columns, target in KEYS
    ]
