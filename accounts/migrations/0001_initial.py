
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('name', models.CharField(max_length=100)),
                ('type', models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('income', 'Income'), ('expense', 'Expense'), ('equity', 'Equity')], max_length=10)),
                ('kind', models.CharField(choices=[('checking', 'Checking'), ('savings', 'Savings'), ('cash', 'Cash'), ('investment', 'Investment'), ('receivable', 'Receivable'), ('property', 'Property'), ('other', 'Other'), ('credit_card', 'Credit Card'), ('loan', 'Loan'), ('category', 'Category'), ('uncategorized', 'Uncategorized'), ('opening_balances', 'Opening Balances'), ('conversion', 'Conversion'), ('adjustments', 'Adjustments')], max_length=20)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('number', models.CharField(blank=True, default='', help_text="The bank's number of the account.", max_length=64)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
                ('opened_on', models.DateField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['type', 'name', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AccountEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('name', models.CharField(max_length=100)),
                ('type', models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('income', 'Income'), ('expense', 'Expense'), ('equity', 'Equity')], max_length=10)),
                ('kind', models.CharField(choices=[('checking', 'Checking'), ('savings', 'Savings'), ('cash', 'Cash'), ('investment', 'Investment'), ('receivable', 'Receivable'), ('property', 'Property'), ('other', 'Other'), ('credit_card', 'Credit Card'), ('loan', 'Loan'), ('category', 'Category'), ('uncategorized', 'Uncategorized'), ('opening_balances', 'Opening Balances'), ('conversion', 'Conversion'), ('adjustments', 'Adjustments')], max_length=20)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('number', models.CharField(blank=True, default='', help_text="The bank's number of the account.", max_length=64)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
                ('opened_on', models.DateField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Broker',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField(db_default=0, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('name', models.CharField(max_length=100)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
            ],
            options={
                'ordering': ['name', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='BrokerEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.UUIDField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.actor'), models.Value(True), function='current_setting'), models.Value('')), models.UUIDField()), editable=False, null=True)),
                ('created_via', models.CharField(db_default=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf(models.Func(models.Value('buffet.door'), models.Value(True), function='current_setting'), models.Value('')), models.Value('sql')), editable=False, max_length=10)),
                ('name', models.CharField(max_length=100)),
                ('notes', models.TextField(blank=True, default='', max_length=2000)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base', models.CharField(max_length=3)),
                ('quote', models.CharField(max_length=3)),
                ('on', models.DateField()),
                ('rate', models.DecimalField(decimal_places=12, max_digits=24)),
                ('source', models.CharField(max_length=40)),
            ],
            options={
                'ordering': ['base', 'quote', '-on'],
            },
        ),
    ]
