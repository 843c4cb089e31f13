"""Traps that other finance systems fell into: races."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_migrations_from_three_instances_at_once_leave_one_migrated_database() -> None:
    home = database_url()
    name = f"{connection.settings_dict['NAME']}_empty"
    empty = home.replace(f"/{connection.settings_dict['NAME']}", f"/{name}", 1)
    with psycopg.connect(home, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            instances = [
                subprocess.Popen(
                    [sys.executable, ROOT / "manage.py", "migrate", "--verbosity=0"],
                    env=os.environ | {"DATABASE_URL": empty},
                    stderr=subprocess.PIPE,
                    text=True,
                )
                for _ in range(3)
            ]
            ends = [(one.communicate(timeout=240)[1], one.returncode) for one in instances]
            with psycopg.connect(empty) as migrated:
                twice = migrated.execute(
                    "SELECT app, name FROM django_migrations GROUP BY 1, 2 HAVING count(*) > 1"
                ).fetchall()
                users = migrated.execute("SELECT count(*) FROM buffet_user").fetchone()
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    assert [code for _, code in ends] == [0, 0, 0], ends
    assert (twice, users) == ([], (0,))
