"""Django's migrate, one at a time: instances that start together wait for the first."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

#: Whoever holds this advisory lock migrates.
LOCK = 0x62756666


class Command(migrate.Command):
    """Migrate; of several at once, one does the work and the others find it done."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait for one's turn, and migrate."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
