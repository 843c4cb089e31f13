
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_walk_up_the_tree_ends'),
        ('buffet', '0002_book_version'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['book', 'name', 'id'], name='accounts_of_book'),
        ),
    ]
