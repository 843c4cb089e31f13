"""The forms of a transaction's page: to correct it, to delete it, to bring it back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import get_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buffet.audit import writing
from reports.deeds import Deed
from reports.forms import amount_typed
from reports.meanwhile import Amending
from reports.recording import fields
from reports.recording.forms import IN, KINDS, OUT
from reports.requests import PageRequest
from transactions import services
from transactions.drafts import Changes
from transactions.queries import transactions
from transactions.queries.reading import takes_category

#: What the ledger calls what the form calls otherwise.
_GIVEN = {"category": "category_id"}
_AMOUNTS = ("amount", "transfer_amount")
_SIGNED = {"kind", "amount"}


def _plain(amount: str | None) -> str:
    """Return an amount of the ledger as its reader would type it."""
    return (amount or "").replace(".", get_format("DECIMAL_SEPARATOR"))


class OfTransaction(Deed):
    """Something that is done to a transaction."""

    def __init__(self, request: PageRequest, id: UUID, **more: Any) -> None:
        self.id = id
        super().__init__(request, **more)


class Correcting(Amending):
    """A transaction as it should be; what somebody else changed since it was shown stays so."""

    action = "correct"

    kind = forms.ChoiceField(label=_("What happened"), choices=KINDS[:2], widget=forms.RadioSelect)
    amount = forms.CharField(
        max_length=40, widget=fields.number(), error_messages={"required": _("Say how much.")}
    )
    transfer_amount = forms.CharField(max_length=40, widget=fields.number())
    date = fields.Day(label=_("Date"))
    description = fields.description(500)
    category = fields.Chosen(label=_("Category"), required=False)
    vendor = fields.vendor()
    notes = fields.notes()

    def __init__(self, request: PageRequest, row: Mapping[str, Any]) -> None:
        self.row, self.id = row, UUID(row["id"])
        super().__init__(request)
        for name in _AMOUNTS:
            label = gettext("Amount, {currency}").format(currency=self._currency(name))
            self.fields[name].label = label
        kept = (row["category"], row["category_name"]) if row["category"] else None
        self.let_choose("category", fields.categories(request, kept))
        for name in self._out_of_place():
            del self.fields[name]
        self.show_what_was()

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold of the transaction as it was read last."""
        row = self.row
        return {
            "kind": OUT if row["amount"].startswith("-") else IN,
            "amount": _plain(row["amount"].lstrip("-")),
            "transfer_amount": _plain(row["transfer_amount"]),
            "date": row["date"].isoformat(),
            "description": row["description"],
            "category": row["category"] or "",
            "vendor": row["vendor_name"] or "",
            "notes": row["notes"],
        }

    def _out_of_place(self) -> set[str]:
        """Return what the transaction has not: one that is split keeps its amounts."""
        if takes_category(self.row):
            return {"transfer_amount"}
        if self.row["kind"] != "transfer":
            return {"kind", "amount", "transfer_amount", "category"}
        crosses = self.row["transfer_amount"] is not None
        return {"kind", "category"} | (set() if crosses else {"transfer_amount"})

    @property
    def was_kind(self) -> Any:
        """What the kind was when the form was shown, which its buttons do not bring along."""
        return self["kind"].as_hidden(only_initial=True)

    def clean(self) -> dict[str, Any]:
        """Return what was typed, the amounts in their currencies."""
        super().clean()
        wanted = self.cleaned_data
        for name in _AMOUNTS:
            if wanted.get(name):
                self._read(name)
        return wanted

    def _currency(self, name: str) -> str:
        """Return the currency of the own amount, or of the one on the other side."""
        account = self.row["account"] if name == "amount" else self.row["transfer_to"]
        entries = self.row["entries"]
        return next((one["currency"] for one in entries if one["account"] == account), "")

    def _read(self, name: str) -> None:
        try:
            amount = amount_typed(self.cleaned_data[name], self._currency(name))
            self.cleaned_data[name] = fields.unsigned(amount)
        except forms.ValidationError as error:
            self.add_error(name, error)

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises ChangedMeanwhile: if somebody else changed the same since.
        :raises Refusal: if the service will not.
        """
        changed, wanted = set(self.changed_data), self.cleaned_data
        with writing(self.who["book"].id, by=self.who["by"]):
            # Whoever held the book until now may have changed it after this request had read it.
            self.row = transactions.get(self.who["book"].id, self.id)
            # The kind is the amount's sign: they are written as one.
            signed = _SIGNED & self.fields.keys() if _SIGNED & changed else set()
            self.agree(changed | signed)
            given = {
                _GIVEN.get(name, name): wanted[name] for name in changed - _SIGNED - {"vendor"}
            }
            if signed:
                goes_out = wanted.get("kind", self.initial["kind"]) == OUT
                given["amount"] = -wanted["amount"] if goes_out else wanted["amount"]
            if "vendor" in changed:
                name = wanted["vendor"]
                given["vendor_id"] = services.named_vendor(**self.who, name=name) if name else None
            services.correct(**self.who, transaction_id=self.id, changes=Changes(given))


class Deleting(OfTransaction):
    """The transaction as it was when its deletion was asked for."""

    action = "delete"
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, request: PageRequest, row: Mapping[str, Any]) -> None:
        super().__init__(request, UUID(row["id"]), initial={"version": row["version"]})

    def carry_out(self) -> None:
        """Delete it.

        :raises Refusal: if it has changed since, or the service will not.
        """
        version = self.cleaned_data["version"]
        services.delete(**self.who, transaction_ids=[self.id], version=version)


class Restoring(OfTransaction):
    """A transaction that is deleted."""

    action = "restore"

    def carry_out(self) -> None:
        """Bring it back.

        :raises Refusal: if the service will not.
        """
        services.restore(**self.who, transaction_id=self.id)
