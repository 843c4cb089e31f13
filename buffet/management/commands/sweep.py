"""Remove what has served its time."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models.functions import Now

from buffet.limits import LONGEST
from buffet.models import Attempts, KeptAnswer, SignIn, SlowRequest

LEAST, KEPT = 24, 48
#: For so many days one can read who signed in.
DAYS_OF_SIGN_INS = 400
DAYS_OF_SLOWNESS = 14


class Command(BaseCommand):
    """Remove kept answers that no client will ask for again, and what else is old.

    Run it daily, from anywhere.
    """

    help = "Remove kept answers of requests with an Idempotency-Key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add how long they are kept."""
        parser.add_argument("--hours", type=int, default=KEPT, help=f"At least {LEAST}.")

    def handle(self, *args: Any, hours: int, **options: Any) -> None:
        """Remove and say how many."""
        if hours < LEAST:
            raise CommandError(f"Clients rely on their keys for {LEAST} hours.")
        old = KeptAnswer.objects.filter(created_at__lt=Now() - timedelta(hours=hours))
        self.stdout.write(f"{old._raw_delete('default')} kept answers removed")
        SlowRequest.objects.filter(at__lt=Now() - timedelta(days=DAYS_OF_SLOWNESS)).delete()
        Attempts.objects.filter(began_at__lt=Now() - timedelta(seconds=LONGEST)).delete()
        SignIn.objects.filter(at__lt=Now() - timedelta(days=DAYS_OF_SIGN_INS)).delete()
