
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_references_stay_in_the_book'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='account',
            name='tree_has_no_cycle',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='account',
            trigger=pgtrigger.compiler.Trigger(name='tree_has_no_cycle', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."parent_id" IS NOT NULL)', func="\n                    IF EXISTS (\n                        WITH RECURSIVE above AS (\n                            SELECT NEW.parent_id AS id\n                            UNION\n                            SELECT a.parent_id FROM accounts_account a JOIN above ON a.id = above.id\n                        )\n                        SELECT FROM above WHERE id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'category % would be its own ancestor', NEW.id\n                        USING ERRCODE = '23514', CONSTRAINT = 'tree_has_no_cycle';\n                    END IF;\n                    RETURN NULL;\n                ", hash='4d90b18c50c1efe6c38af3dcb68ac7439994ba72', operation='INSERT OR UPDATE OF "parent_id"', pgid='pgtrigger_tree_has_no_cycle_4366d', table='accounts_account', when='AFTER')),
        ),
    ]
