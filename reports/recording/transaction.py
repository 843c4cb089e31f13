"""A transaction's page: what it is, to correct it, to delete it, and to bring it back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from buffet.errors import NotFound
from buffet.rest import query
from invoices.queries import installments
from reports import pages, queries
from reports.asking import currency
from reports.book_page import book_form, read
from reports.cards.splitting import is_divisible
from reports.deeds import done
from reports.queries.beside import beside
from reports.recording.correcting import Correcting, Deleting, Restoring
from reports.recording.splitting import can_split
from reports.recording.uniting import Separating, Uniting
from reports.requests import PageRequest
from reports.subscribing.contexts import can_recur
from reports.subscribing.deeds import PaidFor, Unlinking
from transactions.queries import transactions
from transactions.queries.merged import merged_into
from transactions.queries.months import closings

_TOLD = {
    Correcting.action: "corrected",
    PaidFor.action: "linked",
    Unlinking.action: "unlinked",
    Uniting.action: "united",
    Separating.action: "separated",
}
_KNOWN = {"currency": currency, "told": query.one_of("restored", *_TOLD.values())}


@book_form
def transaction(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What happened, and where did the money go?"""
    sent = read(request, _KNOWN)
    try:
        found = transactions.get(request.book.id, id)
    except NotFound:
        return _deleted(request, id)
    may_write = request.may_write and request.known_on is None
    purchase = installments.of_transaction(request.book.id, id, request.today)
    closed = closings(request.book.id).closed.get(found["date"].replace(day=1))
    may_unite = may_write and not closed and purchase.place is None
    around = beside(request.book.id, found, offers=may_write, may_unite=may_unite)
    # A parcel comes again by its plan.
    may_recur = can_recur(found) and purchase.place is None
    deeds: dict[str, Any] = {}
    if may_write:
        is_bought = purchase.place is not None
        deeds[Correcting.action] = Correcting(request, found, is_bought=is_bought)
        deeds[Deleting.action] = Deleting(request, found)
        deeds[Unlinking.action] = Unlinking(request)
        for deed in (Uniting, Separating):
            deeds[deed.action] = deed(request, id)
        if may_recur and around.subscriptions:
            deeds[PaidFor.action] = PaidFor(request, id, around.subscriptions)
    status = 200
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == Restoring.action:
            # Sent twice: it is back.
            return _to(request, id, "restored")
        status = done(deeds.get(action))
        if not status:
            stays = deeds[action].id if action == Uniting.action else id
            return _to(request, stays, _TOLD.get(action, ""))
    story = queries.transaction_story(request.book.id, id)
    context = pages.transaction(found, story, closed) | {
        "deeds": deeds,
        "told": sent.get("told"),
        "vendors": around.vendors,
        "place": purchase.place,
        "sides": around.sides,
        "merged": around.merged,
        "is_divisible": bool(deeds) and is_divisible(found, purchase),
        "paid": around.paid,
        "may_recur": may_recur,
        "may_split": can_split(found),
    }
    return render(request, "reports/transaction.html", context, status=status)


def _to(request: PageRequest, id: UUID, told: str) -> HttpResponse:
    """Lead to the page as it is now, from its beginning: the form was sent to its place in it."""
    asked = "&".join(part for part in (request.kept, f"told={told}" if told else "") if part)
    where = reverse("transaction", args=(id,)) + (f"?{asked}" if asked else "") + "#content"
    return HttpResponse(status=303, headers={"Location": where})


def _deleted(request: PageRequest, id: UUID) -> HttpResponseBase:
    """Say that it was deleted, by whom and when, and let it be brought back.

    :raises NotFound: if the book never had it, or had not on the day that is asked about.
    """
    gone = None if request.known_on else queries.transaction_deletion(request.book.id, id)
    if gone is None:
        raise NotFound("There is no such transaction in this book.")
    restoring = Restoring(request, id)
    if restoring.is_bound and not done(restoring):
        return _to(request, id, "restored")
    if request.POST.get("action") == Deleting.action:
        return _to(request, id, "")
    context = {"gone": gone, "form": restoring, "merged": merged_into(request.book.id, id)}
    return render(request, "reports/recording/deleted.html", context, status=410)
