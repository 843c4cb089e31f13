"""The page that records a transaction: read what was sent, have it recorded once, say what was."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from buffet.errors import NotFound, Refusal
from buffet.money import Money
from buffet.rest import query
from invoices.models import Installment
from reports.book_page import book_form, read
from reports.recording import fields
from reports.recording.forms import KINDS, Recording
from transactions.queries import transactions

_ASKED = {
    "account": query.uuid,
    "date": query.day,
    "kind": query.one_of(*(name for name, _heading in KINDS)),
    "recorded": query.uuid,
}


@book_form
def record(request: HttpRequest) -> HttpResponseBase:
    """What was paid, received or moved?"""
    sent = read(request, _ASKED)
    form, status = Recording(request, sent), 200
    if form.is_bound:
        status = 400
        try:
            if form.is_valid():
                return _onward(form, form.carry_out())
        except Refusal as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "may_write": request.may_write and request.known_on is None,
        "vendors": fields.vendors(request),
        "recorded": None if form.is_bound else _recorded(request, sent.get("recorded")),
    }
    return render(request, "reports/recording/record.html", context, status=status)


def _onward(form: Recording, id: UUID) -> HttpResponse:
    """Lead to the form for the next one of the same account and day, which says what this was."""
    kept = {name: form.cleaned_data[name] for name in ("kind", "account", "date")}
    where = f"{reverse('record')}?{urlencode(kept | {'recorded': id})}"
    return HttpResponse(status=303, headers={"Location": where})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded just now; `parcels` are those of its purchase, if it is the first.

    `arrives` is what a transfer to another currency comes to there.
    """

    row: dict[str, Any]
    amount: Money
    arrives: Money | None = None
    parcels: int = 0


def _recorded(request: HttpRequest, id: UUID | None) -> Recorded | None:
    """Return what was recorded; None if nothing was, or it is gone by now."""
    if id is None:
        return None
    try:
        row = transactions.get(request.book.id, id)
    except NotFound:
        return None
    amount = Money(row["amount"], row["currency"])
    first = Installment.objects.select_related("plan").filter(transaction_id=id).first()
    if first is not None:
        total = Money(-first.plan.total, row["currency"])
        return Recorded(row, total, parcels=first.plan.parcels)
    there = [one for one in row["entries"] if one["account"] == row["transfer_to"]]
    if row["transfer_amount"] is None or not there:
        return Recorded(row, amount)
    return Recorded(row, amount, Money(there[0]["amount"], there[0]["currency"]))
