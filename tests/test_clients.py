"""Clients that are generated from the OpenAPI document do their work on a real server."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import orjson
import pytest
from conftest import PASSWORD
from serving import serving
from test_imports import ofx

from buffet.models import Book, User
from buffet.settings import PASSWORD_HASHERS

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "tests" / "clients"
DOCUMENT = str(ROOT / "openapi.yaml")
#: What the template of the generator says of types is not ours to mend.
TYPES = ("mypy", "--strict", "--config-file=", "--cache-dir=cache", "--follow-imports=silent")


@pytest.fixture
def told(
    settings: Any, book: Book, person: Callable[..., User], tmp_path: Path
) -> Iterator[tuple[str, ...]]:
    """What a story is told: a server, who signs in there, and a bank's file."""
    # The server checks passwords in earnest.
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    user = person("owner", book)
    statement = tmp_path / "march.ofx"
    rows = [("20250301", "-35.34", "A1", "Market"), ("20250302", "100.00", "A2", "Gift")]
    statement.write_bytes(ofx(rows, closing="3759.63"))
    with serving() as server:
        yield server.url, user.email, PASSWORD, str(statement)


def run(folder: Path, *command: str) -> None:
    """Run a program of the virtual environment, Node among them, which finds nothing bad."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-10_000:]
    assert "warn" not in done.stdout.lower(), done.stdout[-10_000:]


@pytest.mark.django_db(transaction=True)
def test_a_generated_python_client_tells_the_main_story(
    told: tuple[str, ...], tmp_path: Path
) -> None:
    copytree(CLIENTS / "python", tmp_path, dirs_exist_ok=True)
    generate = ("openapi-python-client", "generate", "--path", DOCUMENT, "--fail-on-warning")

    run(tmp_path, *generate, "--meta", "none", "--output-path", "buffet_client")

    run(tmp_path, *TYPES, "story.py")
    run(tmp_path, "python", "-W", "error", "story.py", *told)


@pytest.mark.django_db(transaction=True)
def test_a_generated_typescript_client_tells_the_main_story(
    told: tuple[str, ...], tmp_path: Path
) -> None:
    copytree(CLIENTS / "typescript", tmp_path, dirs_exist_ok=True)
    copy(CLIENTS / "package.json", tmp_path)
    (tmp_path / "node_modules").symlink_to(CLIENTS / "node_modules")

    run(tmp_path, "node_modules/.bin/openapi-typescript", DOCUMENT, "--output", "schema.d.ts")

    run(tmp_path, "node_modules/.bin/tsc", "--noEmit", "--strict", "--project", ".")
    run(tmp_path, "node", "--throw-deprecation", "story.ts", *told)


def test_the_lock_of_the_node_packages_names_no_host() -> None:
    lock = (CLIENTS / "package-lock.json").read_bytes()
    packages = orjson.loads(lock)["packages"]

    assert b"://" not in lock
    assert all("integrity" in package for name, package in packages.items() if name)
