"""The form that records a transaction: money that goes out, comes in or moves between accounts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, CreditCard
from buffet.errors import Refusal
from invoices import services as invoices
from invoices.models import Installment
from invoices.services.installments import MOST_PARCELS
from reports.deeds import who
from reports.forms import amount_typed
from reports.once import Once, UsedForm
from reports.recording import fields
from reports.requests import PageRequest
from transactions import services
from transactions.drafts import Draft

OUT, IN, TRANSFER = "out", "in", "transfer"
KINDS = (
    (OUT, pgettext_lazy("recording", "Money out")),
    (IN, pgettext_lazy("recording", "Money in")),
    (TRANSFER, pgettext_lazy("recording", "Transfer")),
)
#: What a transfer has none of, and what only a transfer has.
_OF_MONEY, _OF_TRANSFER = ("category", "vendor", "parcels"), ("transfer_to", "transfer_amount")
_PARCELS = _("A whole number, up to 120.")


class OnlyCards(Refusal):
    """Only a purchase with a card goes in parcels: leave this empty."""

    code = "only_cards"
    pointer = "/parcels"


class Recording(Once):
    """A transaction as it is typed; `key` is the form's own, so that it records once."""

    request: PageRequest
    called: ClassVar[Mapping[str, str]] = {"total": "amount", "card": "account"}

    kind = forms.ChoiceField(label=_("What happened"), choices=KINDS, widget=forms.RadioSelect)
    account = fields.Chosen(
        label=_("Account"), error_messages={"required": _("Say on which account.")}
    )
    transfer_to = fields.Chosen(label=_("To the account"), required=False)
    amount = forms.CharField(
        label=_("Amount"),
        max_length=40,
        widget=fields.number(),
        error_messages={"required": _("Say how much.")},
    )
    transfer_amount = forms.CharField(
        label=_("Arrives there"),
        max_length=40,
        required=False,
        widget=fields.number(),
        help_text=_("Only if that account is in another currency."),
    )
    date = fields.Day(label=_("Date"))
    description = fields.description()
    category = fields.Chosen(label=_("Category"), required=False)
    vendor = fields.vendor()
    parcels = forms.IntegerField(
        label=_("Parcels"),
        min_value=1,
        max_value=MOST_PARCELS,
        required=False,
        help_text=_("For a purchase with a card; each is on a statement of its own."),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _PARCELS),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    notes = fields.notes()
    key = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, request: PageRequest, asked: Mapping[str, Any]) -> None:
        self.request, self.who = request, who(request)
        rows = Account.objects.real().filter(book=request.book, archived_at__isnull=True)
        self.accounts = {str(row.id): row for row in rows.order_by("name", "id")}
        cards = CreditCard.objects.filter(book=request.book).values_list("account_id", "id")
        self.cards: Mapping[UUID, UUID] = dict(cards)
        only = next(iter(self.accounts)) if len(self.accounts) == 1 else None
        first = {
            "kind": asked.get("kind", OUT),
            "account": asked.get("account", only),
            "date": asked.get("date", request.today).isoformat(),
        }
        sent = request.POST if request.method == "POST" else None
        super().__init__(sent, initial=first, auto_id="record_%s")
        self.fields["key"].required = True
        self._offer()

    def _offer(self) -> None:
        choices = fields.accounts(self.accounts.values())
        for name in ("account", "transfer_to"):
            self.let_choose(name, choices)
        self.fields["account"].widget.cards = {str(id) for id in self.cards}
        if str(self.initial["account"]) in self.accounts:
            # What is left to say begins with how much.
            self.fields["amount"].widget.attrs["autofocus"] = True
        self.let_choose("category", fields.categories(self.request))
        if len({row.currency for row in self.accounts.values()}) < 2:
            del self.fields["transfer_amount"]
        if not self.cards.keys() & {row.id for row in self.accounts.values()}:
            del self.fields["parcels"]

    def clean(self) -> dict[str, Any]:
        """Return what was typed, amounts in the currencies of their accounts.

        What the kind has no place for, and the page does not show, is left out.
        """
        super().clean()
        wanted = self.cleaned_data
        for name in _OF_MONEY if wanted.get("kind") == TRANSFER else _OF_TRANSFER:
            wanted.pop(name, None)
            self.errors.pop(name, None)
        if wanted.get("kind") == TRANSFER and not wanted.get("transfer_to"):
            self.add_error("transfer_to", _("Say to which account."))
        for name, account in (("amount", "account"), ("transfer_amount", "transfer_to")):
            if wanted.get(name):
                self._read(name, self.accounts.get(str(wanted.get(account))))
        if "key" in self.errors:
            self.refuse(UsedForm())
            self.renew()
        return wanted

    def _read(self, name: str, account: Account | None) -> None:
        """Read an amount as its reader writes it; which way it goes is said above it."""
        try:
            amount = amount_typed(self.cleaned_data[name], account.currency if account else None)
            self.cleaned_data[name] = fields.unsigned(amount)
        except forms.ValidationError as error:
            self.add_error(name, error)

    def carry_out(self) -> UUID:
        """Record what was typed, once however often it is sent; return the transaction.

        :raises Refusal: if the service will not, or the form has recorded something else.
        """
        return self.once(self._recorded)

    def _recorded(self) -> UUID:
        wanted = self.cleaned_data
        vendor = wanted.get("vendor")
        given = {
            "description": wanted["description"],
            "category_id": wanted.get("category"),
            "vendor_id": services.named_vendor(**self.who, name=vendor) if vendor else None,
            "notes": wanted["notes"],
        }
        if (wanted.get("parcels") or 1) > 1:
            return self._in_parcels(given)
        amount: Decimal = wanted["amount"]
        draft = Draft(
            date=wanted["date"],
            account_id=wanted["account"],
            amount=amount if wanted["kind"] == IN else -amount,
            transfer_to_id=wanted.get("transfer_to"),
            transfer_amount=wanted.get("transfer_amount") or None,
            **given,
        )
        return services.record_one(**self.who, draft=draft)["id"]

    def _in_parcels(self, given: Mapping[str, Any]) -> UUID:
        """Record a purchase in parcels; return the first of them."""
        wanted = self.cleaned_data
        card = self.cards.get(wanted["account"])
        if card is None or wanted["kind"] != OUT:
            raise OnlyCards
        purchased: date = wanted["date"]
        plan = invoices.create_plan(
            **self.who,
            card_id=card,
            total=wanted["amount"],
            parcels=wanted["parcels"],
            purchased_on=purchased,
            **given,
        )
        return Installment.objects.get(plan=plan, number=1).transaction_id
