"""The page on which an account is changed, archived or deleted."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import services as chart
from accounts.models import Account, Broker, CreditCard
from buffet.audit import writing
from buffet.errors import NotFound
from invoices import services as cards
from reports.book_page import book_form, read
from reports.deeds import Deed, Dropping, done, drops_again, leaving
from reports.recording import fields
from reports.requests import PageRequest


class Keeping(Deed):
    """An account as it should be called, and where it is kept."""

    action = "keep"

    name = fields.Text(
        100, label=_("Name"), help_text=_("What you call it; each account has a name of its own.")
    )
    broker = fields.Text(
        100,
        label=_("Bank or broker"),
        required=False,
        help_text=_("Leave it empty if it is at none."),
        widget=forms.TextInput(attrs={"list": "brokers", "autocomplete": "off"}),
    )
    number = fields.Text(
        64,
        label=_("Account number"),
        required=False,
        help_text=_("As your bank's files name it: they find the account by it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    notes = fields.notes()

    def __init__(self, request: PageRequest, account: Account) -> None:
        self.account = account
        broker = account.broker.name if account.broker else ""
        initial = {name: getattr(account, name) for name in ("name", "number", "notes")}
        super().__init__(request, initial=initial | {"broker": broker})
        # What was on the page comes back, so that what somebody else changed since is left alone.
        for field in self.fields.values():
            field.show_hidden_initial = True

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises Refusal: if the service will not.
        """
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in self.changed_data}
        with writing(self.who["book"].id, by=self.who["by"]):
            if "broker" in given:
                name = given.pop("broker")
                found = chart.broker_named(self.who["book"], name).id if name else None
                given["broker_id"] = found
            chart.change_account(**self.who, account_id=self.account.id, **given)


class DroppingCard(Dropping):
    """To delete a card with its statements, which only one without entries can be."""

    def carry_out(self) -> None:
        """Delete it, which it may be already.

        :raises Refusal: if it has entries.
        """
        with suppress(CreditCard.DoesNotExist, NotFound):
            card = CreditCard.objects.get(account_id=self.id)
            cards.delete_card(**self.who, card_id=card.id)


@book_form
def change_account(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What is this account called, where is it kept, and is it still in use?"""
    read(request, {})
    try:
        account = chart.get_real_account(request.book, id)
    except NotFound:
        if drops_again(request, id):
            return _to(reverse("accounts"))
        raise
    is_card = CreditCard.objects.filter(account=account).exists()
    deeds: dict[str, Deed] = {}
    if request.may_write and request.known_on is None:
        rest = leaving(request, account, DroppingCard if is_card else Dropping)
        deeds = {"keep": Keeping(request, account), **rest}
    status = 200
    if request.method == "POST":
        action = request.POST.get("action", "")
        status = done(deeds.get(action))
        if not status:
            gone = action == Dropping.action
            return _to(reverse("accounts") if gone else reverse("account", args=(id,)))
    context = {
        "account": account,
        "deeds": deeds,
        "brokers": Broker.objects.filter(book=request.book).values_list("name", flat=True),
    }
    return render(request, "reports/opening/change.html", context, status=status)


def _to(where: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": where})
