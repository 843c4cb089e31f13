"""What was owed when a card began stays on the statement where it was shown so far."""

from django.db import migrations

STAY = """
UPDATE invoices_invoiceline l SET chosen_month = i.month FROM invoices_invoice i
WHERE i.id = l.invoice_id AND l.chosen_month IS NULL AND l.section = 'adjustment'
    AND l.date NOT BETWEEN i.closes_on AND i.due_on
    AND EXISTS (
        SELECT FROM transactions_entry x JOIN accounts_account a ON a.id = x.account_id
        WHERE x.transaction_id = l.transaction_id AND a.kind = 'opening_balances'
    ) AND (
        NOT EXISTS (
            SELECT FROM invoices_invoice n WHERE n.card_id = i.card_id AND n.month < i.month
        ) OR EXISTS (
            SELECT FROM invoices_invoice n
            WHERE n.card_id = i.card_id AND l.date BETWEEN n.closes_on AND n.due_on
        )
    )
"""


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0007_plans_change_with_what_is_left_of_them'),
    ]

    operations = [migrations.RunSQL(STAY, migrations.RunSQL.noop)]
