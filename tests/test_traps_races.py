"""Traps that other finance systems fell into: races."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from conftest import Api
from django.db import connection
from django.test import Client

from buffet import services
from buffet.bench.serving import database_url
from buffet.management.commands.migrate import LOCK
from buffet.models import User

ROOT = Path(__file__).resolve().parent.parent
NAMED = {
    "accounts": {"kind": "cash", "currency": "BRL"},
    "brokers": {},
    "categories": {"type": "expense"},
    "vendors": {},
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("resource", NAMED)
def test_parallel_creates_of_the_same_name_give_one(resource: str, owner: User) -> None:
    token, barrier = services.open_session(owner).access, Barrier(8)

    def create(_: int) -> Any:
        try:
            barrier.wait(30)
            answer = Api(Client(), token).post(f"/{resource}", {"name": "Same"} | NAMED[resource])
            return answer.status_code, answer.json().get("code")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(create, range(8)))

    assert [status for status, _ in answers] == [201] + [409] * 7
    listed = Api(Client(), token).get(f"/{resource}").json()["results"]
    assert [row["name"] for row in listed] == ["Same"]


@contextmanager
def empty_database() -> Iterator[str]:
    """Yield the URL of a database of its own, which nobody has migrated."""
    home = database_url()
    name = f"{connection.settings_dict['NAME']}_empty"
    with psycopg.connect(home, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield home.replace(f"/{connection.settings_dict['NAME']}", f"/{name}", 1)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrating(url: str, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "migrate", *options],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_migrations_from_three_instances_at_once_leave_one_migrated_database() -> None:
    with empty_database() as empty:
        instances = [migrating(empty, "--verbosity=0") for _ in range(3)]
        ends = [(one.communicate(timeout=240)[1], one.returncode) for one in instances]
        with psycopg.connect(empty) as migrated:
            twice = migrated.execute(
                "SELECT app, name FROM django_migrations GROUP BY 1, 2 HAVING count(*) > 1"
            ).fetchall()
            users = migrated.execute("SELECT count(*) FROM buffet_user").fetchone()

    assert [code for _, code in ends] == [0, 0, 0], ends
    assert (twice, users) == ([], (0,))


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_who_waits_to_migrate_holds_up_no_index_that_is_made_concurrently() -> None:
    with empty_database() as empty, psycopg.connect(empty, autocommit=True) as first:
        first.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        first.execute("CREATE TABLE big AS SELECT 1 AS number")
        second = migrating(empty, "--plan")
        said = second.stdout.readline()
        first.execute("SET statement_timeout = '10s'")
        first.execute("CREATE INDEX CONCURRENTLY big_number ON big (number)")
        first.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        plan, trouble = second.communicate(timeout=60)

    assert said == "Another one migrates; waiting for it to finish.\n"
    assert "buffet.0001_initial" in plan
    assert (second.returncode, trouble) == (0, "")
