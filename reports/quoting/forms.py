"""The forms of the book's own exchange rates: to add one, to correct it, to delete it."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import BookRate
from buffet.audit import writing
from buffet.errors import NotFound
from buffet.money import BadCurrency, parse_currency
from buffet.rest.query import Malformed
from reports.deeds import Deed, who
from reports.forms import Entrance, plainly
from reports.meanwhile import Amending
from reports.once import Once
from reports.recording import fields
from reports.requests import PageRequest
from reports.ruling.forms import plain
from reports.words import said
from transactions import services
from transactions.api.rates import rate


class RateField(forms.CharField):
    """A rate as its reader's language writes it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Rate"),
            max_length=40,
            widget=fields.number(),
            help_text=_("What one unit of the first currency is worth in the second."),
        )

    def clean(self, value: Any) -> Decimal:
        """Return the rate.

        :raises forms.ValidationError: if it is none.
        """
        try:
            return rate(plainly(super().clean(value)))
        except Malformed:
            raise forms.ValidationError(
                _(
                    "A rate is a number above zero, of at most 12 digits before the decimal mark "
                    "and 12 behind it."
                )
            ) from None


class OwnRate(Entrance):
    """What is said of a rate: its day, how much, and who says so."""

    on = fields.Day(
        label=_("Day"),
        help_text=_("It holds until there is a later one, of the book's own or shared."),
    )
    rate = RateField()
    source = fields.Text(
        40,
        label=_("Source"),
        required=False,
        help_text=_("Such as the bank or the bill; it is told with every figure."),
    )


def _currency(label: Any) -> forms.CharField:
    attrs = {"autocapitalize": "characters", "autocomplete": "off"}
    return forms.CharField(label=label, max_length=3, widget=forms.TextInput(attrs=attrs))


class Adding(Once, OwnRate):
    """To add a rate between two currencies."""

    request: PageRequest
    base = _currency(_("One unit of"))
    quote = _currency(pgettext_lazy("rate", "In"))
    field_order = ("base", "quote", "rate", "on", "source")

    def __init__(self, request: PageRequest, first: Mapping[str, Any]) -> None:
        self.request = request
        sent = request.POST if request.method == "POST" else None
        super().__init__(sent, initial=dict(first), auto_id="add_%s")

    def _code(self, name: str) -> str:
        try:
            return parse_currency(self.cleaned_data[name].upper())
        except BadCurrency as error:
            raise forms.ValidationError(said(str(error))) from None

    def clean_base(self) -> str:
        """Return the code in capitals."""
        return self._code("base")

    def clean_quote(self) -> str:
        """Return the code in capitals."""
        return self._code("quote")

    def carry_out(self) -> UUID:
        """Add it, once however often the form is sent; return its id.

        :raises Refusal: if the service will not, or the form has added another.
        """
        given = {name: self.cleaned_data[name] for name in self.field_order}
        return self.once(lambda: services.create_own_rate(**who(self.request), **given).id)


class Correcting(Amending, OwnRate):
    """A rate as it should be; what somebody else changed since it was shown stays so."""

    action = "correct"
    field_order = ("rate", "on", "source")

    def __init__(self, request: PageRequest, kept: BookRate) -> None:
        self.kept = kept
        super().__init__(request)
        self.fields["rate"].help_text = gettext("What 1 {base} is worth in {quote}.").format(
            base=kept.base, quote=kept.quote
        )
        self.show_what_was()

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold of the rate as it was read last."""
        kept = self.kept
        return {"on": kept.on.isoformat(), "rate": plain(kept.rate), "source": kept.source}

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises ChangedMeanwhile: if somebody else changed the same since.
        :raises Refusal: if the service will not.
        """
        book = self.who["book"]
        with writing(book.id, by=self.who["by"]):
            # Whoever held the book until now may have changed it after this request had read it.
            self.kept = services.get_own_rate(book, self.kept.id)
            self.agree(self.changed_data)
            given = {name: self.cleaned_data[name] for name in self.changed_data}
            services.change_own_rate(**self.who, rate_id=self.kept.id, **given)


class Deleting(Deed):
    """To delete it: what is shared holds again."""

    action = "delete"

    def __init__(self, request: PageRequest, kept: BookRate) -> None:
        self.kept = kept
        super().__init__(request)

    def carry_out(self) -> None:
        """Delete it, which it may be already.

        :raises Refusal: if the service will not.
        """
        with suppress(NotFound):
            services.delete_own_rate(**self.who, rate_id=self.kept.id)
