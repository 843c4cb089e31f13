"""Read events of all histories at once: each with what was before it and what came of it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.urls import reverse

from buffet.admin.masking import HIDDEN, may_be_amount
from buffet.audit import Event
from buffet.models import KEPT, Book, User

#: The events of one change, or of one row, that are shown.
MOST = 50
#: What is no news: keys, and what the database stamps.
_SILENT = frozenset({"id", "entry_id", "book_id", "created_at", "created_by", "created_via", *KEPT})
#: What a row without a name of its own is called by, the first that it has.
_NAMED_BY = ("account", "transaction", "plan", "subscription")
#: What a row that was added tells of its beginning: it never changes.
_FROM_THE_START = frozenset({"source"})

# What a row became is in its next event, or in the row itself. OFFSET 0 keeps the latest events
# from being looked for by a walk through all of them.
_EVENTS = """
SELECT '{label}' AS model, e.pgh_id, e.pgh_obj_id::text AS row_id, e.pgh_label,
    e.pgh_created_at, e.pgh_context_id, to_jsonb(e)::text AS before, coalesce(
        (SELECT to_jsonb(n)::text FROM {events} n
            WHERE n.pgh_obj_id = e.pgh_obj_id AND n.pgh_id > e.pgh_id ORDER BY n.pgh_id LIMIT 1),
        (SELECT to_jsonb(r)::text FROM {table} r WHERE r.{key} = e.pgh_obj_id)
    ) AS after
FROM ({wanted}) AS e ORDER BY e.pgh_id DESC LIMIT {most}
"""
_OF_ROW = "SELECT * FROM {events} e WHERE e.{column} = %s OFFSET 0"
# So many of each change: a large one leaves room for the others.
_OF_CHANGES = """
SELECT e.* FROM unnest(%s::uuid[]) AS change (id), LATERAL (
    SELECT * FROM (SELECT * FROM {events} e WHERE e.pgh_context_id = change.id OFFSET 0) AS e
    ORDER BY e.pgh_id DESC LIMIT {most}
) AS e
"""
_WITH_CONTEXT = """
SELECT f.*, c.metadata::text FROM ({found}) AS f
LEFT JOIN pghistory_context c ON c.id = f.pgh_context_id
ORDER BY f.pgh_created_at DESC, f.model, f.pgh_id DESC
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that an event changed; of a deletion, what it had."""

    field: str
    before: str
    after: str
    is_amount: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """When a row that was deleted had been added, by whom and through which door."""

    at: datetime
    who: str
    door: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words: when, what became of which row, who did it by which door, and why."""

    at: datetime
    model: type[models.Model]
    row_id: str
    label: str
    name: str
    who: str
    door: str
    reason: str
    differences: Sequence[Difference]
    #: The book that the row is of; None for what is of none.
    book_id: UUID | None = None
    #: Of a deletion, how the row had come.
    origin: Origin | None = None

    def without_amounts(self) -> "Told":
        """Return it for who may not see the amounts of its book."""
        told = (
            replace(one, before=HIDDEN, after=HIDDEN, is_hidden=True) if one.is_amount else one
            for one in self.differences
        )
        return replace(self, differences=tuple(told))

    def is_deletion_of(self, row: models.Model) -> bool:
        """Whether it tells that a row was deleted."""
        return self.label == "deleted" and (self.model, self.row_id) == (type(row), str(row.pk))

    @property
    def address(self) -> str:
        """The page of the row, while it is there and has one."""
        if self.label == "deleted" or not admin.site.is_registered(self.model):
            return ""
        name = f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_change"
        return reverse(name, args=[self.row_id])

    @property
    def what(self) -> str:
        """The kind of row."""
        return str(self.model._meta.verbose_name)


@cache
def histories() -> Mapping[str, tuple[type[models.Model], type[Event]]]:
    """Return the models that have a history, and it, by label."""
    events = [model for model in apps.get_models() if issubclass(model, Event)]
    return {
        tracked._meta.label_lower: (tracked, model)
        for model in events
        if (tracked := getattr(model, "pgh_tracked_model", None)) is not None
    }


def of_rows(*wanted: tuple[type[models.Model], str, Any]) -> list[Told]:
    """Return what happened to rows, the latest first: those of a model whose column has a value."""
    parts, values = [], []
    for model, column, value in wanted:
        field = "pgh_obj_id" if column == "pk" else column
        parts.append(_events(model._meta.label_lower, _OF_ROW, column=field))
        values.append(value)
    return _read(parts, values)[:MOST]


def of_changes(ids: Sequence[UUID]) -> dict[UUID, list[Told]]:
    """Return what each of some changes did, of each at most so many events of a kind."""
    parts = [_events(label, _OF_CHANGES, most=MOST * len(ids)) for label in histories()]
    told: dict[UUID, list[Told]] = defaultdict(list)
    for row, one in _rows(parts, [list(ids)] * len(parts)):
        told[row["pgh_context_id"]].append(one)
    return told


def counts_of(change_id: UUID) -> dict[str, int]:
    """Return how many rows of which kind a change touched, by what it did to them."""
    parts = [
        f"SELECT '{label}' AS model, pgh_label, count(*) FROM {history._meta.db_table} "
        "WHERE pgh_context_id = %s GROUP BY pgh_label"
        for label, (_, history) in histories().items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [change_id] * len(parts))
        rows = cursor.fetchall()
    return {f"{_plural(label, count)} {_LABELS[what]}": count for label, what, count in rows}


_LABELS = {"update": "changed", "delete": "deleted", "insert": "added"}


def _plural(label: str, count: int) -> str:
    meta = histories()[label][0]._meta
    return str(meta.verbose_name if count == 1 else meta.verbose_name_plural)


def _events(label: str, wanted: str, *, most: int = MOST, **more: str) -> str:
    model, history = histories()[label]
    events = history._meta.db_table
    sql = _EVENTS.format(
        label=label,
        events=events,
        table=model._meta.db_table,
        key=model._meta.pk.column,
        wanted=wanted.format(events=events, most=MOST, **more),
        most=most,
    )
    return f"({sql})"


def _read(parts: Sequence[str], values: Sequence[Any]) -> list[Told]:
    return [told for _, told in _rows(parts, values)]


def _rows(parts: Sequence[str], values: Sequence[Any]) -> Iterator[tuple[dict[str, Any], Told]]:
    with connection.cursor() as cursor:
        cursor.execute(_WITH_CONTEXT.format(found=" UNION ALL ".join(parts)), values)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for state in ("before", "after", "metadata"):
            # Amounts as they are written: a float would round them.
            row[state] = json.loads(row[state], parse_float=str) if row[state] else {}
    return zip(rows, told(rows), strict=True)


def told(rows: Sequence[Mapping[str, Any]]) -> list[Told]:
    """Return events in words; what was added has no state before."""
    known = _names(rows)
    return [_told(row, known) for row in rows]


def _told(row: Mapping[str, Any], known: Mapping[Any, str]) -> Told:
    model = histories()[row["model"]][0]
    story, label = row["metadata"], row["pgh_label"]
    after = row["after"] if label != "delete" else {}
    state = row["before"] or after
    return Told(
        at=row["pgh_created_at"],
        model=model,
        row_id=row["row_id"],
        label=_LABELS[label],
        name=_name(state) or _name_of_other(model, state, known) or str(after.get("date") or ""),
        who=story.get("email") or story.get("user") or "somebody",
        door=story.get("door", "sql"),
        reason=story.get("reason", ""),
        differences=tuple(_differences(model, row["before"], after, label, known)),
        book_id=_book(model, row["row_id"], state),
        origin=_origin(state, known) if label == "delete" else None,
    )


def _origin(state: Mapping[str, Any], known: Mapping[Any, str]) -> Origin | None:
    """Return how a row had come, if it says so."""
    if not state.get("created_at") or "created_by" not in state:
        return None
    who = known.get((User, state["created_by"])) or state["created_by"] or "somebody"
    return Origin(datetime.fromisoformat(state["created_at"]), who, state["created_via"])


def _book(model: type[models.Model], row_id: str, state: Mapping[str, Any]) -> UUID | None:
    """Return which book an event is of."""
    found = row_id if model is Book else state.get("book_id")
    return UUID(found) if found else None


def _name(state: Mapping[str, Any]) -> str:
    """Return by which text people know a row."""
    for field in ("description", "name", "email", "file_name", "month", "on"):
        if state.get(field):
            return str(state[field])
    return ""


def _name_of_other(
    model: type[models.Model], state: Mapping[str, Any], known: Mapping[Any, str]
) -> str:
    """Return the name of what a row without a name of its own belongs to."""
    for reference in _NAMED_BY:
        if state.get(f"{reference}_id"):
            other = model._meta.get_field(reference).related_model
            return known.get((other, state[f"{reference}_id"]), "")
    return ""


def _differences(
    model: type[models.Model],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    label: str,
    known: Mapping[Any, str],
) -> Iterator[Difference]:
    for field in model._meta.concrete_fields:
        name = field.column
        if label == "insert" and name in _FROM_THE_START:
            yield Difference(str(field.verbose_name), "", _text(field, after[name], known))
        if name is None or name in _SILENT or name not in before:
            continue
        was, became = before[name], after.get(name)
        if (label == "update" and was == became) or (label == "delete" and was in ("", None)):
            continue
        yield Difference(
            str(field.verbose_name),
            _text(field, was, known),
            _text(field, became, known),
            is_amount=may_be_amount(field),
        )


def _text(field: models.Field, value: Any, known: Mapping[Any, str]) -> str:
    if value in (None, ""):
        return "—"
    if isinstance(field, models.ForeignKey):
        return known.get((field.related_model, value), str(value))
    if isinstance(field, models.DecimalField):
        whole, _, part = str(value).partition(".")
        return f"{whole}.{part.rstrip('0').ljust(2, '0')}"
    return "yes" if value is True else "no" if value is False else str(value)


def _references(row: Mapping[str, Any]) -> Iterator[models.ForeignKey]:
    """Yield the references of an event that are told; of an addition only what it is called by."""
    is_new = row["pgh_label"] == "insert"
    for field in histories()[row["model"]][0]._meta.concrete_fields:
        is_told = not is_new or (field.name in _NAMED_BY and not _name(row["after"]))
        if is_told and isinstance(field, models.ForeignKey) and field.column not in _SILENT:
            yield field


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[Any, str]:
    """Return the names of the rows that events refer to; one statement a kind of row."""
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    for row in rows:
        for field in _references(row):
            found = {row["before"].get(field.column), row["after"].get(field.column)}
            wanted[field.related_model] |= found - {None}
        if row["pgh_label"] == "delete" and row["before"].get("created_by"):
            wanted[User].add(row["before"]["created_by"])
    # What was deleted among these events is known by them alone.
    names: dict[Any, str] = {
        (histories()[row["model"]][0], row["row_id"]): _name(row["before"])
        for row in rows
        if row["pgh_label"] == "delete"
    }
    for model, ids in wanted.items():
        if ids:
            referred = model._base_manager.in_bulk(ids)
            names |= {(model, str(id)): str(one) for id, one in referred.items()}
    return names
