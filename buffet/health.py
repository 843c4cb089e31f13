"""Whether the service can serve."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from psycopg import Error
from psycopg.pq import Ping

from buffet.postgresql.base import own

_SILENT = {
    Ping.OK: "no connection is free",
    Ping.REJECT: "starting or stopping",
    Ping.NO_RESPONSE: "does not answer",
}


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and has every migration, else 503 with what is wrong."""
    checks = {"database": "ok", "migrations": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_read_only')")
            if cursor.fetchone()[0] == "on":
                checks["database"] = "read only"
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            checks["migrations"] = f"{len(waiting)} not applied"
    except DatabaseError as error:
        checks = {"database": _reason(error), "migrations": "unknown"}
    healthy = set(checks.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if healthy else "unavailable", "checks": checks},
        status=200 if healthy else 503,
        headers={"Cache-Control": "no-store"} | ({} if healthy else {"Retry-After": "2"}),
    )


def _reason(error: DatabaseError) -> str:
    """Return what is wrong without its details, which name hosts."""
    cause = error.__cause__
    if isinstance(cause, Error) and cause.sqlstate:
        return type(cause).__name__
    return _SILENT.get(own().ping(), "cannot be asked")
