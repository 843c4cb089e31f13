"""The pages of subscriptions: read the request, do what was sent, ask how they stand."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from buffet.errors import NotFound, Refusal
from buffet.rest import query
from buffet.rest.pagination import Cursor, read_cursor
from reports.book_page import book_form, read
from reports.deeds import Deed, done
from reports.recording import fields
from reports.requests import PageRequest
from reports.subscribing import contexts
from reports.subscribing.deeds import Deleting, Ending, Linking, Repricing, Unlinking
from reports.subscribing.forms import Changing, Keeping
from transactions.queries import subscribed, subscriptions, transactions
from transactions.queries.proposals import proposals

#: How many subscriptions a page lists.
PAGE = 50
_TOLD = query.one_of("added", "changed", "ended", "deleted", "linked", "unlinked")


@book_form
def subscription_list(request: PageRequest) -> HttpResponseBase:
    """What falls due again and again, and what does it cost a month?"""
    sent = read(request, {"cursor": str, "told": _TOLD})
    linking, status = Linking(request), 200
    if request.method == "POST":
        status = done(linking if linking.is_bound else None)
        if not status:
            return _to(request, reverse("subscriptions"), "linked")
    found = [
        subscriptions.standing(row, request.today)
        for row in subscriptions.of_book(request.book.id, request.today)
    ]
    may_write = request.may_write and request.known_on is None
    context = _page(found, read_cursor(sent.get("cursor"), int, str, UUID)) | {
        **_payments(request, linking),
        "sums": contexts.sums(subscriptions.burn_of(found)),
        "may_write": may_write,
        "told": None if linking.is_bound else sent.get("told"),
    }
    return render(request, "reports/subscribing/list.html", context, status=status)


def _payments(
    request: PageRequest, linking: Linking, subscription_id: UUID | None = None
) -> dict[str, Any]:
    """Return what looks like payments, of one subscription or of all, to whoever may link them."""
    if not request.may_write or request.known_on is not None:
        return {"proposed": (), "linking": linking}
    found = [
        one
        for one in proposals(request.book.id, request.today)
        if subscription_id in (None, one.subscription_id)
    ]
    return {
        "proposed": contexts.proposed(found, linking.ticked if linking.is_bound else None),
        "more_proposed": max(0, len(found) - contexts.PROPOSED),
        "linking": linking,
    }


def _page(found: list[subscriptions.Standing], cursor: Cursor | None) -> dict[str, Any]:
    """Return a page of the list, and where those beside it begin."""
    lines = sorted(map(contexts.line, found), key=lambda one: one.place)
    if cursor is None:
        rows = lines
    elif cursor.back:
        rows = [one for one in lines if one.place < cursor.key][-PAGE:]
    else:
        rows = [one for one in lines if one.place > cursor.key]
    rows = rows[:PAGE]
    return {
        "count": len(lines),
        "groups": contexts.groups(rows),
        "before": Cursor(_key(rows[0]), back=True) if rows and rows[0] != lines[0] else None,
        "after": Cursor(_key(rows[-1])) if rows and rows[-1] != lines[-1] else None,
    }


def _key(one: contexts.Line) -> tuple[str, ...]:
    group, name, id = one.place
    return str(group), name, str(id)


@book_form
def new_subscription(request: PageRequest) -> HttpResponseBase:
    """What falls due again and again?"""
    sent = read(request, {"transaction": query.uuid})
    paid = sent.get("transaction")
    row = transactions.get(request.book.id, paid) if paid else None
    form, status = Keeping(request, row), 200
    if form.is_bound:
        status = 400
        try:
            if form.is_valid():
                return _to(request, reverse("subscription", args=(form.carry_out(),)), "added")
        except Refusal as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "paid": row,
        "vendors": fields.vendors(request),
        "may_write": request.may_write and request.known_on is None,
    }
    return render(request, "reports/subscribing/new.html", context, status=status)


@book_form
def one_subscription(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What is next, what was missed, what was paid, and is it right?"""
    sent = read(request, {"told": _TOLD})
    action = request.POST.get("action", "")
    row = subscriptions.of_book(request.book.id, request.today).filter(id=id).first()
    if row is None:
        if action == Deleting.action and subscribed.was_deleted(request.book, id):
            return _to(request, reverse("subscriptions"), "deleted")
        raise NotFound("There is no such subscription in this book.")
    one = contexts.line(subscriptions.standing(row, request.today))
    linking, deeds, status = Linking(request), _deeds(request, one), 200
    if deeds:
        deeds[Linking.action] = linking
    if request.method == "POST":
        status = done(deeds.get(action))
        if not status:
            is_gone = action == Deleting.action
            where = reverse("subscriptions") if is_gone else reverse("subscription", args=(id,))
            return _to(request, where, _AFTER.get(action, "changed"))
    context = {
        **_payments(request, linking, id),
        "one": one,
        "deeds": deeds,
        "missed": contexts.missed(request, one),
        "payments": contexts.payments(one),
        "vendors": fields.vendors(request) if deeds else (),
        "told": sent.get("told"),
    }
    return render(request, "reports/subscribing/subscription.html", context, status=status)


_AFTER = {
    Ending.action: "ended",
    Deleting.action: "deleted",
    Linking.action: "linked",
    Unlinking.action: "unlinked",
}


def _deeds(request: PageRequest, one: contexts.Line) -> dict[str, Deed]:
    """Return what can be done to a subscription, by the names of the buttons."""
    if not request.may_write or request.known_on is not None:
        return {}
    row, today = one.row, request.today
    ends_on = max(today, row.starts_on).isoformat()
    price = {"amount": contexts.plain(one.now)} if one.now else {}
    found: tuple[Deed, ...] = (
        Changing(request, row),
        Repricing(request, row, initial=price),
        Ending(request, row, initial={"on": ends_on}),
        Deleting(request, row),
        Unlinking(request),
    )
    return {deed.action: deed for deed in found}


def _to(request: PageRequest, where: str, told: str) -> HttpResponse:
    along = f"&{request.kept}" if request.kept else ""
    return HttpResponse(status=303, headers={"Location": f"{where}?told={told}{along}"})
