"""References of rules, and of what they changed, that carry the book."""

from django.db import migrations

KEYS = (
    ("transactions_rule", "rule_account_in_book", "(account_id, book_id)",
     "accounts_account (id, book_id)"),
    ("transactions_rule", "rule_category_in_book", "(category_id, book_id)",
     "accounts_account (id, book_id)"),
    ("transactions_rule", "rule_vendor_in_book", "(vendor_id, book_id)",
     "transactions_vendor (id, book_id)"),
    ("transactions_rulechange", "rule_change_of_run", "(run_id, book_id)",
     "transactions_rulerun (id, book_id)"),
)


class Migration(migrations.Migration):
    dependencies = [("transactions", "0017_rules")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} "
            f"REFERENCES {target} DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, name, columns, target in KEYS
    ]
