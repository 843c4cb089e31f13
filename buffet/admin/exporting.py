"""A selection of rows as a file, with a trace of who took it and why."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from buffet.cells import harmless
from buffet.requests import signed_in

#: The rows of one file.
MOST_ROWS = 10_000


def export(
    page: admin.ModelAdmin, request: HttpRequest, rows: models.QuerySet, form: forms.Form
) -> HttpResponse | None:
    """Ask why, then answer with the rows' columns as CSV; with None, the list, of too many."""
    found = rows.select_related(*_related(page))[: MOST_ROWS + 1]
    if len(found) > MOST_ROWS:
        messages.error(request, f"A file has {MOST_ROWS:,} rows at the most: choose fewer.")
        return None
    if not form.is_valid():
        context = admin.site.each_context(request) | {
            "title": f"Export {len(found)} {page.opts.verbose_name_plural}",
            "form": form,
            "carried": carried(request),
            "verb": "Export",
            "is_first": not form.is_bound,
        }
        return TemplateResponse(request, "admin/house/selection.html", context)
    LogEntry.objects.create(
        user_id=signed_in(request).pk,
        content_type=ContentType.objects.get_for_model(page.model),
        object_repr=f"{len(found)} {page.opts.verbose_name_plural}",
        action_flag=CHANGE,
        change_message=f"Exported: {form.cleaned_data['reason']}",
    )
    answer = HttpResponse(_table(page, request, found), content_type="text/csv; charset=utf-8")
    name = f"{page.opts.model_name}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _related(page: admin.ModelAdmin) -> Sequence[str]:
    named = page.list_select_related
    return () if isinstance(named, bool) else named


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the list sent that a second form must send again."""
    names = ("action", "select_across", "_selected_action")
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def _table(page: admin.ModelAdmin, request: HttpRequest, rows: Any) -> str:
    names = list(page.get_list_display(request))
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["id", *(label_for_field(name, page.model, page) for name in names)])
    for row in rows:
        cells = (lookup_field(name, row, page)[2] for name in names)
        table.writerow([harmless(_cell(one)) for one in (row.pk, *cells)])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
