"""The page of a purchase in parcels: where each of them stands, and what is left of it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from buffet.errors import NotFound
from buffet.money import Money
from buffet.rest import query
from invoices.queries import installments
from invoices.services.installments import get_plan
from reports import faces
from reports.asking import currency
from reports.book_page import book_form, read
from reports.cards.ahead import Cancelling, Prepaying
from reports.cards.outlook import Foretold
from reports.deeds import done
from reports.requests import PageRequest

_FACES = query.one_of("html", "json")
_TOLD = query.one_of("prepaid", "cancelled", "split")
#: What is told after a deed.
_DONE = {"prepay": "prepaid", "cancel": "cancelled"}


@book_form
def plan(request: PageRequest, id: UUID) -> HttpResponseBase:
    """Which parcels of this purchase are billed, and what is still to come?"""
    sent = read(request, {"format": _FACES, "currency": currency, "told": _TOLD})
    found, today = get_plan(request.book, id), request.today
    if sent["format"] == "json":
        return faces.as_json(installments.detail(found, today))
    parcels = installments.of_plans(request.book.id, [id])[id]
    figures = installments.figures(parcels, found.total, found.parcels, today)
    left = [one for one in parcels if one.state(today) == "open"]
    deeds: dict[str, Foretold] = {}
    if request.may_write and request.known_on is None:
        deeds = {one.action: one(request, found, len(left)) for one in (Prepaying, Cancelling)}
    status = 200
    if request.method == "POST":
        deed = deeds.get(request.POST.get("action", ""))
        if deed is None:
            raise NotFound("There is no such thing to do here.")
        status = done(deed)
        if not status and deed.told is None:
            return to_plan(request, id, _DONE[deed.action])
    code = found.card.account.currency

    def money(amount: Any) -> Money:
        return Money(amount, code)

    context = {
        "plan": found,
        "card": found.card,
        "currency": code,
        "figures": figures,
        "remaining": money(figures.remaining),
        "billed": money(figures.billed),
        "total": money(figures.total),
        "left": left,
        "rows": [(one, one.state(today), money(one.amount)) for one in parcels],
        "deeds": deeds,
        "sent": next((one for one in deeds.values() if one.is_bound), None),
        "told": None if request.method == "POST" else sent.get("told"),
    }
    return render(request, "reports/cards/plan.html", context, status=status or 200)


def to_plan(request: PageRequest, id: UUID, told: str) -> HttpResponse:
    """Lead to the page of a plan, which tells what was done."""
    along = f"&{request.kept}" if request.kept else ""
    where = f"{reverse('plan', args=(id,))}?told={told}{along}"
    return HttpResponse(status=303, headers={"Location": where})
