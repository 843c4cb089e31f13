"""What every page of the admin has in common: quick lists, read-only rows, visible history."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection, models
from django.http import HttpRequest
from django.template.loader import render_to_string
from unfold.admin import ModelAdmin

from buffet.admin.masking import MasksAmounts
from buffet.audit import Actor, acting

COUNT_LIMIT = 10_000
HISTORY_LIMIT = 50


class EstimatingPaginator(Paginator):
    """Count without reading every row: an estimate for a whole table, a capped count else."""

    @cached_property
    def count(self) -> int:
        """Return about how many rows there are."""
        query = self.object_list.query
        if not query.where and not query.distinct:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass",
                    [query.model._meta.db_table],
                )
                estimate = cursor.fetchone()[0]
            if estimate > COUNT_LIMIT:
                return estimate
        return self.object_list.order_by()[: COUNT_LIMIT + 1].count()


def actor(request: HttpRequest) -> Actor:
    """Return the member of staff as the history will name them."""
    return Actor(request.user.pk, "admin", request.id, request.user.email)


class HouseAdmin(MasksAmounts, ModelAdmin):
    """A page of staff: everything can be read; a subclass says what may change, and how."""

    show_full_result_count = False
    paginator = EstimatingPaginator
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    list_filter_submit = True
    compressed_fields = True
    ordering: Sequence[str] = ("-id",)
    #: Looked up by their beginning, whatever the case, beside the id itself.
    search_fields: Sequence[str] = ()
    is_editable = False
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Find a row by its id, or rows by the beginning of a text."""
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        try:
            return queryset.filter(pk=UUID(term)), False
        except ValueError:
            found = models.Q()
            for field in self.get_search_fields(request):
                found |= models.Q(**{f"{field}__istartswith": term})
            return queryset.filter(found), False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow additions only where rows are editable here."""
        return self.is_editable and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow changes only where rows are editable here."""
        return self.is_editable and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Delete nothing here: what may be deleted has a verb of its own."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        """Show the row's history below its fields."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "history"] if obj is not None and _is_tracked(self.model) else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save with the history knowing who and which door."""
        with acting(by=actor(request)):
            super().save_model(request, obj, form, change)

    @admin.display(description="History")
    def history(self, obj: Any) -> str:
        """Return what happened to the row, newest first."""
        return timeline(obj)


def _is_tracked(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_event_models")


def _events_of(model: type[models.Model]) -> type[models.Model]:
    return next(iter(model.pgh_event_models.values()))


def timeline(obj: models.Model, *related: tuple[type[models.Model], str]) -> str:
    """Return the history of a row, and of the rows of other models that name it, as HTML.

    Every event keeps what a row was before it; what it became is in the next one, or in the row.
    """
    steps = _steps(_events_of(type(obj)).objects.filter(pgh_obj_id=obj.pk), {obj.pk: obj})
    for model, field in related:
        now = {row.pk: row for row in model.objects.filter(**{field: obj.pk})}
        steps += _steps(_events_of(model).objects.filter(**{field: obj.pk}), now)
    steps.sort(key=lambda step: step["at"], reverse=True)
    made = {"at": getattr(obj, "created_at", None), "door": getattr(obj, "created_via", "")}
    return render_to_string(
        "admin/house/timeline.html", {"steps": steps[:HISTORY_LIMIT], "made": made}
    )


def _steps(events: models.QuerySet, now: dict[Any, models.Model]) -> list[dict[str, Any]]:
    """Return one step for each event: when, who, and which fields it changed to what."""
    after = dict(now)
    steps = []
    for event in events.select_related("pgh_context").order_by("-pgh_id")[:HISTORY_LIMIT]:
        context = event.pgh_context.metadata if event.pgh_context else {}
        later = after.get(event.pgh_obj_id) if event.pgh_label == "update" else None
        steps.append(
            {
                "at": event.pgh_created_at,
                "label": {"update": "changed", "delete": "deleted"}[event.pgh_label],
                "what": event.pgh_tracked_model._meta.verbose_name,
                "who": context.get("email") or context.get("user") or "somebody",
                "door": context.get("door", "sql"),
                "reason": context.get("reason", ""),
                "changes": _differences(event, later),
            }
        )
        after[event.pgh_obj_id] = event
    return steps


def _differences(event: models.Model, later: models.Model | None) -> list[tuple[str, Any, Any]]:
    """Return (field, before, after) of what an event changed; all of it for a deletion."""
    names = [
        field.attname
        for field in event._meta.fields
        if not field.name.startswith("pgh_")
        and field.name not in ("id", "book", "created_at", "created_by", "created_via")
    ]
    if later is None:
        return [(name, getattr(event, name), "") for name in names if getattr(event, name)]
    return [
        (name, getattr(event, name), getattr(later, name))
        for name in names
        if getattr(event, name) != getattr(later, name, None)
    ]
