"""Checks of the settings against each other and against the database."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from buffet import capacity


def over_budget(most: int, what: str) -> list[CheckMessage]:
    """Return what is wrong if `MAX_INSTANCES` hold more connections than a database has."""
    held = capacity.per_instance(settings.WEB_WORKERS, settings.WEB_THREADS)
    allowed = capacity.max_instances(most, held)
    if not settings.MAX_INSTANCES or allowed >= settings.MAX_INSTANCES:
        return []
    wanted = capacity.DEPLOY * settings.MAX_INSTANCES * held
    return [
        Error(
            f"{settings.MAX_INSTANCES} instances of {held} connections are {wanted} during a "
            f"deploy; of {most} ({what}) there are {capacity.of_instances(most)} for them.",
            hint=f"MAX_INSTANCES is at most {allowed}; see `manage.py capacity`.",
            id="buffet.E001",
        )
    ]


@register
def budget_of_settings(app_configs: Any, **more: Any) -> Sequence[CheckMessage]:
    """Refuse more instances than DATABASE_CONNECTIONS, where it is set, has connections for."""
    most = settings.DATABASE_CONNECTIONS
    return over_budget(most, "DATABASE_CONNECTIONS") if most else []


@register(Tags.database)
def budget_of_database(
    app_configs: Any, databases: Sequence[str] | None = None, **more: Any
) -> Sequence[CheckMessage]:
    """Refuse more instances than the database says that it has connections for."""
    if not databases or not settings.MAX_INSTANCES:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        return over_budget(cursor.fetchone()[0], "max_connections of the database")
