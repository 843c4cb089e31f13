"""Statements that the database keeps: the functions and triggers beyond what models can say."""

from django.db import migrations

from invoices.triggers import SQL

KEYS = (
    ("invoices_invoice", "card_of_invoice_in_book", "(card_id, book_id)",
     "accounts_creditcard (id, book_id)", ""),
    ("invoices_invoiceline", "card_of_line_in_book", "(card_id, book_id)",
     "accounts_creditcard (id, book_id)", ""),
    ("invoices_invoiceline", "invoice_of_line_in_book", "(invoice_id, book_id)",
     "invoices_invoice (id, book_id)", ""),
    ("invoices_invoicechange", "invoice_of_change_in_book", "(invoice_id, book_id)",
     "invoices_invoice (id, book_id)", ""),
    ("invoices_allocationchoice", "choice_of_invoice_in_book", "(invoice_id, book_id)",
     "invoices_invoice (id, book_id)", "ON DELETE CASCADE"),
)
# Sums change with every line: room on the page keeps those updates off the index.
STORAGE = "ALTER TABLE invoices_invoice SET (fillfactor = 50)"


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0001_initial"),
        ("accounts", "0009_cards_stay_in_the_book"),
        ("transactions", "0005_found_by_version"),
    ]

    operations = [
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in SQL),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} "
                f"REFERENCES {target} {action} DEFERRABLE INITIALLY DEFERRED",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name, columns, target, action in KEYS
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
