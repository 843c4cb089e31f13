"""The history of a book, of a person or of all: searched, walked through and exported."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from buffet.admin.history import additions, changes, stories
from buffet.admin.history.changes import Change, Wanted
from buffet.admin.history.reading import Difference
from buffet.admin.lists import DOORS
from buffet.admin.masking import sees_amounts
from buffet.admin.reason import Reason
from buffet.cells import harmless
from buffet.models import Book, User
from buffet.requests import signed_in


class Search(forms.Form):
    """Which changes are wanted."""

    words = forms.CharField(
        required=False,
        max_length=100,
        label="Why, or by whom",
        widget=UnfoldAdminTextInputWidget,
    )
    door = forms.ChoiceField(
        required=False,
        choices=[("", "any door"), *((door, door) for door in DOORS)],
        widget=UnfoldAdminSelectWidget,
    )
    what = forms.ChoiceField(
        required=False,
        choices=[
            ("", "whatever happened"),
            (stories.ADDED, "what was added"),
            (stories.CHANGED, "what was changed or deleted"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    first = forms.DateField(required=False, label="From", widget=UnfoldAdminSingleDateWidget)
    last = forms.DateField(required=False, label="Until", widget=UnfoldAdminSingleDateWidget)
    book = forms.UUIDField(required=False, widget=forms.HiddenInput)
    user = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)


@admin.site.admin_view
@require_http_methods(["GET", "HEAD", "POST"])
def history(request: HttpRequest) -> HttpResponse:
    """Show changes, the latest first; when a reason is sent, answer with them as a file."""
    if not request.user.has_perms(["buffet.view_book", "buffet.view_user"]):
        raise PermissionDenied
    search = Search(request.GET)
    sent = search.cleaned_data if search.is_valid() else {}
    wanted = Wanted(
        book_id=sent.get("book"),
        user_id=sent.get("user"),
        words=sent.get("words", ""),
        door=sent.get("door", ""),
        first=sent.get("first"),
        last=sent.get("last"),
        what=sent.get("what", ""),
    )
    reason = Reason(request.POST if request.method == "POST" else None)
    if reason.is_valid() and search.is_valid():
        return _export(request, wanted, reason.cleaned_data["reason"])
    found = stories.page(wanted, before=sent.get("before")) if search.is_valid() else []
    found = _discreet(request, found)
    names = Book.objects.in_bulk({one.book_id for one in found if one.book_id})
    context = admin.site.each_context(request) | {
        "title": "History",
        "search": search,
        "reason": reason,
        "changes": [(one, names.get(one.book_id)) for one in found],
        "book": Book.objects.filter(pk=wanted.book_id).first() if wanted.book_id else None,
        "person": User.objects.filter(pk=wanted.user_id).first() if wanted.user_id else None,
        "searched": additions.SEARCHED,
        "older": _older(request, found),
    }
    return render(request, "admin/house/history.html", context)


def _discreet(request: HttpRequest, found: Iterable[Change]) -> list[Change]:
    """Hide the amounts of books that somebody may not see; each row says of which book it is."""
    return [
        replace(change, told=[
            one if one.book_id is None or sees_amounts(request, one.book_id)
            else one.without_amounts()
            for one in change.told
        ])
        for change in found
    ]  # fmt: skip


def _older(request: HttpRequest, found: list[Change]) -> str:
    """Return the address of what was before, if there may be anything."""
    if len(found) < changes.PAGE:
        return ""
    query = request.GET.copy()
    query["before"] = str(found[-1].id)
    return f"?{query.urlencode()}"


def _export(request: HttpRequest, wanted: Wanted, reason: str) -> HttpResponse:
    """Answer with a line for each row that came and each field that changed, and leave a trace."""
    found = _discreet(request, stories.page(wanted, limit=changes.MOST))
    LogEntry.objects.create(
        user_id=signed_in(request).pk,
        content_type=ContentType.objects.get_for_model(Book),
        object_id=_text(wanted.book_id or wanted.user_id),
        object_repr=f"history of {len(found)} changes",
        action_flag=CHANGE,
        change_message=f"Exported: {reason}",
    )
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        ["at", "who", "door", "reason", "book", "kind", "row", "what", "field", "before", "after"]
    )
    for change in found:
        story = (change.at.isoformat(), change.who, change.door, change.reason, change.book_id)
        for told in change.told:
            row = (told.what, told.row_id, told.label)
            alone = [Difference("", "", "")] if told.label == "added" else []
            for one in told.differences or alone:
                cells = (*story, *row, one.field, one.before, one.after)
                table.writerow([harmless(_text(cell)) for cell in cells])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="history.csv"'
    return answer


def _text(value: Any) -> str:
    return str(value) if isinstance(value, UUID) else value or ""
