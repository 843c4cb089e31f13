"""The page of a book's own settings: its name, its currency, its time zone, its months."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from buffet import services
from buffet.errors import Refusal
from buffet.models import Role
from buffet.rest import query
from reports.book_page import book_form, read
from reports.deeds import actor
from reports.forms import BookSettings
from reports.requests import PageRequest


@book_form
def book_settings(request: PageRequest) -> HttpResponseBase:
    """How is this book kept?"""
    sent = read(request, {"saved": query.one_of("1")})
    book = request.book
    initial = {name: getattr(book, name) for name in BookSettings.base_fields}
    form = BookSettings(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _changed(request, form):
        along = f"&{request.kept}" if request.kept else ""
        return HttpResponse(status=303, headers={"Location": f"{reverse('book')}?saved=1{along}"})
    context = {"form": form, "is_saved": "saved" in sent, "may_change": _may_change(request)}
    return render(request, "reports/book.html", context, status=400 if form.is_bound else 200)


def _may_change(request: PageRequest) -> bool:
    is_now = request.known_on is None and not hasattr(request, "visit")
    return is_now and request.seat.role == Role.OWNER


def _changed(request: PageRequest, form: BookSettings) -> bool:
    """Change what was changed on the form; return whether the book took it.

    What somebody else has changed meanwhile stays as they left it.

    :raises Refusal: if who sent it is no owner.
    """
    given = {name: form.cleaned_data[name] for name in form.changed_data}
    by = actor(request)
    try:
        services.change_book(by=by, book_id=request.book.id, user_id=request.user.id, **given)
    except Refusal as refusal:
        if not refusal.faults:
            raise
        form.refuse(refusal)
        return False
    return True
