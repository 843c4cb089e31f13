"""Entries are found by amount, and those that are not cleared by status."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_valuation_accounts'),
        ('buffet', '0010_months_start_on_a_day'),
        ('transactions', '0011_moves_within_a_type_are_news'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['account', 'amount'], name='entries_by_amount'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('status', 'cleared'), _negated=True), fields=['account', 'status', 'date', 'transaction'], name='entries_not_cleared'),
        ),
    ]
