"""What exports cost beside COPY TO of the same rows, in time and memory, and loading back."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from tempfile import TemporaryFile
from typing import IO

from django.db import connection
from psycopg.sql import SQL, Literal

from buffet.audit import Actor
from buffet.bench.book import Loaded
from buffet.models import Book
from reports.exports.kinds import EXPORTS
from reports.exports.streaming import one_state
from transactions.books.loading import load_book
from transactions.models import Entry

#: The most that memory may grow, in MiB, and the least part of the speed of COPY TO.
GROWTH, RATIO = 32, 0.5
MEASURED = ("transactions.csv", "book.jsonl", "book.beancount", "book.hledger")
_ROWS = (
    "SELECT * FROM transactions_transaction WHERE book_id = {}",
    "SELECT * FROM transactions_entry WHERE book_id = {}",
)
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A file: seconds, MiB of it, and MiB by which the process grew meanwhile."""

    seconds: float
    size: float
    growth: float


def measure(loaded: Loaded, today: date) -> str:
    """Return what was measured, as a table."""
    entries = Entry.objects.filter(book=loaded.book).count()
    copied = min(_timed(lambda: _copied(loaded.book)).seconds for _ in range(ROUNDS))
    lines = [
        f"{entries:,} entries; COPY TO of the same rows: {copied:.2f} s",
        "",
        f"| file | seconds | MB | × COPY TO (≥ {RATIO}) | memory, MiB (≤ {GROWTH}) | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name in MEASURED:
        many = [_timed(partial(_written, name, loaded.book, today)) for _ in range(ROUNDS)]
        best = min(one.seconds for one in many)
        growth, ratio = max(one.growth for one in many), copied / best
        is_met = growth <= GROWTH and ratio >= RATIO
        lines.append(
            f"| {name} | {best:.2f} | {many[0].size:.0f} | {ratio:.2f} | {growth:.1f} | "
            f"{'met' if is_met else 'missed'} |"
        )
    with TemporaryFile() as file:
        for piece in _written("book.jsonl", loaded.book, today):
            file.write(piece)
        lines += ["", _loaded(file, loaded)]
    return "\n".join(lines) + "\n"


def _loaded(file: IO[bytes], loaded: Loaded) -> str:
    file.seek(0)
    count = sum(1 for _ in file)
    file.seek(0)
    by = Actor(loaded.user.id, "command", email=loaded.user.email)
    before, begun = resident(), time.perf_counter()
    load_book(by=by, user_id=loaded.user.id, file=file)
    seconds = time.perf_counter() - begun
    rate, growth = count / seconds, resident() - before
    return (
        f"loaded and verified: {count:,} lines in {seconds:.1f} s, {rate:,.0f} a second, where the "
        f"bare COPY of the book took {loaded.seconds:.1f} s; memory {growth:.1f} MiB"
    )


def _timed(make: Callable[[], Iterator[bytes]]) -> Written:
    before = highest = resident()
    begun, size = time.perf_counter(), 0
    for number, piece in enumerate(make()):
        size += len(piece)
        if number % 64 == 0:
            highest = max(highest, resident())
    seconds = time.perf_counter() - begun
    return Written(seconds, size / 1e6, max(highest, resident()) - before)


def _copied(book: Book) -> Iterator[bytes]:
    for sql in _ROWS:
        with (
            connection.cursor() as cursor,
            cursor.copy(SQL(f"COPY ({sql}) TO STDOUT").format(Literal(book.id))) as rows,
        ):
            yield from rows


def _written(name: str, book: Book, today: date) -> Iterator[bytes]:
    with one_state(connection, book.id):
        yield from EXPORTS[name].write(book, today, {})


def resident() -> float:
    """Return how much memory the process has, in MiB."""
    with open("/proc/self/statm", encoding="ascii") as told:
        return int(told.read().split()[1]) * 4096 / 2**20
