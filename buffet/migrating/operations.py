"""Rules about the operations of migrations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection
from django.db.migrations import operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CheckConstraint

from buffet.migrating.rules import (
    DEFAULT_GONE,
    FILLED,
    GONE,
    INDEX,
    NARROWER,
    NOT_NULL,
    RENAMED,
    REQUIRED,
    RETYPED,
    UNCHECKED,
    UNIQUE,
    Rule,
)

# Types whose size may grow, which changes no row; only numbers have a scale.
_SIZED = re.compile(r"(?:varchar|numeric)\((?P<size>\d+)(?:, ?(?P<scale>\d+))?\)")
_ENDLESS = ("text", "varchar")


@dataclass(frozen=True)
class Change:
    """What the models of an app are before an operation, and after it."""

    app: str
    before: ProjectState
    after: ProjectState


def table(state: ProjectState, app: str, model: str) -> str | None:
    """Return the name of a model's table; None where migrations keep none for it."""
    known = state.models.get((app, model.lower()))
    if known is None or known.options.get("proxy") or not known.options.get("managed", True):
        return None
    return str(known.options.get("db_table") or f"{app}_{model.lower()}").lower()


@singledispatch
def broken(operation: Operation, change: Change) -> Iterator[Rule]:
    """Yield the rules that an operation breaks on a table that the release before has."""
    yield from ()


@broken.register(operations.RemoveField)
@broken.register(operations.DeleteModel)
def _gone(operation: Operation, change: Change) -> Iterator[Rule]:
    yield GONE


@broken.register
def _model_renamed(operation: operations.RenameModel, change: Change) -> Iterator[Rule]:
    old = table(change.before, change.app, operation.old_name)
    if old != table(change.after, change.app, operation.new_name):
        yield RENAMED


@broken.register
def _table_renamed(operation: operations.AlterModelTable, change: Change) -> Iterator[Rule]:
    old = table(change.before, change.app, operation.name)
    if old != table(change.after, change.app, operation.name):
        yield RENAMED


@broken.register
def _field_renamed(operation: operations.RenameField, change: Change) -> Iterator[Rule]:
    old = _field(change.before, change.app, operation.model_name, operation.old_name)
    new = _field(change.after, change.app, operation.model_name, operation.new_name)
    if old.column != new.column:
        yield RENAMED


@broken.register
def _field_added(operation: operations.AddField, change: Change) -> Iterator[Rule]:
    field: Any = operation.field
    if field.many_to_many:
        return
    if field.generated:
        yield FILLED
    elif not field.null and not field.has_db_default():
        yield REQUIRED
    if field.unique:
        yield UNIQUE
    elif field.db_index:
        yield INDEX


@broken.register
def _field_altered(operation: operations.AlterField, change: Change) -> Iterator[Rule]:
    old = _field(change.before, change.app, operation.model_name, operation.name)
    new = _field(change.after, change.app, operation.model_name, operation.name)
    if old.column != new.column:
        yield RENAMED
    if old.null and not new.null:
        yield NOT_NULL
    if not new.null and old.has_db_default() and not new.has_db_default():
        yield DEFAULT_GONE
    yield from _retyped(old.db_parameters(connection), new.db_parameters(connection))
    if new.unique and not old.unique:
        yield UNIQUE
    elif new.db_index and not (old.db_index or old.unique):
        yield INDEX
    if _references(new) not in (None, _references(old)):
        yield UNCHECKED


@broken.register
def _index_added(operation: operations.AddIndex, change: Change) -> Iterator[Rule]:
    yield INDEX


@broken.register
def _constraint_added(operation: operations.AddConstraint, change: Change) -> Iterator[Rule]:
    yield UNCHECKED if isinstance(operation.constraint, CheckConstraint) else UNIQUE


@broken.register
def _unique_together(operation: operations.AlterUniqueTogether, change: Change) -> Iterator[Rule]:
    options = change.before.models[change.app, operation.name_lower].options
    if set(operation.option_value or ()) - set(options.get("unique_together", ())):
        yield UNIQUE


@broken.register(AddIndexConcurrently)
@broken.register(AddConstraintNotValid)
def _made_while_people_write(operation: Operation, change: Change) -> Iterator[Rule]:
    yield from ()


def _field(state: ProjectState, app: str, model: str, name: str) -> Any:
    # Of a clone, since a state whose models were made is slow to change.
    return state.clone().apps.get_model(app, model)._meta.get_field(name)


def _retyped(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Rule]:
    if old.get("collation") != new.get("collation"):
        yield RETYPED
    elif old["type"] != new["type"]:
        yield from _resized(old["type"] or "", new["type"] or "")
    if new["check"] not in (None, old["check"]):
        yield NARROWER


def _resized(old: str, new: str) -> Iterator[Rule]:
    if new in _ENDLESS and (old in _ENDLESS or old.startswith("varchar(")):
        return
    was, becomes = _SIZED.fullmatch(old), _SIZED.fullmatch(new)
    if not (was and becomes) or was["scale"] != becomes["scale"]:
        yield RETYPED
    elif int(becomes["size"]) < int(was["size"]):
        yield NARROWER


def _references(field: Any) -> str | None:
    return field.remote_field.model._meta.label if getattr(field, "db_constraint", False) else None
