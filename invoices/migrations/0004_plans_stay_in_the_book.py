"""Foreign keys that carry the book; a parcel goes, and changes its day, with its transaction."""

from django.db import migrations

KEYS = (
    ("invoices_installmentplan", "card_of_plan_in_book", "(card_id, book_id)",
     "accounts_creditcard (id, book_id)", ""),
    ("invoices_installment", "plan_of_parcel_in_book", "(plan_id, book_id)",
     "invoices_installmentplan (id, book_id)", "ON DELETE CASCADE"),
    ("invoices_installment", "transaction_of_parcel_in_book", "(transaction_id, book_id, date)",
     "transactions_transaction (id, book_id, date)", "ON UPDATE CASCADE ON DELETE CASCADE"),
)


class Migration(migrations.Migration):
    dependencies = [("invoices", "0003_installments")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} "
            f"REFERENCES {target} {action} DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, name, columns, target, action in KEYS
    ]
