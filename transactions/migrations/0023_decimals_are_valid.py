"""What was there before the check of decimals was written anew is looked at, while others write."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("transactions", "0022_decimals_are_looked_at_by_a_function")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE transactions_entry VALIDATE CONSTRAINT entry_has_decimals_of_currency",
            migrations.RunSQL.noop,
        ),
    ]
