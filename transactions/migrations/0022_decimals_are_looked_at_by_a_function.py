"""An entry's decimals are looked at by a function that is planned once in a session.

What a check says is read anew for each statement, and a function in SQL is put in its place: that
was a tenth of what recording a transaction costs. One in PL/pgSQL is called. It names the other's
schema, since a restored dump sets no path.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION buffet_has_decimals(amount numeric, currency text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN amount = round(amount, public.buffet_decimals(currency));
END
$$
"""
CHANGE = """
ALTER TABLE transactions_entry DROP CONSTRAINT entry_has_decimals_of_currency,
    ADD CONSTRAINT entry_has_decimals_of_currency CHECK ({check}) NOT VALID
"""


class Migration(migrations.Migration):
    dependencies = [("transactions", "0021_days_are_summed_from_their_index")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION buffet_has_decimals(numeric, text)"),
        migrations.RunSQL(
            CHANGE.format(check="buffet_has_decimals(amount, currency)"),
            CHANGE.format(check="amount = round(amount, buffet_decimals(currency))"),
        ),
    ]
