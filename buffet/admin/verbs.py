"""Pages that ask for what a service needs, call it, and show its refusals as sentences."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from unfold.widgets import UnfoldAdminTextInputWidget

from buffet.errors import Refusal


class Reason(forms.Form):
    """Why staff change somebody's books."""

    reason = forms.CharField(
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": "Say why: it stays in the history."},
    )


def ask(
    request: HttpRequest,
    *,
    title: str,
    verb: str,
    back: str,
    does: Callable[[dict[str, Any], Any], str],
    form: type[forms.Form] = Reason,
    initial: dict[str, Any] | None = None,
    rows: Any = None,
    sentence: str = "",
) -> HttpResponse:
    """Show a form, and when it is sent call `does`, which returns where to go next.

    What a service refuses is shown above the form, and nothing has changed.
    """
    sent = request.POST if request.method == "POST" else None
    asked = form(sent, initial=initial)
    table = rows(sent) if rows is not None else None
    faults: Any = ()
    if sent is not None and asked.is_valid() and (table is None or table.is_valid()):
        try:
            address = does(asked.cleaned_data, table)
        except Refusal as refusal:
            faults = refusal.faults or [{"detail": refusal.detail}]
        else:
            messages.success(request, f"{title}: done.")
            return HttpResponseRedirect(address)
    context = admin.site.each_context(request) | {
        "title": title,
        "verb": verb,
        "back": back,
        "form": asked,
        "rows": table,
        "faults": faults,
        "sentence": sentence,
    }
    status = 200 if sent is None else 400
    return render(request, "admin/house/form.html", context, status=status)
