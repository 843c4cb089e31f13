
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_initial'),
        ('buffet', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='BalanceCheck',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('transaction_id', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='ClosedMonth',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('month', models.DateField(help_text='The first day of the month.')),
            ],
            options={
                'ordering': ['-month'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ClosedMonthEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('month', models.DateField(help_text='The first day of the month.')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.DecimalField(decimal_places=8, max_digits=23)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('cleared', 'Cleared'), ('reconciled', 'Reconciled')], default='cleared', max_length=10)),
                ('external_id', models.CharField(blank=True, default='', max_length=255)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'verbose_name_plural': 'entries',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='EntryEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(editable=False, serialize=False)),
                ('date', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.DecimalField(decimal_places=8, max_digits=23)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('cleared', 'Cleared'), ('reconciled', 'Reconciled')], default='cleared', max_length=10)),
                ('external_id', models.CharField(blank=True, default='', max_length=255)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('status', models.CharField(choices=[('preview', 'Preview'), ('committed', 'Committed'), ('reverted', 'Reverted')], default='preview', max_length=10)),
                ('format', models.CharField(max_length=10)),
                ('file_name', models.CharField(max_length=200)),
                ('file_hash', models.CharField(help_text='SHA-256 of the file, in hex.', max_length=64)),
                ('account_number', models.CharField(blank=True, default='', help_text='The account the file says it is about.', max_length=64)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('closing_balance', models.DecimalField(blank=True, decimal_places=8, help_text='What the bank says.', max_digits=23, null=True)),
                ('closing_on', models.DateField(blank=True, null=True)),
                ('opening_transaction_id', models.UUIDField(blank=True, help_text='The entry that booked the opening balance, if asked for.', null=True)),
            ],
            options={
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ImportEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('status', models.CharField(choices=[('preview', 'Preview'), ('committed', 'Committed'), ('reverted', 'Reverted')], default='preview', max_length=10)),
                ('format', models.CharField(max_length=10)),
                ('file_name', models.CharField(max_length=200)),
                ('file_hash', models.CharField(help_text='SHA-256 of the file, in hex.', max_length=64)),
                ('account_number', models.CharField(blank=True, default='', help_text='The account the file says it is about.', max_length=64)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('closing_balance', models.DecimalField(blank=True, decimal_places=8, help_text='What the bank says.', max_digits=23, null=True)),
                ('closing_on', models.DateField(blank=True, null=True)),
                ('opening_transaction_id', models.UUIDField(blank=True, help_text='The entry that booked the opening balance, if asked for.', null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ImportLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(help_text="The line's place in the statement, from 1.")),
                ('date', models.DateField()),
                ('amount', models.DecimalField(decimal_places=8, max_digits=23)),
                ('description', models.CharField(max_length=500)),
                ('external_id', models.CharField(blank=True, default='', max_length=255)),
                ('verdict', models.CharField(choices=[('new', 'New'), ('duplicate', 'Duplicate'), ('ignored', 'Ignored')], max_length=10)),
                ('reason', models.CharField(max_length=40)),
                ('transaction_id', models.UUIDField(blank=True, help_text='The transaction it became or repeats.', null=True)),
            ],
            options={
                'ordering': ['of_import', 'number'],
            },
        ),
        migrations.CreateModel(
            name='MonthlyBalance',
            fields=[
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='monthly_balances', to='accounts.account')),
                ('book', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book')),
                ('pk', models.CompositePrimaryKey('book_id', 'account_id', 'currency', 'month', blank=True, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('month', models.DateField(help_text='The first day of the month.')),
                ('debit', models.DecimalField(decimal_places=8, max_digits=30)),
                ('credit', models.DecimalField(decimal_places=8, max_digits=30)),
                ('entries', models.BigIntegerField()),
            ],
            options={
                'ordering': ['month'],
            },
        ),
        migrations.CreateModel(
            name='Transaction',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('date', models.DateField(help_text='The posting date, a calendar day without a time.')),
                ('description', models.CharField(max_length=500)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
                ('source', models.CharField(choices=[('manual', 'Manual'), ('import', 'Import'), ('opening', 'Opening')], default='manual', max_length=10)),
            ],
            options={
                'ordering': ['-date', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TransactionEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('date', models.DateField(help_text='The posting date, a calendar day without a time.')),
                ('description', models.CharField(max_length=500)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
                ('source', models.CharField(choices=[('manual', 'Manual'), ('import', 'Import'), ('opening', 'Opening')], default='manual', max_length=10)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Vendor',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('name', models.CharField(max_length=150)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
            ],
            options={
                'ordering': ['name', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VendorEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('name', models.CharField(max_length=150)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='balancecheck',
            trigger=pgtrigger.compiler.Trigger(name='entries_sum_to_zero', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE off text; places bigint; entries bigint;', func="\n        SELECT string_agg(total || ' ' || currency, ', ') INTO off FROM (\n            SELECT sum(amount) AS total, currency FROM transactions_entry\n            WHERE transaction_id = NEW.transaction_id GROUP BY currency HAVING sum(amount) <> 0\n        ) AS sums;\n        IF off IS NOT NULL THEN\n            RAISE EXCEPTION 'the entries of transaction % are off by %', NEW.transaction_id, off\n            USING ERRCODE = '23514', CONSTRAINT = 'entries_sum_to_zero';\n        END IF;\n        SELECT count(DISTINCT account_id), count(*) INTO places, entries FROM transactions_entry\n        WHERE transaction_id = NEW.transaction_id;\n        IF places = 1 THEN\n            RAISE EXCEPTION 'transaction % moves money from an account to itself',\n                NEW.transaction_id\n            USING ERRCODE = '23514', CONSTRAINT = 'no_transfer_to_itself';\n        END IF;\n        IF entries = 0 AND EXISTS (\n            SELECT FROM transactions_transaction WHERE id = NEW.transaction_id\n        ) THEN\n            RAISE EXCEPTION 'transaction % has no entries', NEW.transaction_id\n            USING ERRCODE = '23514', CONSTRAINT = 'transactions_have_entries';\n        END IF;\n        DELETE FROM transactions_balancecheck WHERE id = NEW.id;\n        RETURN NULL;\n    ", hash='b630792219ec3b1da9499140b2f799fb3e3948bf', operation='INSERT', pgid='pgtrigger_entries_sum_to_zero_0ffe3', table='transactions_balancecheck', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.AddField(
            model_name='closedmonth',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='closedmonthevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='closedmonthevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='closedmonthevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='transactions.closedmonth'),
        ),
        migrations.AddField(
            model_name='entry',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='entry',
            name='book',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='entryevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='entryevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='entryevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='entryevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='transactions.entry'),
        ),
        migrations.AddField(
            model_name='import',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='import',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='importevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='importevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='importevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='importevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='transactions.import'),
        ),
        migrations.AddField(
            model_name='importline',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='importline',
            name='of_import',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='transactions.import'),
        ),
        migrations.AddField(
            model_name='transaction',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='entryevent',
            name='transaction',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='transactions.transaction'),
        ),
        migrations.AddField(
            model_name='entry',
            name='transaction',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='transactions.transaction'),
        ),
        migrations.AddField(
            model_name='transactionevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='transactionevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='transactionevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='transactions.transaction'),
        ),
        migrations.AddField(
            model_name='vendor',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='transactionevent',
            name='vendor',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='transactions.vendor'),
        ),
        migrations.AddField(
            model_name='transaction',
            name='vendor',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transactions', to='transactions.vendor'),
        ),
        migrations.AddField(
            model_name='vendorevent',
            name='book',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='buffet.book'),
        ),
        migrations.AddField(
            model_name='vendorevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='vendorevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='transactions.vendor'),
        ),
        migrations.AddConstraint(
            model_name='closedmonth',
            constraint=models.UniqueConstraint(fields=('book', 'month'), name='a_month_closes_once'),
        ),
        migrations.AddConstraint(
            model_name='closedmonth',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='closed_month_is_a_month'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closedmonth',
            trigger=pgtrigger.compiler.Trigger(name='stamp_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.version := buffet_touch(NEW.book_id);\n                    NEW.updated_at := statement_timestamp();\n                    RETURN NEW;\n                ', hash='0cb32f275b429f5aacabd916a5028d6e9e85e29f', operation='INSERT OR UPDATE', pgid='pgtrigger_stamp_version_042b2', table='transactions_closedmonth', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closedmonth',
            trigger=pgtrigger.compiler.Trigger(name='leave_tombstone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)\n                    SELECT book_id, 'closedmonth', id, buffet_touch(book_id)\n                    FROM old_rows ORDER BY book_id;\n                    RETURN NULL;\n                    ", hash='d44540942898cfb1fc95264a076dfb42e67e5759', level='STATEMENT', operation='DELETE', pgid='pgtrigger_leave_tombstone_0d1df', referencing='REFERENCING OLD TABLE AS old_rows ', table='transactions_closedmonth', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='closedmonth',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "transactions_closedmonthevent" ("book_id", "created_at", "created_by", "created_via", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (OLD."book_id", OLD."created_at", OLD."created_by", OLD."created_via", OLD."id", OLD."month", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."updated_at", OLD."version"); RETURN NULL;', hash='13b09dcddbc3b6af677bb179d900d3ad8acf2a2a', operation='DELETE', pgid='pgtrigger_delete_delete_d5218', table='transactions_closedmonth', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['book', '-id'], name='imports_of_book'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='import',
            trigger=pgtrigger.compiler.Trigger(name='stamp_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.version := buffet_touch(NEW.book_id);\n                    NEW.updated_at := statement_timestamp();\n                    RETURN NEW;\n                ', hash='62ae0aeb757a03f1290c506c4bc990826947eb96', operation='INSERT OR UPDATE', pgid='pgtrigger_stamp_version_c3b50', table='transactions_import', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='import',
            trigger=pgtrigger.compiler.Trigger(name='leave_tombstone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)\n                    SELECT book_id, 'import', id, buffet_touch(book_id)\n                    FROM old_rows ORDER BY book_id;\n                    RETURN NULL;\n                    ", hash='352d3b468e78117c5c8e2530a97b88a0701549a1', level='STATEMENT', operation='DELETE', pgid='pgtrigger_leave_tombstone_70694', referencing='REFERENCING OLD TABLE AS old_rows ', table='transactions_import', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='import',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_importevent" ("account_id", "account_number", "book_id", "closing_balance", "closing_on", "created_at", "created_by", "created_via", "ends_on", "file_hash", "file_name", "format", "id", "opening_transaction_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status") SELECT old_values."account_id", old_values."account_number", old_values."book_id", old_values."closing_balance", old_values."closing_on", old_values."created_at", old_values."created_by", old_values."created_via", old_values."ends_on", old_values."file_hash", old_values."file_name", old_values."format", old_values."id", old_values."opening_transaction_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."starts_on", old_values."status" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."account_id" IS DISTINCT FROM (new_values."account_id") OR old_values."account_number" IS DISTINCT FROM (new_values."account_number") OR old_values."book_id" IS DISTINCT FROM (new_values."book_id") OR old_values."closing_balance" IS DISTINCT FROM (new_values."closing_balance") OR old_values."closing_on" IS DISTINCT FROM (new_values."closing_on") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by" IS DISTINCT FROM (new_values."created_by") OR old_values."created_via" IS DISTINCT FROM (new_values."created_via") OR old_values."ends_on" IS DISTINCT FROM (new_values."ends_on") OR old_values."file_hash" IS DISTINCT FROM (new_values."file_hash") OR old_values."file_name" IS DISTINCT FROM (new_values."file_name") OR old_values."format" IS DISTINCT FROM (new_values."format") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."opening_transaction_id" IS DISTINCT FROM (new_values."opening_transaction_id") OR old_values."starts_on" IS DISTINCT FROM (new_values."starts_on") OR old_values."status" IS DISTINCT FROM (new_values."status")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='482a63425b38e7cd413e82c09ce0ba613f0afabc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9d476', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='transactions_import', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='import',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_importevent" ("account_id", "account_number", "book_id", "closing_balance", "closing_on", "created_at", "created_by", "created_via", "ends_on", "file_hash", "file_name", "format", "id", "opening_transaction_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status") SELECT old_values."account_id", old_values."account_number", old_values."book_id", old_values."closing_balance", old_values."closing_on", old_values."created_at", old_values."created_by", old_values."created_via", old_values."ends_on", old_values."file_hash", old_values."file_name", old_values."format", old_values."id", old_values."opening_transaction_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."starts_on", old_values."status" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='f6cdaa04db0a0dd0a79f0ddba800b0038fb73990', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_448ff', referencing='REFERENCING OLD TABLE AS old_values ', table='transactions_import', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='importline',
            constraint=models.UniqueConstraint(fields=('of_import', 'number'), name='one_line_per_number'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['account', 'date', 'transaction'], name='entries_of_account'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='entry_moves_money'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='entry_currency_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'cleared', 'reconciled'])), name='entry_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('account', 'external_id'), name='one_entry_per_external_id'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entries_came', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE closed date; wrong uuid;', func="PERFORM buffet_touch(book_id) FROM (SELECT DISTINCT book_id FROM (SELECT *, 1 AS sign FROM new_rows) AS d ORDER BY book_id) AS b;\n\n    SELECT c.month INTO closed\n    FROM (SELECT DISTINCT book_id, date_trunc('month', date)::date AS month FROM (SELECT *, 1 AS sign FROM new_rows) AS d) m\n    JOIN transactions_closedmonth c ON c.book_id = m.book_id AND c.month = m.month LIMIT 1;\n    IF FOUND THEN\n        RAISE EXCEPTION 'the month % is closed', to_char(closed, 'YYYY-MM')\n        USING ERRCODE = '23514', CONSTRAINT = 'closed_months_stay';\n    END IF;\n\n\n    SELECT n.id INTO wrong FROM new_rows n JOIN accounts_account a ON a.id = n.account_id\n    WHERE a.currency <> '' AND a.currency <> n.currency LIMIT 1;\n    IF FOUND THEN\n        RAISE EXCEPTION 'entry % is not in the currency of its account', wrong\n        USING ERRCODE = '23514', CONSTRAINT = 'entry_in_currency_of_account';\n    END IF;\n\n\n    INSERT INTO transactions_balancecheck (transaction_id)\n    SELECT DISTINCT transaction_id FROM (\n        SELECT transaction_id FROM new_rows\n        GROUP BY transaction_id, currency HAVING sum(amount) <> 0\n        UNION ALL\n        SELECT transaction_id FROM new_rows\n        GROUP BY transaction_id HAVING min(uuid_hash(account_id)) = max(uuid_hash(account_id))\n    ) AS doubtful;\n\n\n    UPDATE transactions_transaction t SET version = 0\n    FROM (SELECT DISTINCT transaction_id, book_id FROM (SELECT *, 1 AS sign FROM new_rows) AS d) c\n    WHERE t.id = c.transaction_id AND t.version <> buffet_touch(c.book_id);\n\n\n    INSERT INTO transactions_monthlybalance AS kept\n        (book_id, account_id, currency, month, debit, credit, entries)\n    SELECT book_id, account_id, currency, date_trunc('month', date)::date AS month,\n        coalesce(sum(amount * sign) FILTER (WHERE amount > 0), 0) AS debit,\n        coalesce(sum(-amount * sign) FILTER (WHERE amount < 0), 0) AS credit,\n        sum(sign) AS entries\n    FROM (SELECT *, 1 AS sign FROM new_rows) AS d\n    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4\n    ON CONFLICT (book_id, account_id, currency, month) DO UPDATE SET\n        debit = kept.debit + excluded.debit,\n        credit = kept.credit + excluded.credit,\n        entries = kept.entries + excluded.entries\n    WHERE excluded.debit <> 0 OR excluded.credit <> 0 OR excluded.entries <> 0;\n\nRETURN NULL;", hash='ce0daeab7538683c287bdb6e62e2179f6326713f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_entries_came_c201d', referencing='REFERENCING NEW TABLE AS new_rows ', table='transactions_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entries_changed', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE closed date; wrong uuid;', func="PERFORM buffet_touch(book_id) FROM (SELECT DISTINCT book_id FROM (SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows) AS d ORDER BY book_id) AS b;\n\n    SELECT c.month INTO closed\n    FROM (SELECT DISTINCT book_id, date_trunc('month', date)::date AS month FROM (SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows) AS d) m\n    JOIN transactions_closedmonth c ON c.book_id = m.book_id AND c.month = m.month LIMIT 1;\n    IF FOUND THEN\n        RAISE EXCEPTION 'the month % is closed', to_char(closed, 'YYYY-MM')\n        USING ERRCODE = '23514', CONSTRAINT = 'closed_months_stay';\n    END IF;\n\n\n    SELECT n.id INTO wrong FROM new_rows n JOIN accounts_account a ON a.id = n.account_id\n    WHERE a.currency <> '' AND a.currency <> n.currency LIMIT 1;\n    IF FOUND THEN\n        RAISE EXCEPTION 'entry % is not in the currency of its account', wrong\n        USING ERRCODE = '23514', CONSTRAINT = 'entry_in_currency_of_account';\n    END IF;\n\n\n    INSERT INTO transactions_balancecheck (transaction_id)\n    SELECT DISTINCT transaction_id FROM (SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows) AS d;\n\n\n    UPDATE transactions_transaction t SET version = 0\n    FROM (SELECT DISTINCT transaction_id, book_id FROM (SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows) AS d) c\n    WHERE t.id = c.transaction_id AND t.version <> buffet_touch(c.book_id);\n\n\n    INSERT INTO transactions_monthlybalance AS kept\n        (book_id, account_id, currency, month, debit, credit, entries)\n    SELECT book_id, account_id, currency, date_trunc('month', date)::date AS month,\n        coalesce(sum(amount * sign) FILTER (WHERE amount > 0), 0) AS debit,\n        coalesce(sum(-amount * sign) FILTER (WHERE amount < 0), 0) AS credit,\n        sum(sign) AS entries\n    FROM (SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows) AS d\n    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4\n    ON CONFLICT (book_id, account_id, currency, month) DO UPDATE SET\n        debit = kept.debit + excluded.debit,\n        credit = kept.credit + excluded.credit,\n        entries = kept.entries + excluded.entries\n    WHERE excluded.debit <> 0 OR excluded.credit <> 0 OR excluded.entries <> 0;\n\nRETURN NULL;", hash='bbdf15e2f339d7cda1299f3f01de2399a73d8f83', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_entries_changed_44191', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='transactions_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entries_went', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE closed date; wrong uuid;', func="PERFORM buffet_touch(book_id) FROM (SELECT DISTINCT book_id FROM (SELECT *, -1 AS sign FROM old_rows) AS d ORDER BY book_id) AS b;\n\n    SELECT c.month INTO closed\n    FROM (SELECT DISTINCT book_id, date_trunc('month', date)::date AS month FROM (SELECT *, -1 AS sign FROM old_rows) AS d) m\n    JOIN transactions_closedmonth c ON c.book_id = m.book_id AND c.month = m.month LIMIT 1;\n    IF FOUND THEN\n        RAISE EXCEPTION 'the month % is closed', to_char(closed, 'YYYY-MM')\n        USING ERRCODE = '23514', CONSTRAINT = 'closed_months_stay';\n    END IF;\n\n\n    INSERT INTO transactions_balancecheck (transaction_id)\n    SELECT DISTINCT transaction_id FROM (SELECT *, -1 AS sign FROM old_rows) AS d;\n\n\n    UPDATE transactions_transaction t SET version = 0\n    FROM (SELECT DISTINCT transaction_id, book_id FROM (SELECT *, -1 AS sign FROM old_rows) AS d) c\n    WHERE t.id = c.transaction_id AND t.version <> buffet_touch(c.book_id);\n\n\n    INSERT INTO transactions_monthlybalance AS kept\n        (book_id, account_id, currency, month, debit, credit, entries)\n    SELECT book_id, account_id, currency, date_trunc('month', date)::date AS month,\n        coalesce(sum(amount * sign) FILTER (WHERE amount > 0), 0) AS debit,\n        coalesce(sum(-amount * sign) FILTER (WHERE amount < 0), 0) AS credit,\n        sum(sign) AS entries\n    FROM (SELECT *, -1 AS sign FROM old_rows) AS d\n    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4\n    ON CONFLICT (book_id, account_id, currency, month) DO UPDATE SET\n        debit = kept.debit + excluded.debit,\n        credit = kept.credit + excluded.credit,\n        entries = kept.entries + excluded.entries\n    WHERE excluded.debit <> 0 OR excluded.credit <> 0 OR excluded.entries <> 0;\n\nRETURN NULL;", hash='cd055d73765b19c6a08a6a7ea54efee09df3e698', level='STATEMENT', operation='DELETE', pgid='pgtrigger_entries_went_ea469', referencing='REFERENCING OLD TABLE AS old_rows ', table='transactions_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='entries_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            RAISE EXCEPTION 'the ledger is not truncated; delete rows instead'\n            USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_not_truncated';\n        ", hash='7393fd6b7980193285aa864b67b7f31258786044', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_entries_stay_631dc', table='transactions_entry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_entryevent" ("account_id", "amount", "book_id", "currency", "date", "external_id", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "transaction_id") SELECT old_values."account_id", old_values."amount", old_values."book_id", old_values."currency", old_values."date", old_values."external_id", old_values."id", old_values."note", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."status", old_values."transaction_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='faf03683cc7ee4b67f48ceb0c9aaf16613b0b73e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_539a1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='transactions_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_entryevent" ("account_id", "amount", "book_id", "currency", "date", "external_id", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "transaction_id") SELECT old_values."account_id", old_values."amount", old_values."book_id", old_values."currency", old_values."date", old_values."external_id", old_values."id", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."status", old_values."transaction_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='8584b71e3febe2938ce7935016448375801f482b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_f3741', referencing='REFERENCING OLD TABLE AS old_values ', table='transactions_entry', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='vendor',
            constraint=models.UniqueConstraint(models.F('book'), django.db.models.functions.text.Lower('name'), name='one_vendor_per_name'),
        ),
        migrations.AddConstraint(
            model_name='vendor',
            constraint=models.UniqueConstraint(fields=('id', 'book'), name='vendor_in_book'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vendor',
            trigger=pgtrigger.compiler.Trigger(name='stamp_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.version := buffet_touch(NEW.book_id);\n                    NEW.updated_at := statement_timestamp();\n                    RETURN NEW;\n                ', hash='0a247a4cc334671b2130cbb225ff745f3c5b8001', operation='INSERT OR UPDATE', pgid='pgtrigger_stamp_version_4f07e', table='transactions_vendor', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vendor',
            trigger=pgtrigger.compiler.Trigger(name='leave_tombstone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)\n                    SELECT book_id, 'vendor', id, buffet_touch(book_id)\n                    FROM old_rows ORDER BY book_id;\n                    RETURN NULL;\n                    ", hash='2b44ea7a39e69df77f28354e2270f872c3051c76', level='STATEMENT', operation='DELETE', pgid='pgtrigger_leave_tombstone_290e2', referencing='REFERENCING OLD TABLE AS old_rows ', table='transactions_vendor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vendor',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_vendorevent" ("book_id", "created_at", "created_by", "created_via", "id", "name", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."id", old_values."name", old_values."notes", _pgh_attached_context.value, NOW(), \'update\', old_values."id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."book_id" IS DISTINCT FROM (new_values."book_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by" IS DISTINCT FROM (new_values."created_by") OR old_values."created_via" IS DISTINCT FROM (new_values."created_via") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."notes" IS DISTINCT FROM (new_values."notes")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7b098cedcdfb9e0a77c4e4af4f7baa77e97e72f1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_881e7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='transactions_vendor', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vendor',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_vendorevent" ("book_id", "created_at", "created_by", "created_via", "id", "name", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."id", old_values."name", old_values."notes", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='6b19196ae87d7c63910dbe6ae1a6ee796c6baf95', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7142f', referencing='REFERENCING OLD TABLE AS old_values ', table='transactions_vendor', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='transaction',
            index=models.Index(fields=['book', 'version'], name='transactions_by_version'),
        ),
        migrations.AddConstraint(
            model_name='transaction',
            constraint=models.UniqueConstraint(fields=('book', 'date', 'id'), name='transactions_by_date'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transaction',
            trigger=pgtrigger.compiler.Trigger(name='stamp_version', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.version := buffet_touch(NEW.book_id);\n                    NEW.updated_at := statement_timestamp();\n                    RETURN NEW;\n                ', hash='3c97866c1ed14cd015b0a22d4597b07d274aec0d', operation='INSERT OR UPDATE', pgid='pgtrigger_stamp_version_85c1d', table='transactions_transaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transaction',
            trigger=pgtrigger.compiler.Trigger(name='leave_tombstone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)\n                    SELECT book_id, 'transaction', id, buffet_touch(book_id)\n                    FROM old_rows ORDER BY book_id;\n                    RETURN NULL;\n                    ", hash='a522466d0ea802b85378c09309200dade3990ec8', level='STATEMENT', operation='DELETE', pgid='pgtrigger_leave_tombstone_6edf4', referencing='REFERENCING OLD TABLE AS old_rows ', table='transactions_transaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transaction',
            trigger=pgtrigger.compiler.Trigger(name='transactions_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            RAISE EXCEPTION 'the ledger is not truncated; delete rows instead'\n            USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_not_truncated';\n        ", hash='5f51a56c217e9c4217f0b1c48d4bbd20d1846d7f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_transactions_stay_a26cc', table='transactions_transaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transaction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_transactionevent" ("book_id", "created_at", "created_by", "created_via", "date", "description", "id", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "vendor_id") SELECT old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."date", old_values."description", old_values."id", old_values."notes", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."source", old_values."vendor_id" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."book_id" IS DISTINCT FROM (new_values."book_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by" IS DISTINCT FROM (new_values."created_by") OR old_values."created_via" IS DISTINCT FROM (new_values."created_via") OR old_values."date" IS DISTINCT FROM (new_values."date") OR old_values."description" IS DISTINCT FROM (new_values."description") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."notes" IS DISTINCT FROM (new_values."notes") OR old_values."source" IS DISTINCT FROM (new_values."source") OR old_values."vendor_id" IS DISTINCT FROM (new_values."vendor_id")) ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='2025d97ebc2cbe1e71d80f3ac9a345e3abb05b56', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_015fe', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='transactions_transaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='transaction',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "transactions_transactionevent" ("book_id", "created_at", "created_by", "created_via", "date", "description", "id", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "vendor_id") SELECT old_values."book_id", old_values."created_at", old_values."created_by", old_values."created_via", old_values."date", old_values."description", old_values."id", old_values."notes", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source", old_values."vendor_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0aec5d09beadbde9d2d85c8f9262e4448fffbf4c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_bbdea', referencing='REFERENCING OLD TABLE AS old_values ', table='transactions_transaction', when='AFTER')),
        ),
    ]
