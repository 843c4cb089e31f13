"""Write a whole book as JSON Lines."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.transaction import atomic

from buffet.models import Book
from transactions.books.writing import written


class Command(BaseCommand):
    """Write a book to the standard output, all of it in the state that it is in at the start."""

    help = "Write a whole book as JSON Lines, which load_book loads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --book."""
        parser.add_argument("--book", type=UUID, required=True, help="The id of the book.")

    def handle(self, *args: Any, book: UUID, **options: Any) -> None:
        """Write it.

        :raises CommandError: if there is no such book.
        """
        with atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            found = Book.objects.filter(id=book).first()
            if found is None:
                raise CommandError(f"There is no book {book}.")
            for piece in written(found):
                self.stdout.write(piece.decode(), ending="")
