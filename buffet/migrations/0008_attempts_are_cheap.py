from django.db import migrations


class Migration(migrations.Migration):
    """Count without a log: what a crash forgets would soon have been forgotten anyway."""

    dependencies = [("buffet", "0007_invitations")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE buffet_attempts SET UNLOGGED; "
            # Room on the page for the next count of the same row.
            "ALTER TABLE buffet_attempts SET (fillfactor = 50)",
            "ALTER TABLE buffet_attempts SET LOGGED; "
            "ALTER TABLE buffet_attempts RESET (fillfactor)",
        ),
    ]
