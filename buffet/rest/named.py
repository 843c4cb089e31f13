"""Lists of rows: a page in the order of their names, or of their ids, the newest first."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.request import Request

from buffet.rest import query as sorting
from buffet.rest.pagination import DEFAULT_LIMIT, page, read_cursor
from buffet.searching import patterns

SORTS = ("name", "-name", "created_at", "-created_at")
SORT = {"sort": sorting.one_of(*SORTS)}


def named_page(
    request: Request,
    query: dict[str, Any],
    rows: models.QuerySet,
    present: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """Return one page of `rows` by name or by `sort`, each as `present` shows it, with its id."""
    sort = query.get("sort", "name")
    descending = sort.startswith("-")
    if sort.endswith("created_at"):
        return _by_id(request, query, rows, present, descending=descending)
    limit = query.get("limit", DEFAULT_LIMIT)
    cursor = read_cursor(query.get("cursor"), str, UUID)
    falling = descending != (cursor is not None and cursor.back)
    if cursor is not None:
        beside = TupleLessThan if falling else TupleGreaterThan
        rows = rows.filter(beside(Tuple(F("name"), F("id")), cursor.key))
    sign = "-" if falling else ""
    found = rows.order_by(f"{sign}name", f"{sign}id")[: limit + 1]
    return page(
        request,
        [present(row) for row in found],
        limit=limit,
        cursor=cursor,
        key=lambda row: (row["name"], str(row["id"])),
    )


def id_page(
    request: Request,
    query: dict[str, Any],
    rows: models.QuerySet,
    present: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """Return one page of `rows`, the newest first, each as `present` shows it, with its id."""
    return _by_id(request, query, rows, present, descending=True)


def _by_id(
    request: Request,
    query: dict[str, Any],
    rows: models.QuerySet,
    present: Callable[[Any], dict[str, Any]],
    *,
    descending: bool,
) -> dict[str, Any]:
    """Return one page of `rows` as they were made, whose ids rise with time."""
    limit = query.get("limit", DEFAULT_LIMIT)
    cursor = read_cursor(query.get("cursor"), UUID)
    falling = descending != (cursor is not None and cursor.back)
    if cursor is not None:
        rows = rows.filter(**{"id__lt" if falling else "id__gt": cursor.key[0]})
    found = rows.order_by("-id" if falling else "id")[: limit + 1]
    return page(
        request,
        [present(row) for row in found],
        limit=limit,
        cursor=cursor,
        key=lambda row: (str(row["id"]),),
    )


def containing(rows: models.QuerySet, text: str) -> models.QuerySet:
    """Keep the rows whose name has all words of a text, whatever their case and accents."""
    for word in patterns(text):
        rows = rows.filter(name__regex=word)
    return rows
