"""The page that records a transaction: read what was sent, have it recorded once, say what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
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
from reports.requests import PageRequest
from transactions.models import Entry, Source
from transactions.queries import transactions

_ASKED = {
    "account": query.uuid,
    "date": query.day,
    "kind": query.one_of(*(name for name, _heading in KINDS)),
    "recorded": query.uuid,
}


@book_form
def record(request: PageRequest) -> HttpResponseBase:
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
class Opened:
    """The opening balance of an account."""

    account: str
    on: date
    balance: Money
    transaction_id: UUID


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded just now; `parcels` are those of its purchase, if it is the first.

    `arrives` is what a transfer to another currency comes to there. `opened` are the accounts that
    got their opening balance only later, so that this may be in it already.
    """

    row: dict[str, Any]
    amount: Money
    arrives: Money | None = None
    parcels: int = 0
    opened: Sequence[Opened] = ()


def _opened_after(row: dict[str, Any]) -> list[Opened]:
    """Return the opening balances of a transaction's accounts that are dated after it."""
    found = Entry.objects.filter(
        account_id__in=[row["account"], row["transfer_to"]],
        transaction__source=Source.OPENING,
        date__gt=row["date"],
    )
    return [
        Opened(one.account.name, one.date, Money(one.amount, one.currency), one.transaction_id)
        for one in found.select_related("account").order_by("date", "id")
    ]


def _recorded(request: PageRequest, id: UUID | None) -> Recorded | None:
    """Return what was recorded; None if nothing was, or it is gone by now."""
    if id is None:
        return None
    try:
        row = transactions.get(request.book.id, id)
    except NotFound:
        return None
    amount, opened = Money(row["amount"], row["currency"]), _opened_after(row)
    first = Installment.objects.select_related("plan").filter(transaction_id=id).first()
    if first is not None:
        total = Money(-first.plan.total, row["currency"])
        return Recorded(row, total, parcels=first.plan.parcels, opened=opened)
    there = [one for one in row["entries"] if one["account"] == row["transfer_to"]]
    if row["transfer_amount"] is None or not there:
        return Recorded(row, amount, opened=opened)
    arrives = Money(there[0]["amount"], there[0]["currency"])
    return Recorded(row, amount, arrives, opened=opened)
