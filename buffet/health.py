"""Whether the service can serve."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and has every migration, else 503 with what is wrong."""
    checks = {"database": "ok", "migrations": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            checks["migrations"] = f"{len(waiting)} not applied"
    except DatabaseError as error:
        checks = {"database": type(error).__name__, "migrations": "unknown"}
    healthy = set(checks.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if healthy else "unavailable", "checks": checks},
        status=200 if healthy else 503,
    )
