"""The pages: read the request, ask one question, set it."""

import csv
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from buffet.errors import Invalid, NotFound
from buffet.models import Book, Membership
from buffet.rest import query
from buffet.rest.pagination import read_cursor
from buffet.rest.renderers import OrjsonRenderer
from reports import documents, pages, queries
from reports.api import currency
from transactions.queries import balances, transactions

View = Callable[..., HttpResponseBase]
PAGE = 50


def book_page(view: View) -> View:
    """Give a view the reader's book: of `?book=`, of their session, or their first."""

    @login_required
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seats = Membership.objects.current(request.user.id).select_related("book")
        books = {seat.book_id: seat.book for seat in seats.order_by("created_at", "id")}
        if not books:
            return render(request, "reports/no_book.html")
        request.books = list(books.values())
        request.book = _chosen(request, books)
        request.today = request.book.day(timezone.now())
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.detail) from error
        except Invalid as error:
            return render(request, "reports/refusal.html", {"faults": error.faults}, status=400)

    return wrapped


def _chosen(request: HttpRequest, books: dict[UUID, Book]) -> Book:
    sent = request.GET.get("book")
    if sent:
        try:
            book = books.get(UUID(sent))
        except ValueError:
            book = None
        if book is None:
            raise Http404("There is no such book, or you are not a member of it.")
        request.session["book"] = str(book.id)
        return book
    kept = request.session.get("book")
    for id in (kept and UUID(kept), request.user.default_book_id):
        if id in books:
            return books[id]
    return next(iter(books.values()))


_COMMON = {"book": str, "on": query.day, "format": query.one_of("html", "json", "csv")}


@book_page
def overview(request: HttpRequest) -> HttpResponse:
    """What am I worth?"""
    sent = query.read(request.GET, _COMMON | {"currency": currency})
    on = sent.get("on", request.today)
    report = queries.portfolio_overview(request.book, on, sent.get("currency", ""))
    face = sent.get("format", "html")
    if face == "json":
        body = OrjsonRenderer().render(documents.portfolio_overview(report, request.book.version))
        return HttpResponse(body, content_type="application/json")
    if face == "csv":
        return _csv(f"overview-{on}.csv", pages.overview_rows(report))
    return render(request, "reports/overview.html", pages.overview(report) | {"on": on})


@book_page
def account_list(request: HttpRequest) -> HttpResponse:
    """Where is my money?"""
    sent = query.read(request.GET, {"book": str, "on": query.day})
    on = sent.get("on", request.today)
    report = queries.portfolio_overview(request.book, on)
    return render(request, "reports/accounts.html", pages.overview(report) | {"on": on})


@book_page
def account(request: HttpRequest, id: UUID) -> HttpResponse:
    """What is on it, and what moved it?"""
    sent = query.read(request.GET, _COMMON | {"cursor": str})
    on = sent.get("on", request.today)
    found = balances.account(request.book.id, id, on)
    cursor = read_cursor(sent.get("cursor"), date.fromisoformat, UUID)
    place = None
    if cursor is not None:
        place = transactions.Place(
            date.fromisoformat(cursor.key[0]), UUID(cursor.key[1]), cursor.back
        )
    filters = transactions.Filters(account_id=id, date_to=on)
    rows = transactions.page(request.book.id, filters, limit=PAGE + 1, place=place)
    if sent.get("format") == "json":
        body = OrjsonRenderer().render({"account": found, "transactions": rows[:PAGE]})
        return HttpResponse(body, content_type="application/json")
    context = pages.account(request.book, found, rows, PAGE, cursor, on)
    if sent.get("format") == "csv":
        return _csv(f"account-{on}.csv", pages.account_rows(context["rows"]))
    return render(request, "reports/account.html", context | {"on": on})


@book_page
def transaction(request: HttpRequest, id: UUID) -> HttpResponse:
    """What happened, and where did the money go?"""
    found = transactions.get(request.book.id, id)
    return render(request, "reports/transaction.html", pages.transaction(found))


@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of light or dark, and go back."""
    chosen = request.POST.get("scheme", "")
    response = HttpResponse(status=303, headers={"Location": _own_path(request)})
    if chosen in ("light", "dark"):
        response.set_cookie("scheme", chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("scheme", samesite="Lax")
    return response


def _own_path(request: HttpRequest) -> str:
    """Return where the reader came from, if that is a page of ours."""
    back = request.POST.get("back", "/")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"


def _csv(name: str, rows: list[list[object]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows([[_harmless(cell) for cell in row] for row in rows])
    return response


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        try:
            float(cell)
        except ValueError:
            return f"'{cell}"
    return cell
