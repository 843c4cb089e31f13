"""Load the demo book."""

from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db.transaction import atomic
from django.utils import timezone

from buffet.demo import loading
from buffet.models import Book, User


class Command(BaseCommand):
    """Load the demo book into an empty database; a database with other people's data stays."""

    help = "Load the demo book into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --if-empty."""
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing where there is any user or book."
        )

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        """Load it, unless it is there.

        :raises CommandError: if the database has other people's data.
        """
        if User.objects.exists() or Book.objects.exists():
            if if_empty:
                return
            if not loading.is_ours():
                raise CommandError("This database has other people's data; the demo stays out.")
            self.stdout.write("The demo book is there already.")
            return
        today = timezone.now().astimezone(ZoneInfo(loading.ZONE)).date()
        with atomic():
            book = loading.load(today)
        self.stdout.write(f"The demo book is loaded: {book.name}.")
