"""Write all that is kept of a person as a zip of JSON."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from buffet.models import User
from transactions.books.people import export_person


class Command(BaseCommand):
    """Write a person's file, with the books that they own."""

    help = "Write all that is kept of a person as a zip of JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add whose, and where to."""
        parser.add_argument("email")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, email: str, file: Path, **options: Any) -> None:
        """Write it; a file that is there stays.

        :raises CommandError: if nobody has the address, or the file cannot be made.
        """
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        try:
            with file.open("xb") as made, export_person(user.id) as found:
                shutil.copyfileobj(found, made)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{user.email}: {file}")
