"""The forms of a purchase in parcels: to pay some of them early, and to cancel the rest."""

from collections.abc import Mapping
from datetime import date as Day  # the field of a day is called like its type
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoices import services
from invoices.models import InstallmentPlan
from invoices.services.installments import MOST_PARCELS
from invoices.services.prepaying import day_of
from reports.cards.outlook import Foretold, Outlook, outlook
from reports.forms import amount_typed
from reports.recording import fields
from reports.requests import PageRequest

_WHOLE = _("A whole number: how many of the parcels that are left.")


class SomeDay(fields.Day):
    """A day, or none."""

    def clean(self, value: Any) -> Any:
        """Return the day; None if none was said.

        :raises forms.ValidationError: if it is no day.
        """
        return super().clean(value) if value else None


class OfPlan(Foretold):
    """Something that is done to the parcels of a plan that are left."""

    called: ClassVar[Mapping[str, str]] = {"on": "date"}

    date = SomeDay(
        label=_("Day"),
        required=False,
        help_text=_("Today if you leave it empty; a day that has been, not before the purchase."),
    )

    def __init__(self, request: PageRequest, plan: InstallmentPlan, left: int) -> None:
        self.plan, self.left = plan, left
        super().__init__(request)

    @property
    def day(self) -> Day:
        """The day that it is done on."""
        return day_of(self.plan, self.cleaned_data["date"], self.request.today)

    def _outlook(self, verb: Any, **given: Any) -> Outlook:
        plan, today = self.plan, self.request.today

        def does() -> InstallmentPlan:
            on = self.cleaned_data["date"]
            return verb(**self.who, plan_id=plan.id, today=today, on=on, **given)

        return outlook(self.who["book"].id, plan.card_id, today, does, plan.id)


class Prepaying(OfPlan):
    """To pay the last so many parcels early, with a discount if there is one."""

    action = "prepay"
    field_order = ("parcels", "discount", "date")

    parcels = forms.IntegerField(
        label=_("How many parcels"),
        min_value=1,
        max_value=MOST_PARCELS,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _WHOLE),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    discount = forms.CharField(
        max_length=40,
        required=False,
        widget=fields.number(),
        help_text=_("What is taken off for paying early; leave it empty if nothing is."),
    )

    def __init__(self, request: PageRequest, plan: InstallmentPlan, left: int) -> None:
        super().__init__(request, plan, left)
        currency = plan.card.account.currency
        self.fields["discount"].label = gettext("Discount, {currency}").format(currency=currency)
        of = gettext("Of the {count} that are left, the last ones.").format(count=left)
        self.fields["parcels"].help_text = of

    def clean_discount(self) -> Decimal | None:
        """Return the discount, in the card's currency."""
        sent = self.cleaned_data["discount"]
        return amount_typed(sent, self.plan.card.account.currency) if sent else None

    def does(self) -> Outlook:
        """Bring them to the day and its statement.

        :raises Refusal: if the service will not.
        """
        wanted = self.cleaned_data
        return self._outlook(
            services.prepay, parcels=wanted["parcels"], discount=wanted["discount"]
        )


class Cancelling(OfPlan):
    """To cancel what has not been billed: it and a refund of as much come to one statement."""

    action = "cancel"

    def does(self) -> Outlook:
        """Bring what is left, and the refund, to the day and its statement.

        :raises Refusal: if the service will not.
        """
        return self._outlook(services.cancel)
