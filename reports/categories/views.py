"""The pages of categories: the tree, and one of them to change."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts import queries, services
from buffet.errors import NotFound
from reports.book_page import book_form, read
from reports.categories.forms import Adding, Keeping
from reports.categories.starting import Starting
from reports.deeds import Deed, done, drops_again, leaving
from reports.requests import PageRequest


@book_form
def category_list(request: PageRequest) -> HttpResponseBase:
    """What does money come from, and what does it go to?"""
    read(request, {})
    may_write = request.may_write and request.known_on is None
    deeds: dict[str, Deed] = {}
    if may_write:
        deeds = {one.action: one(request) for one in (Adding, Starting)}
    status = 200
    if request.method == "POST":
        status = done(deeds.get(request.POST.get("action", "")))
        if not status:
            return _to("categories")
    rows = queries.category_tree(request.book)
    context = {
        "types": [
            (type, [row for row in rows if row["type"] == type]) for type in ("expense", "income")
        ],
        "adding": deeds.get(Adding.action),
        "starting": None if rows else deeds.get(Starting.action),
    }
    return render(request, "reports/categories/list.html", context, status=status)


@book_form
def one_category(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What is this category called, where does it stand, and is it still in use?"""
    read(request, {})
    try:
        category = services.get_category(request.book, id)
    except NotFound:
        if drops_again(request, id):
            return _to("categories")
        raise
    deeds: dict[str, Deed] = {}
    if request.may_write and request.known_on is None:
        deeds = {"keep": Keeping(request, category), **leaving(request, category)}
    status = 200
    if request.method == "POST":
        status = done(deeds.get(request.POST.get("action", "")))
        if not status:
            return _to("categories")
    context = {"category": category, "deeds": deeds}
    return render(request, "reports/categories/change.html", context, status=status)


def _to(name: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse(name)})
