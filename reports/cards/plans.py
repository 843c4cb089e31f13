"""The pages of purchases in parcels: all of them, and where each parcel of one stands."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from buffet.errors import NotFound
from buffet.money import Money
from buffet.rest import query
from buffet.rest.pagination import Cursor, read_cursor
from invoices.models import InstallmentPlan
from invoices.queries import installments
from invoices.services.cards import get_card
from invoices.services.installments import get_plan
from reports import faces
from reports.asking import currency
from reports.book_page import book_form, book_page, read
from reports.cards.ahead import Cancelling, Prepaying
from reports.cards.keeping import Dropping, Naming
from reports.cards.outlook import Foretold
from reports.deeds import Deed, done
from reports.requests import PageRequest

#: How many purchases a page lists.
PAGE = 50
_FACES = query.one_of("html", "json")
#: What is told after a deed.
_DONE = {"prepay": "prepaid", "cancel": "cancelled", "split": "split", "keep": "changed"}
_TOLD = query.one_of(*_DONE.values())


@book_page
def plan_list(request: PageRequest) -> HttpResponseBase:
    """Which purchases are paid in parcels, and what is left of each?"""
    sent = read(request, {"card": query.uuid, "currency": currency, "cursor": str})
    rows, card = InstallmentPlan.objects.filter(book=request.book), None
    if "card" in sent:
        card = get_card(request.book, sent["card"])
        rows = rows.filter(card=card)
    cursor = read_cursor(sent.get("cursor"), UUID)
    back = cursor is not None and cursor.back
    if cursor is not None:
        (place,) = cursor.key
        rows = rows.filter(id__gt=place) if back else rows.filter(id__lt=place)
    found = [*rows.select_related("card__account").order_by("id" if back else "-id")[: PAGE + 1]]
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    is_older, is_newer = more or back, more if back else cursor is not None
    parcels = installments.of_plans(request.book.id, [one.id for one in found])
    context = {
        "card": card,
        "plans": [_row(one, parcels[one.id], request) for one in found],
        "newer": Cursor((str(found[0].id),), back=True) if found and is_newer else None,
        "older": Cursor((str(found[-1].id),)) if found and is_older else None,
    }
    return render(request, "reports/cards/plans.html", context)


def _row(plan: InstallmentPlan, parcels: Any, request: PageRequest) -> dict[str, Any]:
    code, today = plan.card.account.currency, request.today
    figures = installments.figures(parcels, plan.total, plan.parcels, today)
    return {
        "plan": plan,
        "figures": figures,
        "left": [one for one in parcels if one.state(today) == "open"],
        "currency": code,
        "remaining": Money(figures.remaining, code),
        "billed": Money(figures.billed, code),
        "total": Money(figures.total, code),
    }


@book_form
def plan(request: PageRequest, id: UUID) -> HttpResponseBase:
    """Which parcels of this purchase are billed, and what is still to come?"""
    sent = read(request, {"format": _FACES, "currency": currency, "told": _TOLD})
    action = request.POST.get("action", "")
    try:
        found = get_plan(request.book, id)
    except NotFound:
        if action == Dropping.action and installments.was_deleted(request.book, id):
            return _to_list(request)
        raise
    today = request.today
    if sent["format"] == "json":
        return faces.as_json(installments.detail(found, today))
    parcels = installments.of_plans(request.book.id, [id])[id]
    context = _row(found, parcels, request)
    deeds: dict[str, Deed] = {}
    if request.may_write and request.known_on is None:
        count = len(context["left"])
        deeds = {one.action: one(request, found, count) for one in (Prepaying, Cancelling)}
        deeds |= {one.action: one(request, found) for one in (Naming, Dropping)}
    status = 200
    if request.method == "POST":
        deed = deeds.get(action)
        status = done(deed)
        if not status and action == Dropping.action:
            return _to_list(request)
        if not status and getattr(deed, "told", None) is None:
            return to_plan(request, id, _DONE[action])
    foretold = [one for one in deeds.values() if isinstance(one, Foretold) and one.is_bound]
    context |= {
        "card": found.card,
        "rows": [(one, one.state(today), Money(one.amount, one.currency)) for one in parcels],
        "deeds": deeds,
        "sent": foretold[0] if foretold else None,
        "is_untouched": len(context["left"]) == len(parcels),
        "told": None if request.method == "POST" else sent.get("told"),
    }
    return render(request, "reports/cards/plan.html", context, status=status or 200)


def to_plan(request: PageRequest, id: UUID, told: str) -> HttpResponse:
    """Lead to the page of a plan, from its beginning, which tells what was done."""
    along = f"&{request.kept}" if request.kept else ""
    where = f"{reverse('plan', args=(id,))}?told={told}{along}#content"
    return HttpResponse(status=303, headers={"Location": where})


def _to_list(request: PageRequest) -> HttpResponse:
    return HttpResponse(
        status=303, headers={"Location": f"{reverse('plans')}{request.along}#content"}
    )
