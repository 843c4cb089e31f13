from django.db import migrations

ROLES = ('support', 'operator', 'auditor', 'administrator')


def make(apps, schema_editor):
    groups = apps.get_model('auth', 'Group').objects
    for name in ROLES:
        groups.get_or_create(name=name)


def remove(apps, schema_editor):
    apps.get_model('auth', 'Group').objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('buffet', '0011_support_access'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunPython(make, remove),
    ]
