"""What may have changed since a process read the chart, asked by whoever holds the book's lock."""

from django.db import migrations

# In a function, so that the look has a snapshot of its own, taken after the lock.
MAY_RECORD = """
CREATE FUNCTION buffet_may_record(book uuid, accounts uuid[], day date, vendor uuid)
RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RETURN cardinality(accounts) = (
        SELECT count(*) FROM accounts_account
        WHERE id = ANY(accounts) AND book_id = book AND archived_at IS NULL
    ) AND NOT EXISTS (
        SELECT FROM transactions_closedmonth
        WHERE book_id = book AND month = date_trunc('month', day)::date
    ) AND (
        vendor IS NULL
        OR EXISTS (SELECT FROM transactions_vendor WHERE id = vendor AND book_id = book)
    );
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0007_payments_are_recognised")]

    operations = [
        migrations.RunSQL(MAY_RECORD, "DROP FUNCTION buffet_may_record(uuid, uuid[], date, uuid)"),
    ]
