"""Empty the database between tests that commit.

Django truncates each of a hundred tables and makes all permissions anew, which takes half a second
a test. Here only tables with something in them are emptied: a few rows are deleted in milliseconds,
many are truncated with their table.
"""

from django.db import connection

#: What migrations made and no test changes.
_STAYS = (
    *("auth_group", "auth_group_permissions", "auth_permission"),
    *("django_content_type", "django_migrations"),
)
#: Bytes from which a table is truncated.
_LARGE = 256 * 1024
_TABLES = """
SELECT quote_ident(relname), pg_relation_size(oid) >= %s, relpages <> 0 OR reltuples >= 0
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL(%s)
    AND (pg_relation_size(oid) > 0 OR relpages <> 0 OR reltuples >= 0)
"""
# A table that was seen empty would be planned as empty while a test fills it.
_FORGET = """
UPDATE pg_class SET relpages = 0, reltuples = -1
WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)
"""


def prepare() -> None:
    """Keep the database from looking for deleted rows by itself while tests run."""
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')


def empty() -> None:
    """Remove all rows, unseen by triggers and in no order."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, (_LARGE, list(_STAYS)))
        found = cursor.fetchall()
        large = ", ".join(name for name, is_large, _ in found if is_large)
        statements = [f"DELETE FROM {name}" for name, is_large, _ in found if not is_large]
        if large:
            statements.append(f"TRUNCATE {large} CASCADE")
        seen = [name.strip('"') for name, _, was_seen in found if was_seen]
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
        if statements:
            cursor.execute("; ".join(statements))
        if seen:
            cursor.execute(_FORGET, (seen,))
        cursor.execute("COMMIT")
