"""Load the reference rates of the European Central Bank."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.core.management.base import BaseCommand, CommandError

from accounts import ecb
from accounts.loading import Loaded, load_rates
from buffet.audit import Actor
from buffet.rest.query import Malformed, parse_day

HISTORY = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
SECONDS = 30


class Command(BaseCommand):
    """Load a file of rates, all of it or nothing; loaded again it changes nothing."""

    help = "Load exchange rates as the European Central Bank publishes them: CSV, zipped or XML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the source and --since."""
        parser.add_argument(
            "source", nargs="?", default=HISTORY, help=f"A file or an address; {HISTORY}."
        )
        parser.add_argument("--since", type=_day, help="Only the rates of this day and later.")

    def handle(self, *args: Any, source: str, since: date | None, **options: Any) -> None:
        """Read the source and say what became of it.

        :raises CommandError: if it cannot be read; nothing has changed then.
        """
        try:
            content = _fetched(source) if "://" in source else _opened(source)
            done = load_rates(by=Actor(None, "command"), quotations=ecb.read(content), since=since)
        except ecb.BadFile as error:
            raise CommandError(f"{source}: {error} Nothing has changed.") from error
        except (OSError, HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise CommandError(f"{source} cannot be read: {reason}") from error
        self.stdout.write(_told(done))


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except Malformed as error:
        raise ArgumentTypeError(str(error)) from None


def _fetched(address: str) -> bytes:
    """Return what is at an address of the web, read no further than it may be long."""
    if not address.lower().startswith(("https://", "http://")):
        raise ecb.BadFile("Only addresses of the web are read.")
    try:
        with urlopen(address, timeout=SECONDS) as answer:
            return _limited(answer.read(ecb.MOST_PACKED + 1))
    except HTTPError as error:
        # It is an answer, too, and holds its connection.
        error.close()
        raise


def _opened(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return _limited(file.read(ecb.MOST_PACKED + 1))


def _limited(content: bytes) -> bytes:
    if len(content) > ecb.MOST_PACKED:
        raise ecb.BadFile(f"The file is larger than {ecb.MOST_PACKED} bytes.")
    return content


def _told(done: Loaded) -> str:
    total = done.new + done.changed + done.unchanged
    said = (
        f"{total} rates of {done.days} days and {done.currencies} currencies: "
        f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged."
    )
    if done.unknown:
        said += f" Left out, as no currency in use: {', '.join(done.unknown)}."
    return said
