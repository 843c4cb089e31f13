
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('buffet', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='account',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='accountevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='accountevent',
            name='parent',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='accountevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='accountevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='broker',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='accountevent',
            name='broker',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.broker'),
        ),
        migrations.AddField(
            model_name='account',
            name='broker',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='accounts.broker'),
        ),
        migrations.AddField(
            model_name='brokerevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='brokerevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='brokerevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.broker'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.UniqueConstraint(fields=('base', 'quote', 'on'), name='one_rate_per_day'),
        ),
        migrations.AddConstraint(
            model_name='exchangerate',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='rate_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='broker',
            constraint=models.UniqueConstraint(models.F('book'), django.db.models.functions.text.Lower('name'), name='one_broker_per_name'),
        ),
        migrations.AddConstraint(
            model_name='broker',
            constraint=models.UniqueConstraint(fields=('id', 'book'), name='broker_in_book'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='broker',
            trigger=pgtrigger.compiler.Trigger(name='stamp_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.version := buffet_touch(NEW.book_id);\n                    NEW.updated_at := statement_timestamp();\n                    RETURN NEW;\n                ', hash='7f3254b3708bd30d0713a7a9256a8d8a609382ed', operation='INSERT OR UPDATE', pgid='pgtrigger_stamp_version_5f6a6', table='accounts_broker', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='broker',
            trigger=pgtrigger.compiler.Trigger(name='leave_tombstone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)\n                    SELECT book_id, 'broker', id, buffet_touch(book_id)\n                    FROM old_rows ORDER BY book_id;\n                    RETURN NULL;\n                    ", hash='817387d1ce97b6c1eb2a3e5db642d7d4e7b6ec94', level='STATEMENT', operation='DELETE', pgid='pgtrigger_leave_tombstone_90080', referencing='REFERENCING OLD TABLE AS old_rows ', table='accounts_broker', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='broker',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_brokerevent" ("book_id", "created_at", "created_by", "created_via", "id", "name", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."id", old_values."name", old_values."notes", _pgh_attached_context.value, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."book_id" IS DISTINCT FROM (new_values."book_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by" IS DISTINCT FROM (new_values."created_by") OR old_values."created_via" IS DISTINCT FROM (new_values."created_via") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."notes" IS DISTINCT FROM (new_values."notes")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e5a8c4dd52e493e6a8a4f1202f6c8d37d3ee090e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1f9fc', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_broker', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='broker',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_brokerevent" ("book_id", "created_at", "created_by", "created_via", "id", "name", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."id", old_values."name", old_values."notes", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0b51bc7b6c2b27713b618c4d87a0acc48077710f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_56e60', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_broker', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('id', 'book'), name='account_in_book'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('id', 'book', 'type'), name='account_of_type_in_book'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(models.F('book'), models.F('type'), django.db.models.functions.text.Lower('name'), condition=models.Q(('kind', 'category'), ('parent__isnull', True)), name='one_top_category_per_name'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(models.F('parent'), django.db.models.functions.text.Lower('name'), condition=models.Q(('kind', 'category'), ('parent__isnull', False)), name='one_category_per_name'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(models.F('book'), django.db.models.functions.text.Lower('name'), condition=models.Q(('type__in', ('asset', 'liability'))), name='one_account_per_name'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['adjustments', 'conversion', 'opening_balances', 'uncategorized'])), fields=('book', 'kind', 'type'), name='one_system_account_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['checking', 'savings', 'cash', 'investment', 'receivable', 'property', 'other']), ('type', 'asset')), models.Q(('kind__in', ['credit_card', 'loan']), ('type', 'liability')), models.Q(('kind__in', ['category', 'uncategorized']), ('type__in', ('income', 'expense'))), models.Q(('kind__in', ['opening_balances', 'conversion', 'adjustments']), ('type', 'equity')), _connector='OR'), name='kind_belongs_to_type'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__regex', '^[A-Z]{3}$'), ('type__in', ('asset', 'liability'))), models.Q(models.Q(('type__in', ('asset', 'liability')), _negated=True), ('currency', '')), _connector='OR'), name='real_accounts_have_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), ('kind', 'category'), _connector='OR'), name='only_categories_have_parents'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='stamp_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.version := buffet_touch(NEW.book_id);\n                    NEW.updated_at := statement_timestamp();\n                    RETURN NEW;\n                ', hash='40ca851a3e74cf0ccc5a5d47f61e9513996f005a', operation='INSERT OR UPDATE', pgid='pgtrigger_stamp_version_f891b', table='accounts_account', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='leave_tombstone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)\n                    SELECT book_id, 'account', id, buffet_touch(book_id)\n                    FROM old_rows ORDER BY book_id;\n                    RETURN NULL;\n                    ", hash='2c817842292cd8dc1fc84d0c110c30ddc29cfb05', level='STATEMENT', operation='DELETE', pgid='pgtrigger_leave_tombstone_06770', referencing='REFERENCING OLD TABLE AS old_rows ', table='accounts_account', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='tree_has_no_cycle', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."parent_id" IS NOT NULL)', declare='DECLARE ancestor uuid;', func="\n                    ancestor := NEW.parent_id;\n                    WHILE ancestor IS NOT NULL LOOP\n                        IF ancestor = NEW.id THEN\n                            RAISE EXCEPTION 'category % would be its own ancestor', NEW.id\n                            USING ERRCODE = '23514', CONSTRAINT = 'tree_has_no_cycle';\n                        END IF;\n                        SELECT parent_id INTO ancestor FROM accounts_account WHERE id = ancestor;\n                    END LOOP;\n                    RETURN NULL;\n                ", hash='3892846539545b46866f8e1c434e4849128e6221', operation='INSERT OR UPDATE OF "parent_id"', pgid='pgtrigger_tree_has_no_cycle_4366d', table='accounts_account', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='nature_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."type" IS DISTINCT FROM (NEW."type") OR OLD."book_id" IS DISTINCT FROM (NEW."book_id"))', func="\n                    RAISE EXCEPTION 'type, currency and book of account % cannot change', OLD.id\n                    USING ERRCODE = '23514', CONSTRAINT = 'nature_is_kept';\n                ", hash='b2bab56e49b9114af682d2e64e921b3348b1beb9', operation='UPDATE OF "currency", "type", "book_id"', pgid='pgtrigger_nature_is_kept_26612', table='accounts_account', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("archived_at", "book_id", "broker_id", "created_at", "created_by", "created_via", "currency", "id", "kind", "name", "notes", "number", "opened_on", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "type") SELECT old_values."archived_at", old_values."book_id", old_values."broker_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."currency", old_values."id", old_values."kind", old_values."name", old_values."notes", old_values."number", old_values."opened_on", old_values."parent_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."type" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."archived_at" IS DISTINCT FROM (new_values."archived_at") OR old_values."book_id" IS DISTINCT FROM (new_values."book_id") OR old_values."broker_id" IS DISTINCT FROM (new_values."broker_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by" IS DISTINCT FROM (new_values."created_by") OR old_values."created_via" IS DISTINCT FROM (new_values."created_via") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."notes" IS DISTINCT FROM (new_values."notes") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."opened_on" IS DISTINCT FROM (new_values."opened_on") OR old_values."parent_id" IS DISTINCT FROM (new_values."parent_id") OR old_values."type" IS DISTINCT FROM (new_values."type")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9ba03f37b6b0be5a017b6e8c7d8f51cf98f4bf9c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_834ae', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_account', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_accountevent" ("archived_at", "book_id", "broker_id", "created_at", "created_by", "created_via", "currency", "id", "kind", "name", "notes", "number", "opened_on", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "type") SELECT old_values."archived_at", old_values."book_id", old_values."broker_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."currency", old_values."id", old_values."kind", old_values."name", old_values."notes", old_values."number", old_values."opened_on", old_values."parent_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."type" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f79f8de7c6d9fd210790f76a1a7afefb5f87219a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f7f6a', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_account', when='AFTER')),
        ),
    ]
