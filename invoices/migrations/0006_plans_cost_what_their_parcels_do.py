"""A plan's total follows the parcels that it is made of, also when one is corrected."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0005_what_was_chosen_is_kept'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='parcels_cost_anew', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE invoices_installmentplan p SET total = s.total\n    FROM (\n        SELECT n.plan_id, l.card_id, sum(-l.amount) AS total, count(*) AS parcels\n        FROM invoices_installment n\n        JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id\n        WHERE n.plan_id IN (\n            SELECT m.plan_id FROM invoices_installment m\n            JOIN new_rows c ON c.transaction_id = m.transaction_id\n        ) GROUP BY n.plan_id, l.card_id\n    ) AS s\n    WHERE p.id = s.plan_id AND p.card_id = s.card_id AND p.parcels = s.parcels\n        AND s.total > 0 AND s.total <> p.total;\n    RETURN NULL;\n', hash='ad9e74992fb592fe31d8dcc23f6e7507d87283e6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_parcels_cost_anew_88c10', referencing='REFERENCING NEW TABLE AS new_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='parcels_cost_otherwise', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE invoices_installmentplan p SET total = s.total\n    FROM (\n        SELECT n.plan_id, l.card_id, sum(-l.amount) AS total, count(*) AS parcels\n        FROM invoices_installment n\n        JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id\n        WHERE n.plan_id IN (\n            SELECT m.plan_id FROM invoices_installment m\n            JOIN new_rows c ON c.transaction_id = m.transaction_id\n        ) GROUP BY n.plan_id, l.card_id\n    ) AS s\n    WHERE p.id = s.plan_id AND p.card_id = s.card_id AND p.parcels = s.parcels\n        AND s.total > 0 AND s.total <> p.total;\n    RETURN NULL;\n', hash='5f611dba32936e7362b15f772d303b412e9893c3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_parcels_cost_otherwise_87608', referencing='REFERENCING NEW TABLE AS new_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
    ]
