"""Measure what requests cost at several sizes of one book."""

import os
import platform
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from buffet.bench import bare, book, cards, exports, imports, inserts, logins, reports, requests
from buffet.bench.databases import new_database, size_of, with_books
from buffet.bench.investing import invest
from buffet.bench.keeping import keep
from buffet.bench.measuring import Cost, Measuring, in_passes, request
from buffet.gate import Gate
from transactions.queries.verification import verify


class Command(BaseCommand):
    """Load books through COPY, send requests in alternation with a bare view, print the table."""

    help = "Measure CPU per request at several sizes of one book."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add sizes, rounds and where to write."""
        parser.add_argument("--sizes", default="10k,100k,1M", help="For example 10k,5M.")
        parser.add_argument("--rounds", type=int, default=60)
        parser.add_argument("--logins", type=int, help="Measure so many sign-ins, nothing else.")
        parser.add_argument(
            "--cards", action="store_true", help="Measure cards and statements, nothing else."
        )
        parser.add_argument(
            "--reports", action="store_true", help="Measure the reports, nothing else."
        )
        parser.add_argument(
            "--exports", action="store_true", help="Measure books out and in, nothing else."
        )
        parser.add_argument(
            "--imports", type=int, nargs="?", const=100_000, help="Import so many lines, only."
        )
        parser.add_argument("--write", action="store_true", help="Keep it in BENCHMARKS.md.")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        """Measure every size, print the result, and keep it if that is wished."""
        title, result = self._measured(**options)
        self.stdout.write(result)
        if write:
            keep(settings.BASE_DIR / "BENCHMARKS.md", title, f"{_asked()}\n{result}")

    def _measured(self, *, sizes: str, rounds: int, **options: Any) -> tuple[str, str]:
        """Return what was measured, and the figures."""
        if options["logins"]:
            with new_database("buffet_bench_logins"):
                return "What signing in costs", logins.measure(options["logins"]).report()
        if options["cards"]:
            return "What cards cost", _of_cards()
        if options["exports"]:
            return "What exports cost", "".join(map(_of_exports, sizes.split(",")))
        # As the web process has it: a connection from a pool, checked at each request.
        connection.settings_dict["OPTIONS"] |= {
            # Of imports, one connection imports and the other asks.
            "pool": {"min_size": 1, "max_size": 2 if options["imports"] else 1, "timeout": 5},
            "options": settings.WEB_SESSION,
        }
        gate = Gate(WSGIHandler())
        if options["imports"]:
            with new_database("buffet_bench_imports"):
                return "What imports cost", _of_imports(options["imports"], gate)
        if options["reports"]:
            return "What reports cost", _of_reports(sizes.split(","), rounds, gate)
        return "What requests cost", self._of_requests(sizes.split(","), rounds, gate)

    def _of_requests(self, sizes: list[str], rounds: int, gate: Gate) -> str:
        """Return what requests cost at several sizes of a book."""
        today = timezone.now().date()
        costs: dict[str, list[Cost]] = {}
        rates: dict[str, float] = {}
        inserted: dict[str, float] = {}

        def load(size: str) -> book.Loaded:
            loaded = book.load(size_of(size), today)
            rates[size] = size_of(size) / loaded.seconds
            self.stdout.write(f"{size}: loaded {rates[size]:,.0f} transactions/s")
            return loaded

        with with_books(sizes, "buffet_bench", load, gate) as (loaded, turn):
            measuring = {}
            for size, its in loaded.items():
                turn(size)
                measuring[size] = Measuring(requests.cases(its, today, gate), _bare(), gate)
            in_passes(measuring, rounds, turn)
            for size, its in loaded.items():
                turn(size)
                costs[size] = measuring[size].costs()
                if broken := [check.name for check in verify() if not check.ok]:
                    raise CommandError(f"{size}: broken: {broken}")
                if not inserted:
                    inserted[size] = inserts.ratio(its, today, rounds)
        return requests.report(costs, rates, inserted)


def _asked() -> str:
    """Return the command that was given, when and where."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
    arguments = " ".join(sys.argv[2:])
    return (
        f"`make bench ARGS='{arguments}'`, {timezone.now():%Y-%m-%d}: "
        f"Python {platform.python_version()}, PostgreSQL {version}, {os.cpu_count()} cores.\n"
    )


def _of_exports(size: str) -> str:
    """Return what exporting and loading a book of some size costs."""
    with new_database(f"buffet_bench_exports_{size.lower()}"):
        today = timezone.now().date()
        return exports.measure(book.load(size_of(size), today), today)


def _of_reports(sizes: list[str], rounds: int, gate: Gate) -> str:
    """Return what the reports cost at several sizes of a book."""
    found, today = [], timezone.now().date()
    # Pages name their style sheet as it was collected.
    call_command("collectstatic", interactive=False, verbosity=0)

    def load(size: str) -> reports.Asking:
        return reports.Asking(invest(book.load(size_of(size), today), today), today, gate, _bare())

    with with_books(sizes, "buffet_bench_reports", load, gate) as (asking, turn):
        in_passes({size: its.measuring for size, its in asking.items()}, rounds, turn)
        for size, its in asking.items():
            turn(size)
            found.append(its.measured(size))
    return reports.report(found)


def _of_imports(lines: int, gate: Gate) -> str:
    """Return what a file of so many lines costs in a book of some size."""
    today = timezone.now().date()
    loaded = book.load(10_000, today)
    found = imports.measure(loaded, today, lines, gate)
    broken = [check.name for check in verify() if not check.ok]
    if broken:
        raise CommandError(f"broken: {broken}")
    return imports.report(found)


def _of_cards() -> str:
    """Return what cards cost with 1,000 entries and with 100,000."""
    sizes, found, today = (1_000, 100_000), [], timezone.now().date()
    # Pages name their style sheet as it was collected.
    call_command("collectstatic", interactive=False, verbosity=0)
    for size in sizes:
        with new_database(f"buffet_bench_cards_{size}"):
            found.append(cards.measure(cards.load(size, today), today))
            broken = [check.name for check in verify() if not check.ok]
            if broken:
                raise CommandError(f"broken: {broken}")
    few, many = found
    return cards.report(few, many, sizes)


def _bare() -> Any:
    handler = bare.handler()
    return lambda: request(handler, "GET", "/hello")
