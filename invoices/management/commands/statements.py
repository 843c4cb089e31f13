"""Make the statements of every card a year ahead."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from accounts.models import CreditCard
from buffet.audit import Actor, writing


class Command(BaseCommand):
    """Make the statements of the coming year; each write to a card does, this is for idle ones."""

    help = "Make the statements of every card in use a year ahead; run it monthly."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all cards, each book under its own lock."""
        today = timezone.now().date()
        cards = CreditCard.objects.filter(account__archived_at=None).values_list("id", "book_id")
        for id, book_id in cards:
            with writing(book_id, by=Actor(None, "command")), connection.cursor() as cursor:
                cursor.execute("SELECT buffet_cover(%s, %s, %s)", (id, today, today))
        self.stdout.write(f"{len(cards)} cards have statements for the coming year")
