"""New databases to measure in, and sizes as people say them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection


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
    _switch(name)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        _switch(home)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _switch(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name
