"""Write a book as a journal of beancount or hledger."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.transaction import atomic

from buffet.models import Book
from reports.journals import FORMATS, journal


class Command(BaseCommand):
    """Write a book to the standard output, all of it in the state that it is in at the start."""

    help = "Write a book as a journal of beancount or hledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --book, --format and --assertions."""
        parser.add_argument("--book", type=UUID, required=True, help="The id of the book.")
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument(
            "--assertions",
            action="store_true",
            help="Also say what each account comes to at the end of each month.",
        )

    def handle(self, *args: Any, book: UUID, format: str, assertions: bool, **options: Any) -> None:
        """Write it.

        :raises CommandError: if there is no such book.
        """
        with atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            found = Book.objects.filter(id=book).first()
            if found is None:
                raise CommandError(f"There is no book {book}.")
            for piece in journal(found, format, asserting=assertions):
                self.stdout.write(piece, ending="")
