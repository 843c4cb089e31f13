"""A plan of which parcels are missing changes with the lines of those that are left."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0006_plans_cost_what_their_parcels_do'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoiceline',
            name='parcels_cost_anew',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoiceline',
            name='parcels_cost_otherwise',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='parcels_cost_anew', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE invoices_installmentplan p SET total = s.total\n    FROM (\n        SELECT n.plan_id, l.card_id, sum(-l.amount) AS total, count(*) AS parcels\n        FROM invoices_installment n\n        JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id\n        WHERE n.plan_id IN (\n            SELECT m.plan_id FROM invoices_installment m\n            JOIN new_rows c ON c.transaction_id = m.transaction_id\n        ) GROUP BY n.plan_id, l.card_id\n    ) AS s\n    WHERE p.id = s.plan_id AND p.card_id = s.card_id AND p.parcels = s.parcels\n        AND s.total > 0 AND s.total <> p.total;\n\n    UPDATE invoices_installmentplan p SET version = 0\n    FROM (\n        SELECT DISTINCT m.plan_id, m.book_id FROM invoices_installment m\n        JOIN new_rows c ON c.transaction_id = m.transaction_id\n    ) AS c\n    WHERE p.id = c.plan_id AND p.version <> buffet_touch(c.book_id) AND p.parcels <> (\n        SELECT count(*) FROM invoices_installment n JOIN invoices_invoiceline l\n            ON l.transaction_id = n.transaction_id AND l.card_id = p.card_id\n        WHERE n.plan_id = p.id\n    );\n    RETURN NULL;\n', hash='3d023729058e4c51a65e7f031dcfabb1444143b4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_parcels_cost_anew_88c10', referencing='REFERENCING NEW TABLE AS new_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='parcels_cost_otherwise', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE invoices_installmentplan p SET total = s.total\n    FROM (\n        SELECT n.plan_id, l.card_id, sum(-l.amount) AS total, count(*) AS parcels\n        FROM invoices_installment n\n        JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id\n        WHERE n.plan_id IN (\n            SELECT m.plan_id FROM invoices_installment m\n            JOIN new_rows c ON c.transaction_id = m.transaction_id\n        ) GROUP BY n.plan_id, l.card_id\n    ) AS s\n    WHERE p.id = s.plan_id AND p.card_id = s.card_id AND p.parcels = s.parcels\n        AND s.total > 0 AND s.total <> p.total;\n\n    UPDATE invoices_installmentplan p SET version = 0\n    FROM (\n        SELECT DISTINCT m.plan_id, m.book_id FROM invoices_installment m\n        JOIN new_rows c ON c.transaction_id = m.transaction_id\n    ) AS c\n    WHERE p.id = c.plan_id AND p.version <> buffet_touch(c.book_id) AND p.parcels <> (\n        SELECT count(*) FROM invoices_installment n JOIN invoices_invoiceline l\n            ON l.transaction_id = n.transaction_id AND l.card_id = p.card_id\n        WHERE n.plan_id = p.id\n    );\n    RETURN NULL;\n', hash='b57612ccfe348db1c8e7ac45496ae5c206591c4b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_parcels_cost_otherwise_87608', referencing='REFERENCING NEW TABLE AS new_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='parcels_cost_no_more', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE invoices_installmentplan p SET version = 0\n    FROM (\n        SELECT DISTINCT m.plan_id, m.book_id FROM invoices_installment m\n        JOIN old_rows c ON c.transaction_id = m.transaction_id\n    ) AS c\n    WHERE p.id = c.plan_id AND p.version <> buffet_touch(c.book_id) AND p.parcels <> (\n        SELECT count(*) FROM invoices_installment n JOIN invoices_invoiceline l\n            ON l.transaction_id = n.transaction_id AND l.card_id = p.card_id\n        WHERE n.plan_id = p.id\n    );\n    RETURN NULL;\n', hash='065845a0be87a570ef3d47bc0971d6bb054831d1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_parcels_cost_no_more_13f01', referencing='REFERENCING OLD TABLE AS old_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
    ]
