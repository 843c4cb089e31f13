"""Pages that ask for what a service needs, show what it will do, call it, and show its refusals."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from buffet.admin.base import actor
from buffet.admin.reason import Reason, offer, offer_rows
from buffet.admin.rehearsing import Figures, Rehearsal, rehearse
from buffet.errors import Refusal
from buffet.models import Book

__all__ = ["Reason", "ask", "offer", "offer_rows"]


def ask(
    request: HttpRequest,
    *,
    title: str,
    verb: str,
    back: str,
    does: Callable[[dict[str, Any], Any], str | None],
    form: Callable[..., forms.Form] = Reason,
    initial: dict[str, Any] | None = None,
    rows: Any = None,
    sentence: str = "",
    book: Book | None = None,
    figures: Callable[[], Figures] = dict,
    extent: Callable[[], Figures] = dict,
    carried: Sequence[tuple[str, str]] = (),
    is_shown_first: bool = True,
    is_in_parts: bool = False,
) -> HttpResponse:
    """Show a form; then what `does` would change, if that is asked for; then call it.

    It returns where to go next. What is done `is_in_parts` returns None while some is left, and the
    rest is asked for at once. What a service refuses is shown above the form, and nothing has
    changed. Of a `book`, what was shown must be what is: if somebody changed it meanwhile, it is
    shown again. `figures` are read before and after, for what no history tells; `extent` is shown
    instead where it does too much to be tried, and of what is left. What a list sent to come here
    is `carried` on; then the form was sent only if it says so.
    """
    was_sent = request.method == "POST" and (not carried or "asked" in request.POST)
    sent = request.POST if was_sent else None
    asked = form(sent, initial=initial)
    table = rows(sent) if rows is not None else None
    faults: Any = ()
    shown: Rehearsal | None = None
    is_stale = _is_stale(request, book)
    left: Figures | None = None
    if sent is not None and asked.is_valid() and (table is None or table.is_valid()):
        try:
            if "preview" in sent or is_stale:
                shown = rehearse(
                    lambda: does(asked.cleaned_data, table),
                    by=actor(request),
                    book=book,
                    figures=figures,
                    extent=extent,
                )
            else:
                address = does(asked.cleaned_data, table)
                if address is not None:
                    messages.success(request, f"{title}: done.")
                    return HttpResponseRedirect(address)
                left = extent()
        except Refusal as refusal:
            faults = refusal.faults or [{"detail": refusal.detail}]
    context = admin.site.each_context(request) | {
        "title": title,
        "verb": verb,
        "back": back,
        "form": asked,
        "rows": table,
        "faults": faults,
        "sentence": sentence,
        "shown": shown,
        "left": left,
        "is_in_parts": is_in_parts,
        "said": [*_said(asked)] if shown or left is not None else (),
        "is_stale": is_stale,
        "seen": _version(book),
        "is_shown_first": is_shown_first,
        "carried": [*carried, ("asked", "1")] if carried else (),
    }
    status = 200 if sent is None or shown or left is not None else 400
    return render(request, "admin/house/form.html", context, status=status)


def _said(form: forms.Form) -> Iterator[tuple[str, str]]:
    """Yield what was chosen in a form, as it was shown there."""
    for name, value in form.cleaned_data.items():
        if value in (None, "", False) or name == "reason":
            continue
        field = form.fields[name]
        chosen = dict(getattr(field, "choices", ())) if isinstance(value, str) else {}
        text = "yes" if value is True else str(chosen.get(value, value))
        yield str(form[name].label), text


def _version(book: Book | None) -> int | None:
    return None if book is None else Book.objects.values_list("version", flat=True).get(pk=book.pk)


def _is_stale(request: HttpRequest, book: Book | None) -> bool:
    """Return whether a book changed since somebody was shown what would become of it."""
    seen = request.POST.get("seen", "")
    return bool(seen) and "preview" not in request.POST and seen != str(_version(book))
