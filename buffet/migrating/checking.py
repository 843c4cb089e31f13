"""Find what new migrations break."""

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from django.db.migrations import Migration, RunSQL, SeparateDatabaseAndState
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from buffet.migrating import operations, statements
from buffet.migrating.operations import Change
from buffet.migrating.rules import Rule

#: A migration is known by its app and name.
Key = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """A rule that an operation of a migration breaks."""

    migration: Migration
    operation: str
    rule: Rule

    def __str__(self) -> str:
        """Return a sentence."""
        return f"{self.migration}: {self.operation}: {self.rule.why}; {self.rule.instead}."


def check(graph: MigrationGraph, new: Collection[Key]) -> dict[Migration, list[Finding]]:
    """Return the new migrations in the order they are run, and what each breaks."""
    state, reader = ProjectState(), _Reader()
    checked = {}
    for key in _in_order(graph):
        migration = cast("Migration", graph.nodes[key])
        if key in new:
            checked[migration] = list(reader.read(migration, migration.operations, state))
        else:
            migration.mutate_state(state, preserve=False)
    return checked


def reason(migration: Migration) -> str:
    """Return why a migration, or its module, says that it is safe; "" if it does not."""
    module = sys.modules[migration.__module__]
    said = getattr(migration, "safe", None) or getattr(module, "safe", None)
    return said if isinstance(said, str) else ""


def _in_order(graph: MigrationGraph) -> Iterable[Key]:
    return dict.fromkeys(key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf))


@dataclass
class _Reader:
    """Reads operations in order, and remembers the tables they make: nobody uses those yet."""

    made: set[str] = field(default_factory=set)

    def read(
        self, migration: Migration, listed: Iterable[Operation], state: ProjectState
    ) -> Iterator[Finding]:
        """Yield what operations break, and bring the state forwards."""
        app = migration.app_label
        for operation in listed:
            before = state.clone()
            operation.state_forwards(app, state)
            if isinstance(operation, SeparateDatabaseAndState):
                # What it does to the state alone changes nothing in the database.
                yield from self.read(migration, operation.database_operations, before)
            elif isinstance(operation, RunSQL):
                yield from self._read_sql(migration, operation)
            else:
                for rule in self._broken(operation, Change(app, before, state)):
                    yield Finding(migration, operation.describe(), rule)

    def _broken(self, operation: Operation, change: Change) -> Iterator[Rule]:
        name = getattr(operation, "model_name", None) or getattr(operation, "name", None)
        if name is None:
            return
        old = operations.table(change.before, change.app, name)
        new = operations.table(change.after, change.app, getattr(operation, "new_name", name))
        if old in self.made or (old is None and new is not None):
            self.made.add(new or "")
        elif old is not None:
            yield from operations.broken(operation, change)

    def _read_sql(self, migration: Migration, operation: RunSQL) -> Iterator[Finding]:
        parts = [operation.sql] if isinstance(operation.sql, str) else operation.sql
        for part in parts:
            for statement in statements.statements(part if isinstance(part, str) else part[0]):
                for rule in statements.broken(statement, self.made):
                    yield Finding(migration, f"SQL “{statement[:80]}”", rule)
                self.made.update(statements.tables_made(statement))
