"""Refuse migrations that the release before cannot live with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from buffet.migrating.checking import check, reason
from buffet.migrating.released import UnknownRelease, new_since, not_applied


class Command(BaseCommand):
    """Refuse new migrations that the release before cannot live with, or that lock for long.

    New is what a commit of the release before does not have, or without --since what the database
    has not run. Tables that new migrations make are nobody's yet, and free. A migration that is
    safe all the same says why, with a line `safe = "…"` in it.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the release before."""
        parser.add_argument("--since", metavar="COMMIT", help="the release before, as git knows it")

    def handle(self, *args: Any, since: str | None, **options: Any) -> None:
        """Tell each finding in a sentence, and fail if there is one."""
        try:
            # Read without the database's word on what is applied, where git has it.
            loader = MigrationLoader(None if since else connection)
            new = new_since(loader, settings.BASE_DIR, since) if since else not_applied(loader)
        except UnknownRelease as error:
            raise CommandError(str(error)) from error
        findings = 0
        for migration, broken in check(loader.graph, new).items():
            if why := reason(migration):
                self.stdout.write(f"{migration} says it is safe: {why}")
            else:
                findings += len(broken)
                for finding in broken:
                    self.stderr.write(str(finding))
        if findings:
            raise CommandError(f"New migrations: {len(new)}; findings: {findings}.")
        self.stdout.write(f"New migrations: {len(new)}; the release before can live with them.")
