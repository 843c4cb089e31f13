"""A book's own rates, the state of them, and what shared rates were before a correction."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_cards_stay_in_the_book'),
        ('buffet', '0009_calendar_links'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='BookRate',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('base', models.CharField(max_length=3)),
                ('quote', models.CharField(max_length=3)),
                ('on', models.DateField()),
                ('rate', models.DecimalField(decimal_places=12, max_digits=24)),
                ('source', models.CharField(default='own', max_length=40)),
            ],
            options={
                'ordering': ['base', 'quote', '-on', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BookRateEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('base', models.CharField(max_length=3)),
                ('quote', models.CharField(max_length=3)),
                ('on', models.DateField()),
                ('rate', models.DecimalField(decimal_places=12, max_digits=24)),
                ('source', models.CharField(default='own', max_length=40)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExchangeRateEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('base', models.CharField(max_length=3)),
                ('quote', models.CharField(max_length=3)),
                ('on', models.DateField()),
                ('rate', models.DecimalField(decimal_places=12, max_digits=24)),
                ('source', models.CharField(max_length=40)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OwnRates',
            fields=[
                ('book', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='buffet.book')),
                ('version', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'state of own rates',
                'verbose_name_plural': 'state of own rates',
                'ordering': ['book'],
            },
        ),
        migrations.AddIndex(
            model_name='exchangerate',
            index=models.Index(fields=['-on', 'base', 'quote'], name='rates_by_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exchangerate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_exchangerateevent" ("base", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "rate", "source") SELECT old_values."base", old_values."id", old_values."on", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."quote", old_values."rate", old_values."source" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='036419802685862630230bb131f97342b29b264f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8173e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_exchangerate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exchangerate',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_exchangerateevent" ("base", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "rate", "source") SELECT old_values."base", old_values."id", old_values."on", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."quote", old_values."rate", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='cd1743db76e002b942f49ecba92d7b9630e7d998', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1ebf5', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_exchangerate', when='AFTER')),
        ),
        migrations.AddField(
            model_name='bookrate',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='bookrateevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='bookrateevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='bookrateevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.bookrate'),
        ),
        migrations.AddField(
            model_name='exchangerateevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='exchangerateevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.exchangerate'),
        ),
        migrations.AddIndex(
            model_name='bookrate',
            index=models.Index(fields=['book', 'version'], name='own_rates_by_version'),
        ),
        migrations.AddIndex(
            model_name='bookrate',
            index=models.Index(fields=['book', '-on', 'base', 'quote'], name='own_rates_by_day'),
        ),
        migrations.AddConstraint(
            model_name='bookrate',
            constraint=models.UniqueConstraint(fields=('book', 'base', 'quote', 'on'), name='one_own_rate_per_day'),
        ),
        migrations.AddConstraint(
            model_name='bookrate',
            constraint=models.CheckConstraint(condition=models.Q(('base__regex', '^[A-Z]{3}$'), ('quote__regex', '^[A-Z]{3}$')), name='own_rate_is_of_codes'),
        ),
        migrations.AddConstraint(
            model_name='bookrate',
            constraint=models.CheckConstraint(condition=models.Q(('base', models.F('quote')), _negated=True), name='own_rate_is_of_two_currencies'),
        ),
        migrations.AddConstraint(
            model_name='bookrate',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0), ('rate__lt', 1000000000000)), name='own_rate_is_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bookrate',
            trigger=pgtrigger.compiler.Trigger(name='stamp_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.version := buffet_touch(NEW.book_id);\n                    NEW.updated_at := statement_timestamp();\n                    RETURN NEW;\n                ', hash='862d4550bc5d2bafba62891e1e57d50a36ecd95d', operation='INSERT OR UPDATE', pgid='pgtrigger_stamp_version_7b6f1', table='accounts_bookrate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bookrate',
            trigger=pgtrigger.compiler.Trigger(name='leave_tombstone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)\n                    SELECT book_id, 'bookrate', id, buffet_touch(book_id)\n                    FROM old_rows ORDER BY book_id;\n                    RETURN NULL;\n                    ", hash='f4ad14d169ba04787b5d252b7cce1181dc785707', level='STATEMENT', operation='DELETE', pgid='pgtrigger_leave_tombstone_fcb1f', referencing='REFERENCING OLD TABLE AS old_rows ', table='accounts_bookrate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bookrate',
            trigger=pgtrigger.compiler.Trigger(name='own_rates_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    INSERT INTO accounts_ownrates AS kept (book_id, version)\n                    SELECT DISTINCT book, buffet_touch(book)\n                    FROM unnest(ARRAY[OLD.book_id, NEW.book_id]) AS book WHERE book IS NOT NULL\n                    ON CONFLICT (book_id) DO UPDATE SET version = excluded.version\n                    WHERE kept.version <> excluded.version;\n                    RETURN NULL;\n                ', hash='067a5892056950897a1db0e11aab146a9d6628a2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_own_rates_changed_6cc74', table='accounts_bookrate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bookrate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_bookrateevent" ("base", "book_id", "created_at", "created_by", "created_via", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "rate", "source") SELECT old_values."base", old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."id", old_values."on", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."quote", old_values."rate", old_values."source" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."base" IS DISTINCT FROM (new_values."base") OR old_values."book_id" IS DISTINCT FROM (new_values."book_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by" IS DISTINCT FROM (new_values."created_by") OR old_values."created_via" IS DISTINCT FROM (new_values."created_via") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."on" IS DISTINCT FROM (new_values."on") OR old_values."quote" IS DISTINCT FROM (new_values."quote") OR old_values."rate" IS DISTINCT FROM (new_values."rate") OR old_values."source" IS DISTINCT FROM (new_values."source")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='54db35c29aeb1ee04953db9213669b91c57de4ef', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_f03ee', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_bookrate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bookrate',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_bookrateevent" ("base", "book_id", "created_at", "created_by", "created_via", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "rate", "source") SELECT old_values."base", old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."id", old_values."on", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."quote", old_values."rate", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='bb0fded272a6374e6b765792405cec694abeb45b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f315c', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_bookrate', when='AFTER')),
        ),
    ]
