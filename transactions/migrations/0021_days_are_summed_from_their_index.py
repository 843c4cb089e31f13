"""What an account moved on some days is summed from an index, without its entries."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("transactions", "0020_entries_know_their_version")]

    operations = [
        AddIndexConcurrently(
            model_name="entry",
            index=models.Index(
                fields=["account", "date", "transaction"],
                include=["amount", "currency"],
                name="entries_of_days",
            ),
        ),
        RemoveIndexConcurrently(model_name="entry", name="entries_of_account"),
    ]
