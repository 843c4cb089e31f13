"""The page of a month's end: read the request, do what was sent, ask one question, set it."""

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from buffet.rest import query
from reports import faces
from reports.asking import currency
from reports.book_page import FACES, book_form, book_page, read
from reports.closing import contexts, documents
from reports.closing.forms import sent_to
from reports.deeds import done
from reports.queries.closing import month_end, month_to_close
from transactions.queries.months import Closings, closings


@book_page
def latest(request: HttpRequest) -> HttpResponseBase:
    """What is left to do before the last month is closed?"""
    found = closings(request.book.id)
    return _page(request, month_to_close(found, request.today), found)


@book_form
def of_month(request: HttpRequest, month: date) -> HttpResponseBase:
    """What is left to do before this month is closed?"""
    return _page(request, month, closings(request.book.id))


def _page(request: HttpRequest, month: date, known: Closings) -> HttpResponseBase:
    sent = read(request, {"format": FACES, "currency": currency, "account": query.uuid})
    found = month_end(request.book.id, month, request.today, known)
    if sent["format"] == "json":
        return faces.as_json(documents.month_end(found, request.seat.book.version))
    if sent["format"] in faces.TABLES:
        return faces.as_table(
            sent["format"], f"month-end-{month:%Y-%m}", documents.account_rows(found)
        )
    deed, status = None, 200
    if request.method == "POST":
        deed = sent_to(request, found)
        refusal = done(deed)
        if refusal == 0:
            return HttpResponse(status=303, headers={"Location": request.get_full_path()})
        status = refusal
    context = contexts.month_end(request, found, sent.get("account"), deed) | {"closed": known}
    return render(request, "reports/month-end.html", context, status=status)
