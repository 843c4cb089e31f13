"""Lists of rows that are read by name: a page in the order of (name, id)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.request import Request

from buffet.rest.pagination import DEFAULT_LIMIT, page, read_cursor


def named_page(
    request: Request,
    query: dict[str, Any],
    rows: models.QuerySet,
    present: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """Return one page of `rows`, each as `present` shows it, which has a name and an id."""
    limit = query.get("limit", DEFAULT_LIMIT)
    cursor = read_cursor(query.get("cursor"), str, UUID)
    sign = "-" if cursor is not None and cursor.back else ""
    if cursor is not None:
        beside = TupleLessThan if cursor.back else TupleGreaterThan
        name, id = cursor.key
        rows = rows.filter(beside(Tuple(F("name"), F("id")), (name, UUID(id))))
    found = rows.order_by(f"{sign}name", f"{sign}id")[: limit + 1]
    return page(
        request,
        [present(row) for row in found],
        limit=limit,
        cursor=cursor,
        key=lambda row: (row["name"], str(row["id"])),
    )


def containing(rows: models.QuerySet, text: str) -> models.QuerySet:
    """Keep the rows whose name contains a text, whatever its case; LIKE's own signs are text."""
    return rows.filter(name__icontains=text) if text else rows
