"""Which closed month a rate of a book's own would be news in.

A rate of a day is in force until the next one of its pair, either way round, or until both halves
of a cross through the euro are newer. So it is the business of the month of its day, and of the
first closed month after it that it is carried into.
"""

from django.db import migrations

QUOTED = """
CREATE FUNCTION buffet_is_quoted(of_book uuid, one text, other text, since date, until date)
RETURNS boolean LANGUAGE sql STABLE RETURN EXISTS (
    SELECT FROM accounts_bookrate WHERE book_id = of_book AND "on" > since AND "on" <= until
        AND (base = one AND quote = other OR base = other AND quote = one)
) OR EXISTS (
    SELECT FROM accounts_exchangerate WHERE "on" > since AND "on" <= until
        AND (base = one AND quote = other OR base = other AND quote = one)
);
"""
CLOSED_TO_RATE = """
CREATE FUNCTION buffet_month_closed_to_rate(of_book uuid, one text, other text, day date)
RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE
    closed date;
BEGIN
    SELECT min(month) INTO closed FROM transactions_closedmonth
    WHERE book_id = of_book AND month >= date_trunc('month', day)::date;
    IF closed > day AND (
        buffet_is_quoted(of_book, one, other, day, closed)
        OR buffet_is_quoted(of_book, one, 'EUR', day, closed)
            AND buffet_is_quoted(of_book, other, 'EUR', day, closed)
    ) THEN
        RETURN NULL;
    END IF;
    RETURN closed;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_valuation_accounts"),
        ("transactions", "0026_what_was_left_of_a_run"),
    ]

    operations = [
        migrations.RunSQL(QUOTED, "DROP FUNCTION buffet_is_quoted(uuid, text, text, date, date)"),
        migrations.RunSQL(
            CLOSED_TO_RATE, "DROP FUNCTION buffet_month_closed_to_rate(uuid, text, text, date)"
        ),
    ]
