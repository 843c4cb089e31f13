"""Which triggers are left out, asked at the price of an expression.

Each trigger asks that first, those of rows for each row. The function that django-pgtrigger brings
along opens a subtransaction and sends two queries; where nothing is said it catches an error, and
for each of these PostgreSQL goes through all checks that wait for the end. This one answers the
same as part of the trigger's own expression. A migration of triggers brings the other one back, so
whoever has migrated makes it anew.
"""

from typing import Any

from django.db import connections

_BROUGHT_ALONG = """
SELECT FROM pg_proc JOIN pg_language l ON l.oid = prolang
WHERE pg_proc.oid = to_regproc('public._pgtrigger_should_ignore') AND l.lanname = 'plpgsql'
"""
_CHEAPER = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN coalesce(
    trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false
)
"""


def ask_cheaply(using: str, **migrated: Any) -> None:
    """Replace the function, if the one in the database is django-pgtrigger's."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_BROUGHT_ALONG)
        if cursor.fetchone() is not None:
            cursor.execute(_CHEAPER)
