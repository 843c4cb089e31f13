"""The forms of a transaction's page: to correct it, to delete it, to bring it back."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.formats import get_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from buffet.audit import writing
from reports.deeds import Deed
from reports.forms import amount_typed
from reports.meanwhile import Amending
from reports.recording import fields
from reports.recording.forms import IN, KINDS, OUT, TRANSFER
from reports.requests import PageRequest
from transactions import services
from transactions.drafts import Changes, EntryChange
from transactions.queries import transactions
from transactions.queries.reading import own_entries, takes_category

#: What the ledger calls what the form calls otherwise.
_GIVEN = {"account": "account_id", "category": "category_id", "transfer_to": "transfer_to_id"}
_AMOUNTS = ("amount", "transfer_amount")
_SIGNED = {"kind", "amount"}
_OF_TRANSFER = {"transfer_to", "transfer_amount"}


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
    called: ClassVar[Mapping[str, str]] = {"entries/0/account": "account"}

    kind = forms.ChoiceField(label=_("What happened"), choices=KINDS, widget=forms.RadioSelect)
    account = fields.Chosen(
        label=_("Account"), error_messages={"required": _("Say on which account.")}
    )
    transfer_to = fields.Chosen(label=_("To the account"), required=False)
    amount = forms.CharField(
        max_length=40, widget=fields.number(), error_messages={"required": _("Say how much.")}
    )
    transfer_amount = forms.CharField(
        max_length=40,
        required=False,
        widget=fields.number(),
        help_text=_("Only if that account is in another currency."),
    )
    date = fields.Day(label=_("Date"))
    description = fields.description(500)
    category = fields.Chosen(label=_("Category"), required=False)
    vendor = fields.vendor()
    notes = fields.notes()

    def __init__(
        self, request: PageRequest, row: Mapping[str, Any], *, is_bought: bool = False
    ) -> None:
        """Set up of a row that was read; what is a parcel of a purchase is never moved."""
        self.row, self.id, self.is_bought = row, UUID(row["id"]), is_bought
        super().__init__(request)
        real, categories = fields.of_chart(request)
        self.accounts = {str(one.id): one for one in real}
        for name in _AMOUNTS:
            label = gettext("Amount, {currency}").format(currency=self._currency(name))
            self.fields[name].label = label
        kept = (row["category"], row["category_name"]) if row["category"] else None
        self.let_choose("category", fields.categories(request, kept, categories))
        self.goes_out = row["amount"].startswith("-")
        if row["kind"] == "transfer":
            # Which way it went is not asked again; it may be none.
            other = IN if self.goes_out else OUT
            self.let_choose("kind", [one for one in KINDS if one[0] != other])
        if self.is_bought:
            self.let_choose("kind", KINDS[:2])
        if not self.goes_out:
            self.fields["transfer_to"].label = _("From the account")
        if row["transfer_amount"] is None:
            self.fields["transfer_amount"].label = _("Arrives there")
        for name in self._out_of_place():
            del self.fields[name]
        for name in self.fields.keys() & {"account", "transfer_to"}:
            self.let_choose(name, fields.accounts(self._offered(str(self.initial[name]))))
        self.show_what_was()

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold of the transaction as it was read last."""
        row = self.row
        return {
            "kind": self._kind(),
            "account": row["account"],
            "transfer_to": row["transfer_to"] or "",
            "amount": _plain(row["amount"].lstrip("-")),
            "transfer_amount": _plain(row["transfer_amount"]),
            "date": row["date"].isoformat(),
            "description": row["description"],
            "category": row["category"] or "",
            "vendor": row["vendor_name"] or "",
            "notes": row["notes"],
        }

    def _kind(self) -> str:
        if self.row["kind"] == "transfer":
            return TRANSFER
        return OUT if self.row["amount"].startswith("-") else IN

    def _out_of_place(self) -> set[str]:
        """Return what the transaction has not: one that is split keeps its amounts."""
        if self.is_bought and takes_category(self.row):
            return _OF_TRANSFER
        if takes_category(self.row) or self.row["kind"] == "transfer":
            crosses = len({one.currency for one in self.accounts.values()}) > 1
            return set() if crosses else {"transfer_amount"}
        movable = self.row["kind"] == "split" and len(own_entries(self.row)) == 1
        several = set() if movable else {"account"}
        return {"kind", "amount", *_OF_TRANSFER, "category"} | several

    def _offered(self, kept: str) -> list[Account]:
        """Return the open accounts, and one that it is on already.

        What is split stays in its currency, since its parts do.
        """
        rows = sorted(self.accounts.items(), key=lambda one: (one[1].name, one[0]))
        only = None if "amount" in self.fields else self._currency("amount")
        return [
            row
            for id, row in rows
            if id == kept or (row.archived_at is None and only in (None, row.currency))
        ]

    @property
    def was_kind(self) -> Any:
        """What the kind was when the form was shown, which its buttons do not bring along."""
        return self["kind"].as_hidden(only_initial=True)

    def clean(self) -> dict[str, Any]:
        """Return what was typed, the amounts in their currencies."""
        super().clean()
        wanted = self.cleaned_data
        for name in {"category"} if wanted.get("kind") == TRANSFER else _OF_TRANSFER:
            # What the kind has no place for, and the page does not show, is not read.
            if name in wanted or name in self.errors:
                wanted[name] = None
                self.errors.pop(name, None)
        for name in _AMOUNTS:
            if wanted.get(name):
                self._read(name)
        if "transfer_amount" in wanted:
            wanted["transfer_amount"] = wanted["transfer_amount"] or None
        if wanted.get("kind") == TRANSFER and not wanted.get("transfer_to"):
            self.add_error("transfer_to", _("Say to which account."))
        return wanted

    def _currency(self, name: str) -> str:
        """Return the currency of the own amount, or of the one on the other side.

        It is that of the account which was chosen, if one was.
        """
        field = "account" if name == "amount" else "transfer_to"
        chosen = self.accounts.get(str(getattr(self, "cleaned_data", {}).get(field)))
        if chosen is not None:
            return chosen.currency
        account = self.row[field]
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
                given["amount"] = -wanted["amount"] if self._leaves() else wanted["amount"]
            if "kind" in changed:
                # What it was is to be forgotten, too, though nobody touched that; what was merged
                # into it is on its own account again.
                given |= self._instead()
                with suppress(services.NothingMerged):
                    services.separate(**self.who, transaction_id=self.id)
            if "vendor" in changed:
                name = wanted["vendor"]
                given["vendor_id"] = services.named_vendor(**self.who, name=name) if name else None
            services.correct(**self.who, transaction_id=self.id, changes=self._changes(given))

    def _leaves(self) -> bool:
        """Whether the money leaves the account; a transfer goes the way that it went."""
        kind = self.cleaned_data["kind"]
        return self.goes_out if kind == TRANSFER else kind == OUT

    def _instead(self) -> dict[str, Any]:
        wanted = self.cleaned_data
        if wanted["kind"] == TRANSFER:
            return {"transfer_to_id": wanted["transfer_to"], "category_id": None}
        return {"transfer_to_id": None, "category_id": wanted["category"]}

    def _changes(self, given: dict[str, Any]) -> Changes:
        """Return the changes; what is split is moved by its one entry on an account."""
        if "account_id" in given and "amount" not in self.fields:
            (own,) = own_entries(self.row)
            moved = {"account_id": given.pop("account_id")}
            return Changes(given, (EntryChange(UUID(own["id"]), given=moved),))
        return Changes(given)


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
