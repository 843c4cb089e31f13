"""References of balance points that carry the book, and recording that sees reconciled days."""

from django.db import migrations

KEYS = (
    ("point_account_in_book", "(account_id, book_id)", "accounts_account (id, book_id)", ""),
    ("point_import_in_book", "(import_id, book_id)", "transactions_import (id, book_id)", ""),
    # Whoever deletes the gain keeps the valuation, which then differs until it is booked again.
    ("point_transaction_in_book", "(transaction_id, book_id, booked_on)",
     "transactions_transaction (id, book_id, date)",
     "ON UPDATE CASCADE ON DELETE SET NULL (transaction_id, booked_on)"),
)

MAY_RECORD = """
CREATE OR REPLACE FUNCTION buffet_may_record(book uuid, accounts uuid[], day date, vendor uuid)
RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RETURN cardinality(accounts) = (
        SELECT count(*) FROM accounts_account
        WHERE id = ANY(accounts) AND book_id = book AND archived_at IS NULL {unlocked}
    ) AND NOT EXISTS (
        SELECT FROM transactions_closedmonth
        WHERE book_id = book AND month = date_trunc('month', day)::date
    ) AND (
        vendor IS NULL
        OR EXISTS (SELECT FROM transactions_vendor WHERE id = vendor AND book_id = book)
    );
END $$
"""
UNLOCKED = "AND (locked_through IS NULL OR locked_through < day)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_reconciled_days"),
        ("transactions", "0009_balance_points"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE transactions_balancepoint ADD CONSTRAINT {name} FOREIGN KEY "
                f"{columns} REFERENCES {target} {action} DEFERRABLE INITIALLY DEFERRED",
                f"ALTER TABLE transactions_balancepoint DROP CONSTRAINT {name}",
            )
            for name, columns, target, action in KEYS
        ),
        migrations.RunSQL(
            MAY_RECORD.format(unlocked=UNLOCKED), MAY_RECORD.format(unlocked="")
        ),
    ]
