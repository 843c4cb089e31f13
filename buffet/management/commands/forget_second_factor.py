"""Forget the app of a member of staff who has lost it, and their recovery codes, too."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from buffet.audit import Actor
from buffet.models import User
from buffet.services.second_factor import forget_second_factor


class Command(BaseCommand):
    """Let somebody enrol another app; for when no administrator can come in to do so."""

    help = "Forget the second factor of a member of staff, who enrols another one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add whose."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Forget it.

        :raises CommandError: if nobody has the address.
        """
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        forget_second_factor(by=Actor(None, "command"), user_id=user.id)
        self.stdout.write(f"{user.email} enrols another app when they sign in next.")
