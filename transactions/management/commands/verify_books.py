"""Recompute every book from its entries and fail loudly when anything is off."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from buffet.audit import Actor
from buffet.models import Book
from transactions.services import verify_books


def _who() -> str:
    """Return as whom the command runs; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"


class Command(BaseCommand):
    """Recompute the books, one line a check; exits with 1 when a check fails."""

    help = "Recompute every book from its entries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --book."""
        parser.add_argument("--book", type=UUID, help="The id of one book; all when left out.")

    def handle(self, *args: Any, book: UUID | None, **options: Any) -> None:
        """Print what was found.

        :raises CommandError: if any check fails, or there is no such book.
        """
        found = None if book is None else Book.objects.filter(id=book).first()
        if book is not None and found is None:
            raise CommandError(f"There is no book {book}.")
        checks = verify_books(by=Actor(None, "command", email=_who()), book=found)
        for check in checks:
            mark = "ok  " if check.ok else "OFF "
            self.stdout.write(f"{mark}{check.name}" + ("" if check.ok else f": {check.count}"))
            for broken in check.found:
                self.stdout.write(f"      {broken}")
        failed = sum(not check.ok for check in checks)
        if failed:
            raise CommandError(f"{failed} of {len(checks)} checks failed.")
        self.stdout.write(f"All {len(checks)} checks hold.")
