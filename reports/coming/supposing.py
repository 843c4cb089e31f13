"""The form that asks what an expense more would do; it writes nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Kind
from buffet.errors import Refusal
from buffet.rest import query
from buffet.rest.query import Malformed, parse_day
from reports.forms import Entrance, amount_typed
from reports.queries.forecast import Forecast, WhatIf
from reports.requests import PageRequest
from reports.words import said

#: As the API names them.
PARAMETERS: Mapping[str, query.Reader] = {
    "what_if": str,
    "what_if_on": str,
    "what_if_account": str,
}
#: Kinds that hold value and pay nothing.
_NO_PAYERS = (Kind.PROPERTY, Kind.RECEIVABLE)
NO_ACCOUNT = _("There is no such account in this book.")


class Supposing(Entrance):
    """How much, when and from where; shown as it was asked, or with what stands to reason."""

    what_if = forms.CharField(
        label=_("An expense of"),
        max_length=40,
        error_messages={"required": _("Say how much.")},
        help_text=_("With a minus it is an income."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    what_if_on = forms.CharField(
        label=pgettext_lazy("day", "On"),
        max_length=10,
        widget=forms.DateInput({"type": "date"}),
    )
    what_if_account = forms.ChoiceField(
        label=pgettext_lazy("account", "From"),
        error_messages={"invalid_choice": NO_ACCOUNT, "required": NO_ACCOUNT},
    )

    def __init__(self, request: PageRequest, found: Forecast) -> None:
        self.found = found
        first = {
            "what_if_on": (request.today + timedelta(days=1)).isoformat(),
            "what_if_account": str(found.payer or ""),
        }
        sent = None
        if any(name in request.GET for name in PARAMETERS):
            # What was left out is shown as what it is taken for.
            sent = {name: request.GET.get(name) or first.get(name, "") for name in PARAMETERS}
        super().__init__(sent, initial=first)
        self.let_choose(
            "what_if_account",
            [
                (str(id), f"{row['name']} ({row['currency']})")
                for id, row in found.foreseen.items()
                if row["kind"] not in _NO_PAYERS or str(id) == first["what_if_account"]
            ],
        )

    def clean_what_if_on(self) -> date:
        """Return the day."""
        try:
            return parse_day(self.cleaned_data["what_if_on"])
        except Malformed as error:
            raise forms.ValidationError(said(str(error))) from None

    def clean_what_if_account(self) -> UUID:
        """Return the account's id."""
        return UUID(self.cleaned_data["what_if_account"])

    def clean(self) -> dict[str, Any]:
        """Return what was asked, the amount in the currency of its account."""
        super().clean()
        wanted = self.cleaned_data
        if "what_if" in wanted:
            account = wanted.get("what_if_account")
            row = self.found.accounts.get(account) if account else None
            currency = row["currency"] if row else None
            try:
                wanted["what_if"] = amount_typed(wanted["what_if"], currency)
            except forms.ValidationError as error:
                self.add_error("what_if", error)
        return wanted

    def supposed(self) -> Forecast | None:
        """Return the forecast with the expense; None if nothing was asked, or nothing sensible."""
        if not (self.is_bound and self.is_valid()):
            return None
        wanted = self.cleaned_data
        asked = WhatIf(wanted["what_if"], wanted["what_if_on"], wanted["what_if_account"])
        try:
            return self.found.supposing(asked)
        except Refusal as refusal:
            self.refuse(refusal)
            return None

    def said(self) -> dict[str, str | None]:
        """Return what is supposed as programs say it; nothing of what they cannot suppose."""
        found = {} if self.errors or not self.is_bound else self.cleaned_data
        if not found or found["what_if"] <= 0:
            return dict.fromkeys(PARAMETERS)
        return {
            "what_if": f"{found['what_if']:f}",
            "what_if_on": found["what_if_on"].isoformat(),
            "what_if_account": str(found["what_if_account"]),
        }
