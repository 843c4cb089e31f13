"""Which migrations are new."""

import subprocess
from collections.abc import Set
from pathlib import Path

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from buffet.migrating.checking import Key


class UnknownRelease(Exception):
    """Git does not know the release."""


def new_since(loader: MigrationLoader, root: Path, release: str) -> set[Key]:
    """Return our migrations whose files a commit, branch or tag does not have.

    :raises UnknownRelease: if git does not know it.
    """
    command = ["git", "ls-tree", "-r", "--name-only", "--end-of-options", release]
    try:
        told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    except OSError as error:
        raise UnknownRelease(f"git cannot be asked: {error}") from error
    if told.returncode:
        raise UnknownRelease(told.stderr.strip())
    files = set(told.stdout.splitlines())
    released = {
        (app.label, name)
        for app in apps.get_app_configs()
        for label, name in loader.disk_migrations
        if label == app.label
        # Those of packages come with a pinned version, and are looked at before they are applied.
        if Path(app.path).parent != root or f"{Path(app.path).name}/migrations/{name}.py" in files
    }
    return _without(loader, released)


def not_applied(loader: MigrationLoader) -> set[Key]:
    """Return the migrations that the loader's database has not run, with those of packages."""
    return _without(loader, set(loader.applied_migrations))


def _without(loader: MigrationLoader, released: Set[Key]) -> set[Key]:
    return {
        key
        for key, migration in loader.graph.nodes.items()
        if key not in released
        # One that only replaces what is released does nothing.
        if not (migration.replaces and set(migration.replaces) <= released)
    }
