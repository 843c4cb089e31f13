"""What importing a long file costs, beside a COPY of the same rows into the same tables.

The file is a year of an account's lines as CSV, all of them new; it is read, matched, committed in
chunks as requests do it, and reverted. The COPY is of as many transactions with their entries, with
every trigger and index on. Wall time; and CPU of the Python thread and of its backend, which other
work on the machine does not change. Meanwhile another book's accounts are read, again and again;
what that takes beside an import and beside none is measured by turns, since what a shared machine
does in the next seconds is a matter of chance.
"""

import io
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from buffet import services
from buffet.audit import Actor, writing
from buffet.bench.book import Loaded, copy_purchases
from buffet.bench.measuring import request, spent
from buffet.gate import Application
from buffet.interpreter import settle
from buffet.models import Attempts, Book, User
from transactions import services as ledger
from transactions.imports.apart import reader
from transactions.models import ImportStatus

DAYS = 365
#: What commit may cost beside the COPY, lines a second from upload to committed, MiB of memory, and
#: how many times longer others may wait meanwhile, 95 % of them.
TARGETS = {"ratio": 1.5, "rate": 5000, "memory": 64, "wait": 1.5}
PAUSE = 0.01
#: The two steps of an import.
UPLOAD, COMMIT = "upload to preview", "commit"
#: What is done while another book is asked, besides.
NOTHING, COUNTING = "nothing", "another process that only counts"
#: So many files are imported, and before each, another book is asked while nobody imports, for so
#: many seconds.
TURNS, ALONE = 4, 5


@dataclass(frozen=True, slots=True)
class Spent:
    """What a step took, in seconds: of the clock, of the Python thread, of the backend."""

    wall: float
    python: float
    database: float

    @property
    def cpu(self) -> float:
        """CPU on both sides."""
        return self.python + self.database


@dataclass(frozen=True, slots=True)
class Measured:
    """What the steps took, the growth of memory in MiB, and another book's milliseconds.

    These are by what is done meanwhile: nothing, counting, and the steps of an import.
    """

    lines: int
    steps: dict[str, Spent]
    requests: int
    memory: float
    #: Of the process that read the file, all of it.
    reader: float
    asked: dict[str, list[float]]


def measure(loaded: Loaded, today: date, lines: int, handler: Application) -> Measured:
    """Import a file of so many lines into a book, and copy as many rows into another account."""
    by = Actor(loaded.user.id, "api", "measured", loaded.user.email)
    content = _file(lines, today)
    copied, imported = (_account(loaded.book, by, today, name) for name in ("Copied", "Imported"))
    _import(loaded.book, by, _account(loaded.book, by, today, "Warm"), _file(100, today))
    ask = _asking(_neighbour(today), handler)
    settle()  # as the web process does when it has loaded
    asked: dict[str, list[float]] = {}
    steps: dict[str, Spent] = {}
    _ask_alone(ask, asked)
    with _peak() as memory, _reader_watched() as most:
        id, requests = _import(
            loaded.book, by, imported, content, lambda name: _watched(name, steps, ask, asked)
        )
    with _step("COPY", steps), writing(loaded.book.id, by=by):
        uncategorized = [loaded.categories[0]]
        where = [(copied, "BRL")]
        copy_purchases(loaded.book.id, lines, today, DAYS, where, uncategorized, loaded.vendors)
    with _step("the same file again", steps):
        ledger.preview(
            book=loaded.book, by=by, account_id=imported, file=io.BytesIO(content), file_name="x"
        )
    with _step("revert", steps):
        ledger.revert(book=loaded.book, by=by, import_id=id)
    for turn in range(1, TURNS):
        _ask_alone(ask, asked)
        account = _account(loaded.book, by, today, f"Imported, turn {turn + 1}")
        _import(loaded.book, by, account, content, lambda name: _asked_meanwhile(ask, name, asked))
    return Measured(lines, steps, requests, memory[0], most[0], asked)


def _file(lines: int, today: date) -> bytes:
    chance = random.Random(7)
    days = sorted(chance.randrange(DAYS) for _ in range(lines))
    rows = [
        f"{today - timedelta(days=DAYS - day)};Purchase {number};-{chance.randrange(1, 500)},"
        f"{chance.randrange(100):02}"
        for number, day in enumerate(days)
    ]
    return "\n".join(["Date;Description;Amount", *rows, ""]).encode()


def _account(book: Book, by: Actor, today: date, name: str) -> UUID:
    return ledger.open_account(
        book=book, by=by, today=today, name=name, kind="checking", currency="BRL"
    ).id


def _import(
    book: Book,
    by: Actor,
    account: UUID,
    content: bytes,
    step: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> tuple[UUID, int]:
    """Import a file as requests do it; return the import, and how many requests it took."""
    with step(UPLOAD):
        started = ledger.preview(
            book=book, by=by, account_id=account, file=io.BytesIO(content), file_name="x.csv"
        )
    requests = 0
    with step(COMMIT):
        while started.status != ImportStatus.COMMITTED:
            requests += 1
            started = ledger.commit(
                book=book, by=by, import_id=started.id, seconds=settings.IMPORT_SECONDS
            )
    return started.id, requests


@contextmanager
def _step(name: str, steps: dict[str, Spent]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pids = [cursor.fetchone()[0]]
    begun, (python, database) = time.perf_counter(), spent(pids)
    yield
    wall, (python_end, database_end) = time.perf_counter() - begun, spent(pids)
    steps[name] = Spent(wall, (python_end - python) / 1e9, (database_end - database) / 1e9)


@contextmanager
def _watched(
    name: str, steps: dict[str, Spent], ask: Callable[[], None], asked: dict[str, list[float]]
) -> Iterator[None]:
    """Measure a step, and what another book is answered in meanwhile."""
    with _asked_meanwhile(ask, name, asked), _step(name, steps):
        yield


@contextmanager
def _peak() -> Iterator[list[float]]:
    """Measure by how many MiB the process grows at the most."""
    found: list[float] = []
    Path("/proc/self/clear_refs").write_text("5")
    before = _kilobytes("VmRSS")
    yield found
    found.append((_kilobytes("VmHWM") - before) / 1024)


@contextmanager
def _reader_watched() -> Iterator[list[float]]:
    """Look at the process that reads a file, and note how many MiB it has at the most."""
    done, found = threading.Event(), [0.0]

    def go_on() -> None:
        while not done.wait(0.02):
            for task in Path("/proc/self/task").iterdir():
                # Tasks and processes may be gone by now; and before a child has another program,
                # it is as large as this process.
                with suppress(OSError, StopIteration):
                    for child in (task / "children").read_text().split():
                        if reader.__name__ in Path(f"/proc/{child}/cmdline").read_text():
                            found[0] = max(found[0], _kilobytes("VmHWM", child) / 1024)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def _kilobytes(name: str, process: str = "self") -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def _neighbour(today: date) -> User:
    """Return somebody with a book of their own."""
    user = User.objects.create_user("neighbour@example.com", None, name="Neighbour")
    by = Actor(user.id, "command", email=user.email)
    book = services.create_book(
        by=by, user_id=user.id, name="Theirs", base_currency="BRL", time_zone="UTC"
    )
    for number in range(10):
        ledger.open_account(
            book=book, by=by, today=today, name=f"Account {number}", kind="cash", currency="BRL",
            opened_on=today, opening_balance=Decimal("10.00"),
        )  # fmt: skip
    user.refresh_from_db()
    return user


def _asking(user: User, handler: Application) -> Callable[[], None]:
    token = services.open_session(user).access

    def ask() -> None:
        status, content, _ = request(handler, "GET", "/api/v1/accounts", token)
        assert status == 200, content

    return ask


def _timed(send: Callable[[], None]) -> float:
    begun = time.perf_counter()
    send()
    return (time.perf_counter() - begun) * 1000


@contextmanager
def _busy() -> Iterator[None]:
    """Keep one processor busy: what others feel of that is the machine's doing, not ours."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        yield
        process.kill()


@contextmanager
def _asked_meanwhile(
    ask: Callable[[], None], name: str, asked: dict[str, list[float]]
) -> Iterator[None]:
    """Have a thread ask with pauses, and note how many milliseconds each answer took."""
    done, found = threading.Event(), asked.setdefault(name, [])

    def go_on() -> None:
        while not done.wait(PAUSE):
            # As if a minute had passed, so that no limit is reached.
            if len(found) % 100 == 0:
                Attempts.objects.all().delete()
            found.append(_timed(ask))
        connection.close()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _ask_alone(ask: Callable[[], None], asked: dict[str, list[float]]) -> None:
    """Have another book asked while nothing else happens, and while a process only counts."""
    with _asked_meanwhile(ask, NOTHING, asked):
        time.sleep(ALONE)
    with _asked_meanwhile(ask, COUNTING, asked), _busy():
        time.sleep(ALONE)


def _p95(milliseconds: Sequence[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[-1]


def report(measured: Measured) -> str:
    """Return the figures as text, each with its target."""
    steps = measured.steps
    rows = [
        f"- {name}: {step.wall:.2f} s ({measured.lines / step.wall:,.0f} lines/s); CPU "
        f"{step.python:.2f} s Python, {step.database:.2f} s PostgreSQL"
        for name, step in steps.items()
    ]
    commit, copy = steps[COMMIT], steps["COPY"]
    seconds = steps[UPLOAD].wall + commit.wall
    whole = [one for name in (UPLOAD, COMMIT) for one in measured.asked[name]]
    waits = _p95(whole) / _p95(measured.asked[NOTHING])
    figures = (
        ("commit : COPY, wall", commit.wall / copy.wall, TARGETS["ratio"], False),
        ("commit : COPY, CPU", commit.cpu / copy.cpu, TARGETS["ratio"], False),
        ("lines/s from upload to committed", measured.lines / seconds, TARGETS["rate"], True),
        ("MiB more memory", measured.memory, TARGETS["memory"], False),
        ("p95 of another book, while importing : while nothing", waits, TARGETS["wait"], False),
    )
    for name, value, target, is_least in figures:
        met = value >= target if is_least else value <= target
        sign, said = ("≥" if is_least else "≤"), ("met" if met else "missed")
        rows.append(f"- {name}: {value:,.2f} ({sign} {target:,}: {said})")
    rows += [
        f"- p95 of another book's accounts during {name}: {_p95(milliseconds):.1f} ms, median "
        f"{statistics.median(milliseconds):.1f}"
        for name, milliseconds in [*measured.asked.items(), ("both", whole)]
    ]
    rows.append(f"- the process that read the file had {measured.reader:.0f} MiB at most")
    rows.append(f"- {measured.requests} requests to commit")
    return "\n".join(rows) + "\n"
