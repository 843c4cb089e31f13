"""What holds the ledger together in the database, beyond what models can say."""

from django.db import migrations

KEYS = (
    ("transactions_transaction", "transaction_vendor_in_book", "(vendor_id, book_id)",
     "transactions_vendor (id, book_id)", ""),
    # A transaction that changes its date takes its entries along.
    ("transactions_entry", "entry_of_transaction", "(transaction_id, book_id, date)",
     "transactions_transaction (id, book_id, date)", "ON UPDATE CASCADE"),
    ("transactions_entry", "entry_account_in_book", "(account_id, book_id)",
     "accounts_account (id, book_id)", ""),
    ("transactions_import", "import_account_in_book", "(account_id, book_id)",
     "accounts_account (id, book_id)", ""),
)

DECIMALS = """
CREATE FUNCTION buffet_decimals(currency text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX',
        'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0
    WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
    WHEN currency IN ('CLF', 'UYW') THEN 4
    WHEN currency IN ('BTC', 'ETH') THEN 8
    ELSE 2
END;
"""

# Kept rows change with every entry: room on the page keeps those updates off the index, and
# vacuum comes early, since an aborted import of many rows leaves as many dead ones.
STORAGE = """
ALTER TABLE transactions_monthlybalance SET (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 200,
    vacuum_index_cleanup = on
);
ALTER TABLE buffet_book SET (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("transactions", "0001_initial"),
        ("accounts", "0003_references_stay_in_the_book"),
        ("buffet", "0002_book_version"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} "
                f"REFERENCES {target} {action} DEFERRABLE INITIALLY DEFERRED",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name, columns, target, action in KEYS
        ),
        migrations.RunSQL(DECIMALS, "DROP FUNCTION buffet_decimals(text)"),
        migrations.RunSQL(
            "ALTER TABLE transactions_entry ADD CONSTRAINT entry_has_decimals_of_currency "
            "CHECK (amount = round(amount, buffet_decimals(currency)))",
            "ALTER TABLE transactions_entry DROP CONSTRAINT entry_has_decimals_of_currency",
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
