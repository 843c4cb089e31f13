"""Give the web process a database role of its own."""

from typing import Any

import environ
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.transaction import atomic
from psycopg import sql

from buffet.capacity import max_instances, per_instance


class Command(BaseCommand):
    """Make the role that WEB_DATABASE_URL names, or renew its password, rights and limit.

    It reads and writes rows, and cannot change tables. It may hold as many connections as twice the
    instances that the database carries, so that whoever migrates or looks after it always gets in.
    Run it as the owner of the tables, after migrating. To rotate the password without an outage,
    name another role, deploy, and then drop the old one.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or change the role in one database transaction."""
        url = environ.Env().db_url("WEB_DATABASE_URL")
        name, password = url["USER"], url["PASSWORD"]
        if not name or not password:
            raise CommandError("WEB_DATABASE_URL names no user or no password.")
        with atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user = %s", [name])
            if cursor.fetchone()[0]:
                raise CommandError("That role owns the tables; the web process needs another one.")
            limit = self._limit(cursor)
            cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [name])
            verb = sql.SQL("ALTER" if cursor.fetchone()[0] else "CREATE")
            role = sql.Identifier(name)
            for statement in (
                sql.SQL("{} ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT {}").format(
                    verb, role, sql.Literal(password), sql.Literal(limit)
                ),
                *(sql.SQL(grant).format(role) for grant in _GRANTS),
            ):
                cursor.execute(statement.as_string())
        self.stdout.write(f"{name} may hold {limit} connections")

    def _limit(self, cursor: Any) -> int:
        cursor.execute("SELECT current_setting('max_connections')::int")
        env = environ.Env()
        held = per_instance(env.int("WEB_WORKERS", 2), env.int("WEB_THREADS", 4))
        return 2 * held * max_instances(cursor.fetchone()[0], held)


_TABLES = "SELECT, INSERT, UPDATE, DELETE"
_GRANTS = (
    f"GRANT {_TABLES} ON ALL TABLES IN SCHEMA public TO {{}}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    # And on what later migrations add.
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {_TABLES} ON TABLES TO {{}}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
)
