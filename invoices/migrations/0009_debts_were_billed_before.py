"""What was owed when a card began is billed by the statement that had closed by then."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from invoices.triggers import BILL, REBILL


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0008_debts_stay_where_they_are'),
    ]

    operations = [
        *(migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (BILL, REBILL)),
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoiceline',
            name='lines_came',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoiceline',
            name='lines_changed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoiceline',
            name='lines_went',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='lines_came', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO invoices_invoicechange\n        (book_id, invoice_id, entry_id, transaction_id, date, before, after)\n    SELECT c.book_id, c.invoice_id, c.entry_id, (array_agg(c.transaction_id))[1], max(c.date),\n        sum(c.amount) FILTER (WHERE c.sign < 0), sum(c.amount) FILTER (WHERE c.sign > 0)\n    FROM (SELECT *, 1 AS sign FROM new_rows) AS c\n    JOIN invoices_invoice i ON i.id = c.invoice_id JOIN buffet_book b ON b.id = c.book_id\n    WHERE i.filled_in <> pg_current_xact_id()::text::bigint\n        AND i.closes_on < (now() AT TIME ZONE b.time_zone)::date\n    GROUP BY c.book_id, c.invoice_id, c.entry_id\n    HAVING sum(c.amount * c.sign) <> 0 OR count(*) = 1\n    ORDER BY c.entry_id;\n\n    UPDATE invoices_invoice i\n    SET purchases = i.purchases + m.purchases, refunds = i.refunds + m.refunds, fees = i.fees + m.fees, interest = i.interest + m.interest, taxes = i.taxes + m.taxes, adjustments = i.adjustments + m.adjustments, payments = i.payments + m.payments, lines = i.lines + m.lines, filled_in = coalesce(\n        i.filled_in, CASE WHEN m.fills THEN pg_current_xact_id()::text::bigint END\n    )\n    FROM (\n        SELECT invoice_id, coalesce(sum(-amount * sign) FILTER (WHERE section = 'purchase'), 0) AS purchases, coalesce(sum(amount * sign) FILTER (WHERE section = 'refund'), 0) AS refunds, coalesce(sum(-amount * sign) FILTER (WHERE section = 'fee'), 0) AS fees, coalesce(sum(-amount * sign) FILTER (WHERE section = 'interest'), 0) AS interest, coalesce(sum(-amount * sign) FILTER (WHERE section = 'tax'), 0) AS taxes, coalesce(sum(-amount * sign) FILTER (WHERE section = 'adjustment'), 0) AS adjustments, coalesce(sum(amount * sign) FILTER (WHERE section = 'payment'), 0) AS payments, sum(sign) AS lines, bool_or(section <> 'adjustment') AS fills\n        FROM (SELECT *, 1 AS sign FROM new_rows) AS d GROUP BY invoice_id\n    ) AS m WHERE m.invoice_id = i.id;\n    RETURN NULL;\n", hash='6d2c21c0790e932787fa973238a6c7276eee7d80', level='STATEMENT', operation='INSERT', pgid='pgtrigger_lines_came_17d5c', referencing='REFERENCING NEW TABLE AS new_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='lines_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO invoices_invoicechange\n        (book_id, invoice_id, entry_id, transaction_id, date, before, after)\n    SELECT c.book_id, c.invoice_id, c.entry_id, (array_agg(c.transaction_id))[1], max(c.date),\n        sum(c.amount) FILTER (WHERE c.sign < 0), sum(c.amount) FILTER (WHERE c.sign > 0)\n    FROM (SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows) AS c\n    JOIN invoices_invoice i ON i.id = c.invoice_id JOIN buffet_book b ON b.id = c.book_id\n    WHERE i.filled_in <> pg_current_xact_id()::text::bigint\n        AND i.closes_on < (now() AT TIME ZONE b.time_zone)::date\n    GROUP BY c.book_id, c.invoice_id, c.entry_id\n    HAVING sum(c.amount * c.sign) <> 0 OR count(*) = 1\n    ORDER BY c.entry_id;\n\n    UPDATE invoices_invoice i\n    SET purchases = i.purchases + m.purchases, refunds = i.refunds + m.refunds, fees = i.fees + m.fees, interest = i.interest + m.interest, taxes = i.taxes + m.taxes, adjustments = i.adjustments + m.adjustments, payments = i.payments + m.payments, lines = i.lines + m.lines, filled_in = coalesce(\n        i.filled_in, CASE WHEN m.fills THEN pg_current_xact_id()::text::bigint END\n    )\n    FROM (\n        SELECT invoice_id, coalesce(sum(-amount * sign) FILTER (WHERE section = 'purchase'), 0) AS purchases, coalesce(sum(amount * sign) FILTER (WHERE section = 'refund'), 0) AS refunds, coalesce(sum(-amount * sign) FILTER (WHERE section = 'fee'), 0) AS fees, coalesce(sum(-amount * sign) FILTER (WHERE section = 'interest'), 0) AS interest, coalesce(sum(-amount * sign) FILTER (WHERE section = 'tax'), 0) AS taxes, coalesce(sum(-amount * sign) FILTER (WHERE section = 'adjustment'), 0) AS adjustments, coalesce(sum(amount * sign) FILTER (WHERE section = 'payment'), 0) AS payments, sum(sign) AS lines, bool_or(section <> 'adjustment') AS fills\n        FROM (SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows) AS d GROUP BY invoice_id\n    ) AS m WHERE m.invoice_id = i.id;\n    RETURN NULL;\n", hash='259931efb2fc4a7726693e31bf2aee82ea9a5d66', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_lines_changed_cf9d1', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='lines_went', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO invoices_invoicechange\n        (book_id, invoice_id, entry_id, transaction_id, date, before, after)\n    SELECT c.book_id, c.invoice_id, c.entry_id, (array_agg(c.transaction_id))[1], max(c.date),\n        sum(c.amount) FILTER (WHERE c.sign < 0), sum(c.amount) FILTER (WHERE c.sign > 0)\n    FROM (SELECT *, -1 AS sign FROM old_rows) AS c\n    JOIN invoices_invoice i ON i.id = c.invoice_id JOIN buffet_book b ON b.id = c.book_id\n    WHERE i.filled_in <> pg_current_xact_id()::text::bigint\n        AND i.closes_on < (now() AT TIME ZONE b.time_zone)::date\n    GROUP BY c.book_id, c.invoice_id, c.entry_id\n    HAVING sum(c.amount * c.sign) <> 0 OR count(*) = 1\n    ORDER BY c.entry_id;\n\n    UPDATE invoices_invoice i\n    SET purchases = i.purchases + m.purchases, refunds = i.refunds + m.refunds, fees = i.fees + m.fees, interest = i.interest + m.interest, taxes = i.taxes + m.taxes, adjustments = i.adjustments + m.adjustments, payments = i.payments + m.payments, lines = i.lines + m.lines, filled_in = coalesce(\n        i.filled_in, CASE WHEN m.fills THEN pg_current_xact_id()::text::bigint END\n    )\n    FROM (\n        SELECT invoice_id, coalesce(sum(-amount * sign) FILTER (WHERE section = 'purchase'), 0) AS purchases, coalesce(sum(amount * sign) FILTER (WHERE section = 'refund'), 0) AS refunds, coalesce(sum(-amount * sign) FILTER (WHERE section = 'fee'), 0) AS fees, coalesce(sum(-amount * sign) FILTER (WHERE section = 'interest'), 0) AS interest, coalesce(sum(-amount * sign) FILTER (WHERE section = 'tax'), 0) AS taxes, coalesce(sum(-amount * sign) FILTER (WHERE section = 'adjustment'), 0) AS adjustments, coalesce(sum(amount * sign) FILTER (WHERE section = 'payment'), 0) AS payments, sum(sign) AS lines, bool_or(section <> 'adjustment') AS fills\n        FROM (SELECT *, -1 AS sign FROM old_rows) AS d GROUP BY invoice_id\n    ) AS m WHERE m.invoice_id = i.id;\n    RETURN NULL;\n", hash='6d893d2d8b28680953f371b6e29b278f38d4def6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_lines_went_5280f', referencing='REFERENCING OLD TABLE AS old_rows ', table='invoices_invoiceline', when='AFTER')),
        ),
    ]
