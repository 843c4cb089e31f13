"""History of parcels, of lines moved by hand, and of changes on the statements of deleted cards."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('buffet', '0009_calendar_links'),
        ('invoices', '0004_plans_stay_in_the_book'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('transactions', '0008_recorded_at_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='InstallmentEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('date', models.DateField()),
                ('fate', models.CharField(blank=True, choices=[('', 'None'), ('prepaid', 'Prepaid'), ('cancelled', 'Cancelled')], db_default='', default='', max_length=10)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InvoiceChangeEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('entry_id', models.UUIDField()),
                ('transaction_id', models.UUIDField()),
                ('date', models.DateField()),
                ('before', models.DecimalField(decimal_places=8, help_text='None if the line is new.', max_digits=23, null=True)),
                ('after', models.DecimalField(decimal_places=8, help_text='None if the line is gone.', max_digits=23, null=True)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), null=True)),
                ('changed_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), max_length=10)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InvoiceLineEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField(editable=False, serialize=False)),
                ('chosen_month', models.DateField(help_text='The month of the statement that it was moved to by hand.', null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_installmentevent" ("book_id", "date", "fate", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "transaction_id") SELECT old_values."book_id", old_values."date", old_values."fate", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."plan_id", old_values."transaction_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='15a5c452708547746a2211322a7d9b29e9e304f3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_a6e01', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_installment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='installment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_installmentevent" ("book_id", "date", "fate", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "transaction_id") SELECT old_values."book_id", old_values."date", old_values."fate", old_values."id", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."plan_id", old_values."transaction_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='551c91bdbc8c493a5c1fe806086cfff91e0462e8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a24fc', referencing='REFERENCING OLD TABLE AS old_values ', table='invoices_installment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoicechange',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_invoicechangeevent" ("after", "before", "book_id", "changed_at", "changed_by", "changed_via", "date", "entry_id", "id", "invoice_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "transaction_id") SELECT old_values."after", old_values."before", old_values."book_id", old_values."changed_at", old_values."changed_by", old_values."changed_via", old_values."date", old_values."entry_id", old_values."id", old_values."invoice_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."transaction_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='386f82bb2fb0b2cbc885a2f7b80d2537d00ab4cc', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1e1de', referencing='REFERENCING OLD TABLE AS old_values ', table='invoices_invoicechange', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_invoicelineevent" ("book_id", "chosen_month", "entry_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."book_id", old_values."chosen_month", old_values."entry_id", _pgh_attached_context.value, NOW(), \'update\', old_values."entry_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."entry_id") = (new_values."entry_id") WHERE (old_values."chosen_month" IS DISTINCT FROM (new_values."chosen_month")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='161d6a11a356cc52222d6020560e9d2bae6c7bce', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_cbede', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='invoices_invoiceline', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceline',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "invoices_invoicelineevent" ("book_id", "chosen_month", "entry_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."book_id", old_values."chosen_month", old_values."entry_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."entry_id" FROM ( SELECT old_values.* FROM old_values WHERE (old_values."chosen_month" IS NOT NULL) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='019617db472cd677d17c9e1a20abc442174e39f6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_619cd', referencing='REFERENCING OLD TABLE AS old_values ', table='invoices_invoiceline', when='AFTER')),
        ),
        migrations.AddField(
            model_name='installmentevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='installmentevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='installmentevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.installment'),
        ),
        migrations.AddField(
            model_name='installmentevent',
            name='plan',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='invoices.installmentplan'),
        ),
        migrations.AddField(
            model_name='installmentevent',
            name='transaction',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='transactions.transaction'),
        ),
        migrations.AddField(
            model_name='invoicechangeevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='invoicechangeevent',
            name='invoice',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='invoices.invoice'),
        ),
        migrations.AddField(
            model_name='invoicechangeevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='invoicechangeevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='invoices.invoicechange'),
        ),
        migrations.AddField(
            model_name='invoicelineevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='invoicelineevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='invoicelineevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='entry_id_book_chosen_month_events', to='invoices.invoiceline'),
        ),
    ]
