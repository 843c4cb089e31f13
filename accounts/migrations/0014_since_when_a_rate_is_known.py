"""Shared rates say since when they are there; those that are there now have been ever since."""

from datetime import UTC, datetime

import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

#: When nobody knows since when a rate is there: it is in what was known on any day, as before.
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_own_rates_of_closed_months_stay'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='exchangerate',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='exchangerate',
            name='delete_delete',
        ),
        # A constant first, which no row has to be written for.
        migrations.AddField(
            model_name='exchangerate',
            name='created_at',
            field=models.DateTimeField(db_default=EVER, editable=False),
        ),
        migrations.AddField(
            model_name='exchangerateevent',
            name='created_at',
            field=models.DateTimeField(db_default=EVER, editable=False),
        ),
        migrations.AlterField(
            model_name='exchangerate',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AlterField(
            model_name='exchangerateevent',
            name='created_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exchangerate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_exchangerateevent" ("base", "created_at", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "rate", "source") SELECT old_values."base", old_values."created_at", old_values."id", old_values."on", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."quote", old_values."rate", old_values."source" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='2c9678592405adeab2d1a2b64e5634bcb748f8f7', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8173e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_exchangerate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exchangerate',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_exchangerateevent" ("base", "created_at", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "rate", "source") SELECT old_values."base", old_values."created_at", old_values."id", old_values."on", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."quote", old_values."rate", old_values."source" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a09f23cadda4c03de7fb894b47d413fadb7debae', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1ebf5', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_exchangerate', when='AFTER')),
        ),
    ]
