"""The reference of an import profile to its account carries the book."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_valuation_accounts"),
        ("transactions", "0015_import_profiles"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE transactions_importprofile ADD CONSTRAINT profile_account_in_book "
            "FOREIGN KEY (account_id, book_id) REFERENCES accounts_account (id, book_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE transactions_importprofile DROP CONSTRAINT profile_account_in_book",
        ),
    ]
