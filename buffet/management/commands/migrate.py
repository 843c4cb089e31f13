"""Django's migrate, one at a time: instances that start together wait for the first."""

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from buffet.migrating.rendering import sparingly

#: Whoever holds this advisory lock migrates.
LOCK = 0x62756666
PAUSE = 0.5


class Command(migrate.Command):
    """Migrate; of several at once, one does the work and the others find it done."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait for one's turn, and migrate."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            self._wait(cursor, options["verbosity"])
        try:
            with sparingly():
                super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _wait(self, cursor: Any, verbosity: int) -> None:
        # Asked again and again: a statement that waits has a snapshot, and an index that is made
        # concurrently waits for whoever has an older one. In that deadlock one fails.
        told = verbosity == 0
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                return
            if not told:
                self.stdout.write("Another one migrates; waiting for it to finish.")
                self.stdout.flush()
                told = True
            time.sleep(PAUSE)
