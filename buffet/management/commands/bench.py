"""Measure what requests cost at several sizes of one book."""

import os
import platform
from argparse import ArgumentParser
from datetime import date
from itertools import count
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from buffet import services
from buffet.bench import bare, book, cards, exports, imports, inserts, logins, reports
from buffet.bench.databases import new_database, size_of, with_books
from buffet.bench.measuring import Case, Cost, Measuring, in_passes, request
from buffet.gate import Gate
from buffet.remembering import forget
from buffet.rest.pagination import Cursor
from transactions.queries.verification import verify

API = "/api/v1"
PAGE = 50
#: The most that each may cost, in H.
TARGETS = {
    "accounts, unchanged (304)": 1,
    "portfolio overview": 10,
    "accounts": 8,
    "transactions, first page": 10,
    "transactions, thousandth page": 10,
    "create one transaction": 15,
}
OVERVIEW, FIRST, THOUSANDTH = (
    "portfolio overview", "transactions, first page", "transactions, thousandth page",
)  # fmt: skip
BULK = "bulk of 1,000"
UNCHANGED = "accounts, unchanged (304)"


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

    def handle(self, *args: Any, sizes: str, rounds: int, write: bool, **options: Any) -> None:
        """Measure every size and print the result."""
        if options["logins"]:
            with new_database("buffet_bench_logins"):
                self.stdout.write(logins.measure(options["logins"]).report())
            return
        if options["cards"]:
            self.stdout.write(_of_cards())
            return
        if options["exports"]:
            for size in sizes.split(","):
                with new_database(f"buffet_bench_exports_{size.lower()}"):
                    today = timezone.now().date()
                    self.stdout.write(exports.measure(book.load(size_of(size), today), today))
            return
        # As the web process has it: a connection from a pool, checked at each request.
        connection.settings_dict["OPTIONS"] |= {
            # Of imports, one connection imports and the other asks.
            "pool": {"min_size": 1, "max_size": 2 if options["imports"] else 1, "timeout": 5},
            "options": settings.WEB_SESSION,
        }
        gate = Gate(WSGIHandler())
        if options["imports"]:
            with new_database("buffet_bench_imports"):
                self.stdout.write(_of_imports(options["imports"], gate))
            return
        if options["reports"]:
            self.stdout.write(_of_reports(sizes.split(","), rounds, gate))
            return
        result = self._of_requests(sizes.split(","), rounds, gate)
        self.stdout.write(result)
        if write:
            (settings.BASE_DIR / "BENCHMARKS.md").write_text(result)

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
                measuring[size] = Measuring(_cases(its, today, gate), _bare(), gate)
            in_passes(measuring, rounds, turn)
            for size, its in loaded.items():
                turn(size)
                costs[size] = measuring[size].costs()
                if broken := [check.name for check in verify() if not check.ok]:
                    raise CommandError(f"{size}: broken: {broken}")
                if not inserted:
                    inserted[size] = inserts.ratio(its, today, rounds)
        return _report(costs, rates, inserted)


def _of_reports(sizes: list[str], rounds: int, gate: Gate) -> str:
    """Return what the reports cost at several sizes of a book."""
    found, today = [], timezone.now().date()
    # Pages name their style sheet as it was collected.
    call_command("collectstatic", interactive=False, verbosity=0)

    def load(size: str) -> reports.Asking:
        return reports.Asking(book.load(size_of(size), today), today, gate, _bare())

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
    return cards.report(*found, sizes)


def _bare() -> Any:
    handler = bare.handler()
    return lambda: request(handler, "GET", "/hello")


def _cases(loaded: book.Loaded, today: date, handler: Gate) -> list[Case]:
    token = services.open_session(loaded.user).access
    numbers = count()

    def read(path: str) -> Any:
        def send() -> None:
            status, content, _ = request(handler, "GET", API + path, token)
            assert status == 200, content

        return send

    def one() -> dict[str, str]:
        number = next(numbers)
        return {
            "account": str(loaded.accounts[number % 18]),
            "category": str(loaded.categories[number % 30]),
            "vendor": str(loaded.vendors[number % 40]),
            "amount": "-42.50",
            "date": today.isoformat(),
            "description": f"Measured {number}",
        }

    def create() -> None:
        status, content, _ = request(handler, "POST", f"{API}/transactions", token, one())
        assert status == 201, content

    rows = [one() for _ in range(1000)]

    def write_bulk() -> None:
        # As a client does; it is not of what the server spends.
        rows[:] = [one() for _ in range(1000)]

    def bulk() -> None:
        body = {"transactions": rows}
        status, content, _ = request(handler, "POST", f"{API}/transactions/bulk", token, body)
        assert status == 201, content

    overview = read("/reports/accounts/portfolio-overview")

    tag = '"none"'

    def unchanged() -> None:
        nonlocal tag
        # The answer itself when another case has changed the book since.
        status, content, headers = request(handler, "GET", f"{API}/accounts", token, seen=tag)
        assert status in (200, 304), content
        tag = headers["ETag"]

    def forgetful() -> None:
        forget()
        overview()

    place = _cursor(loaded, 1000 * PAGE)
    return [
        Case("who am I", read("/users/me")),
        Case(UNCHANGED, unchanged),
        Case(OVERVIEW, overview),
        Case("portfolio overview, nothing remembered", forgetful),
        Case("accounts", read("/accounts")),
        Case(FIRST, read(f"/transactions?limit={PAGE}")),
        Case(THOUSANDTH, read(f"/transactions?limit={PAGE}&cursor={place}")),
        Case("create one transaction", create),
        Case(BULK, bulk, times=1, before=write_bulk),
    ]


def _cursor(loaded: book.Loaded, depth: int) -> Cursor:
    """Return the cursor behind so many transactions, or in the middle of a smaller book."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date, id FROM transactions_transaction WHERE book_id = %s "
            "ORDER BY date DESC, id DESC OFFSET least(%s, "
            "(SELECT count(*) / 2 FROM transactions_transaction WHERE book_id = %s)) LIMIT 1",
            (loaded.book.id, depth, loaded.book.id),
        )
        day, id = cursor.fetchone()
    return Cursor((day.isoformat(), str(id)))


def _report(
    costs: dict[str, list[Cost]], rates: dict[str, float], inserted: dict[str, float]
) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
    lines = [
        "# What requests cost",
        "",
        f"`make bench ARGS=--write`, {timezone.now():%Y-%m-%d}: "
        f"Python {platform.python_version()}, PostgreSQL {version}, {os.cpu_count()} cores.",
        "CPU per request, Python thread and PostgreSQL backend together; H is a bare Django view",
        "behind the default middleware, measured in alternation; best of the rounds, which go over",
        "the sizes by turns. A book of 20 accounts, 30 categories and 60 months, loaded through",
        "COPY, every guarantee on. The overview remembers the months before the current one as",
        "long as they and the rates stay as they are; *nothing remembered* is the first request of",
        "a process.",
        "",
        "| request | transactions | × H | target | app ms | database ms | statements | |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for text, measured in costs.items():
        for cost in measured:
            target = TARGETS.get(cost.name)
            said, limit = ("", "")
            if target:
                said, limit = ("met" if cost.ratio <= target else "missed", f"≤ {target}")
            elif cost.name == BULK:
                each = 1000 / ((cost.python + cost.database) / 1000)
                said = f"{each:,.0f} transactions/s: {'met' if each >= 5000 else 'missed'}"
                limit = "≥ 5,000/s"
            lines.append(
                f"| {cost.name} | {text} | {cost.ratio:.1f} | {limit} | {cost.python:.2f} | "
                f"{cost.database:.2f} | {cost.statements} | {said} |"
            )
    bares = ", ".join(
        f"{text} {measured[0].bare * 1000:.0f} µs" for text, measured in costs.items()
    )
    lines += ["", f"H: {bares}.", "", *_growth(costs)]
    for text, times in inserted.items():
        said = "met" if times <= 1.6 else "missed"
        lines.append(
            f"- the SQL of a create : the bare inserts at {text}: × {times:.2f} (≤ 1.6: {said})"
        )
    lines.append("")
    lines += [f"- COPY of {text}: {rate:,.0f} transactions/s" for text, rate in rates.items()]
    return "\n".join(lines) + "\n"


def _growth(costs: dict[str, list[Cost]]) -> list[str]:
    """Return how the overview grows with the book, and how deep pages compare with the first."""
    named = {text: {cost.name: cost for cost in measured} for text, measured in costs.items()}
    first, last = next(iter(named)), list(named)[-1]

    def total(cost: Cost) -> float:
        return cost.python + cost.database

    found = []
    if first != last:
        times = total(named[last][OVERVIEW]) / total(named[first][OVERVIEW])
        said = "met" if times <= 1.15 else "missed"
        found.append(f"- portfolio overview, {first} → {last}: × {times:.2f} (≤ 1.15: {said})")
    for text, measured in named.items():
        times = total(measured[THOUSANDTH]) / total(measured[FIRST])
        said = "met" if 0.75 <= times <= 1.25 else "missed"
        found.append(f"- thousandth page : first page at {text}: × {times:.2f} (± 25 %: {said})")
    return found
