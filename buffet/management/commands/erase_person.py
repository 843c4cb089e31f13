"""Erase a person at their wish, and say what was removed."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import User
from buffet.services.erasing import erase_user


class Command(BaseCommand):
    """Erase somebody for good; books that others keep stay."""

    help = "Erase a person and the books that are theirs alone; there is no way back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add whom, why, and that one is sure."""
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="Such as the number of their letter.")
        parser.add_argument("--yes", action="store_true", help="Without it nothing is done.")

    def handle(self, *args: Any, email: str, reason: str, yes: bool, **options: Any) -> None:
        """Erase them and print the report.

        :raises CommandError: if nobody has the address, or somebody still needs them.
        """
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        if not yes:
            raise CommandError("There is no way back: say --yes if you are sure.")
        try:
            report = erase_user(by=Actor(None, "command"), user_id=user.id, reason=reason)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode())
