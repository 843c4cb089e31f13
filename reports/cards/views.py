"""The pages of cards: read the request, ask one question, set it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from buffet.errors import NotFound, Refusal
from buffet.rest import query
from invoices.queries import installments, lines, statements
from reports import faces
from reports.asking import currency
from reports.asking import month as of_month
from reports.book_page import FACES, book_form, book_page, read, report_page
from reports.cards import asking, contexts, pages, together
from reports.cards import faces as own
from reports.cards.paying import Payment
from reports.content import content
from reports.queries import cards as questions
from reports.queries.cards_together import CardsReport, cards_together
from reports.queries.statement import late_changes, statement_of_month
from reports.requests import PageRequest
from transactions.queries.months import closings

#: A table is of the cards, or of their statements.
_OF = {"of": query.one_of("cards", "statements")}
#: What was done on the page that led back.
_TOLD = {"told": query.one_of("changed")}


@report_page
def card_list(request: PageRequest) -> HttpResponseBase:
    """Which statements are open, and what is left of my limits?"""
    is_table = request.GET.get("format") in faces.TABLES
    known = {"format": FACES, **asking.PARAMETERS, **(_OF if is_table else {})}
    sent = read(request, known)

    def found() -> CardsReport:
        return cards_together(request.book, request.today, sent)

    if sent["format"] == "json":
        return faces.as_json(own.report_document(found()))
    if sent.get("of") == "statements":
        rows = own.report_statements_rows(found())
        return faces.as_table(sent["format"], f"statements-{request.today}", rows)
    if is_table:
        return faces.as_table(sent["format"], f"cards-{request.today}", own.cards_rows(found()))
    body = content(
        request,
        "reports/content/cards.html",
        lambda: together.cards(request, found()) | _closed(request),
    )
    return render(request, "reports/cards.html", {"as_of": request.today, "body": body})


@book_page
def card(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What did each month come to, and is it paid?"""
    sent = read(request, {"format": FACES, "currency": currency, "before": of_month, **_TOLD})
    cards = questions.cards(request.book.id, request.today, [id])
    if not cards:
        raise NotFound("There is no such card in this book.")
    if sent["format"] == "json":
        return faces.as_json(own.card_document(cards[0]))
    if sent["format"] in faces.TABLES:
        return faces.as_table(
            sent["format"], f"card-{request.today}", own.statements_rows(cards[0])
        )
    ahead = lines.ahead(request.book.id, id, request.today, contexts.AHEAD + 1)
    open_parcels = installments.to_come(request.book.id, request.today, id)
    context = contexts.card(cards[0], sent.get("before"), ahead) | {
        "as_of": request.today,
        "plans": contexts.plans(open_parcels),
        "told": sent.get("told"),
        "may_change": request.may_write and request.known_on is None,
    }
    return render(request, "reports/card.html", context | _closed(request))


@book_form
def statement(request: PageRequest, id: UUID, month: date) -> HttpResponseBase:
    """What is on it, what is to pay, and what paid it?"""
    sent = read(request, {"format": FACES, "cursor": str, "currency": currency, **_TOLD})
    found = statement_of_month(request.book.id, id, month, request.today)
    one = found.statement
    if sent["format"] == "json":
        page = pages.page(request.book.id, one, sent.get("cursor"))
        return faces.as_json(own.statement_document(statements.detail(one), page))
    if sent["format"] in faces.TABLES:
        rows = pages.every(request.book.id, one)
        return faces.as_table(sent["format"], f"statement-{month:%Y-%m}", own.line_rows(rows))
    form = None
    if request.may_write and (one.unscheduled or request.method == "POST"):
        form = Payment(request, one, found.card.card.paying_account_id)
    if form is not None and form.is_bound and form.is_valid():
        try:
            form.carry_out()
            return HttpResponse(status=303, headers={"Location": f"{request.get_full_path()}#paid"})
        except Refusal as refusal:
            form.refuse(refusal)
    page = pages.page(request.book.id, one, sent.get("cursor"))
    changes = late_changes(request.book.id, one, contexts.CHANGES + 1)
    context = contexts.statement(found, page, changes) | {
        "form": form,
        "as_of": request.today,
        "told": None if form is not None and form.is_bound else sent.get("told"),
        "may_change": request.may_write and request.known_on is None,
    }
    status = 400 if form is not None and form.is_bound else 200
    return render(request, "reports/statement.html", context | _closed(request), status=status)


def _closed(request: PageRequest) -> dict[str, Any]:
    return {"closed": closings(request.book.id)}
