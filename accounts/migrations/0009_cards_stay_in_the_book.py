"""Foreign keys that carry the book, so that no card reaches into another."""

from django.db import migrations

KEYS = (
    ("accounts_creditcard", "card_account_in_book", "(account_id, book_id)",
     "accounts_account (id, book_id)"),
    ("accounts_creditcard", "card_payer_in_book", "(paying_account_id, book_id)",
     "accounts_account (id, book_id)"),
    ("accounts_cardterms", "card_of_terms_in_book", "(card_id, book_id)",
     "accounts_creditcard (id, book_id)"),
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_cards")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} "
            f"REFERENCES {target} DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, name, columns, target in KEYS
    ]
