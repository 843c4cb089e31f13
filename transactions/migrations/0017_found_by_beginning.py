"""Transactions are found by how their description begins, lines of files by transaction."""

import django.db.models.functions.comparison
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("transactions", "0016_profiles_stay_in_the_book"),
        ("transactions", "0017_lines_say_what_is_reconciled"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="transaction",
            index=models.Index(
                django.db.models.functions.comparison.Collate(
                    django.db.models.functions.text.Upper("description"), "C"
                ),
                models.F("id"),
                name="transactions_by_beginning",
            ),
        ),
        AddIndexConcurrently(
            model_name="importline",
            index=models.Index(
                condition=models.Q(("new_id__isnull", False)),
                fields=["new_id"],
                name="lines_of_new",
            ),
        ),
        AddIndexConcurrently(
            model_name="importline",
            index=models.Index(
                condition=models.Q(("transaction_id__isnull", False)),
                fields=["transaction_id"],
                name="lines_of_known",
            ),
        ),
    ]
