"""Lines of files that say which of their movements are reconciled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transactions", "0016_rules_stay_in_the_book")]

    operations = [
        migrations.AddField(
            model_name="importline",
            name="is_reconciled",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether the file says that it is reconciled.",
            ),
        ),
    ]
