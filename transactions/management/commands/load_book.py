"""Load the file of a whole book as a new book of somebody's."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import User
from transactions.books.loading import load_book


class Command(BaseCommand):
    """Load a file of any size, all of it or nothing."""

    help = "Load a book that was exported as JSON Lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file and --owner."""
        parser.add_argument("file", type=Path, help="What export_book wrote.")
        parser.add_argument("--owner", required=True, help="The e-mail address of its owner.")

    def handle(self, *args: Any, file: Path, owner: str, **options: Any) -> None:
        """Load it.

        :raises CommandError: if there is no such person or file, or the file is refused.
        """
        user = User.objects.filter(email=owner.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {owner}.")
        by = Actor(user.id, "command", email=user.email)
        try:
            with file.open("rb") as opened:
                book = load_book(by=by, user_id=user.id, file=opened)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"{book.id} {book.name}")
