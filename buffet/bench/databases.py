"""New databases to measure in, and sizes as people say them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from django.core.management import call_command
from django.db import connection

from buffet.gate import Gate
from buffet.postgresql.base import own

T = TypeVar("T")


def size_of(text: str) -> int:
    """Return the number in 10k or 1M."""
    units = {"k": 1000, "M": 1_000_000}
    return int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)


@contextmanager
def new_database(name: str) -> Iterator[None]:
    """Work in a new database, dropped afterwards."""
    home = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    turn_to(name)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        turn_to(home)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def with_books(
    sizes: Sequence[str], prefix: str, load: Callable[[str], T], gate: Gate
) -> Iterator[tuple[dict[str, T], Callable[[str], None]]]:
    """Have a new database for each size, with what was loaded into it and how to turn to it."""
    names = {size: f"{prefix}_{size.lower()}" for size in sizes}
    loaded = {}

    def turn(size: str) -> None:
        turn_to(names[size])
        gate.ask.close()

    with ExitStack() as databases:
        for size, name in names.items():
            databases.enter_context(new_database(name))
            gate.ask.close()
            loaded[size] = load(size)
        yield loaded, turn


def turn_to(name: str) -> None:
    """Connect to another database from now on."""
    connection.close()
    own().close_pool()
    connection.settings_dict["NAME"] = name
