"""What a subscription's pages do: take its new price, end it, delete it, link and unlink."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from buffet.audit import writing
from buffet.errors import NotFound
from buffet.money import BadAmount, parse_amount
from buffet.rest.query import Malformed, parse_day
from reports.deeds import Deed
from reports.recording import fields
from reports.requests import PageRequest
from reports.subscribing.forms import LastDay
from reports.words import said
from transactions import services
from transactions.models import Subscription, SubscriptionPayment


class OfSubscription(Deed):
    """Something that is done to a subscription."""

    def __init__(self, request: PageRequest, kept: Subscription, **more: Any) -> None:
        self.kept = kept
        super().__init__(request, **more)


class Repricing(OfSubscription):
    """To expect what was last paid from now on."""

    action = "reprice"
    #: As programs write it, whatever the reader's language: the page does.
    amount = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def clean_amount(self) -> Decimal:
        """Return the amount, in the currency of the account that pays."""
        try:
            return parse_amount(self.cleaned_data["amount"], self.kept.account.currency)
        except BadAmount as error:
            raise forms.ValidationError(said(str(error))) from None

    def carry_out(self) -> None:
        """Expect it.

        :raises Refusal: if the service will not.
        """
        amount = self.cleaned_data["amount"]
        services.change_subscription(**self.who, subscription_id=self.kept.id, amount=amount)


class Ending(OfSubscription):
    """To let nothing fall due after a day."""

    action = "end"
    on = fields.Day(label=_("Last day"))

    def carry_out(self) -> None:
        """End it.

        :raises Refusal: if the service will not.
        """
        on = self.cleaned_data["on"]
        services.end_subscription(**self.who, subscription_id=self.kept.id, on=on)


class Deleting(OfSubscription):
    """To delete it, which only one that was never paid can be."""

    action = "delete"

    def carry_out(self) -> None:
        """Delete it, which it may be already.

        :raises Refusal: if something was paid for it.
        """
        with suppress(NotFound):
            services.delete_subscription(**self.who, subscription_id=self.kept.id)


class Unlinking(Deed):
    """To take back that a transaction paid for a subscription."""

    action = "unlink"
    subscription = forms.UUIDField(widget=forms.HiddenInput)
    transaction = forms.UUIDField(widget=forms.HiddenInput)

    def carry_out(self) -> None:
        """Unlink it, which it may be already.

        :raises Refusal: if the service will not.
        """
        wanted = self.cleaned_data
        with suppress(NotFound):
            services.unlink_payment(
                **self.who,
                subscription_id=wanted["subscription"],
                transaction_id=wanted["transaction"],
            )


class Linking(Deed):
    """To say that some transactions paid what was due; each is sent as `pair` names it."""

    action = "link"

    @property
    def ticked(self) -> list[str]:
        """Return what was sent."""
        return self.data.getlist("pair") if self.is_bound else []

    def clean(self) -> dict[str, Any]:
        """Return which transactions paid what, by subscription."""
        paid: dict[UUID, dict[UUID, date]] = {}
        for sent in self.ticked:
            subscription, transaction, due_on = _read(sent)
            paid.setdefault(subscription, {})[transaction] = due_on
        if not paid:
            raise forms.ValidationError(_("Tick those that are payments."))
        return {"paid": paid}

    def carry_out(self) -> None:
        """Link those that are not yet, all of them or none.

        :raises Refusal: if the service will not.
        """
        with writing(self.who["book"].id, by=self.who["by"]):
            for subscription, paid in self.cleaned_data["paid"].items():
                done = SubscriptionPayment.objects.filter(
                    subscription=subscription, transaction__in=paid
                )
                so = set(done.values_list("transaction_id", "due_on"))
                left = {one: on for one, on in paid.items() if (one, on) not in so}
                if left:
                    services.link_payments(**self.who, subscription_id=subscription, paid=left)


def pair(subscription: UUID, transaction: UUID, due_on: date) -> str:
    """Return what stands for a payment of what was due on a day."""
    return f"{subscription}.{transaction}.{due_on}"


def _read(sent: str) -> tuple[UUID, UUID, date]:
    """Return what `pair` wrote.

    :raises NotFound: if it did not write this.
    """
    try:
        subscription, transaction, due_on = sent.split(".")
        return UUID(subscription), UUID(transaction), parse_day(due_on)
    except (ValueError, Malformed):
        raise NotFound("There is no such thing to do here.") from None


class PaidFor(Deed):
    """To say which subscription a transaction paid for."""

    action = "paid-for"
    subscription = fields.Chosen(
        label=_("It is a payment of"),
        error_messages={"required": _("Choose one of these.")},
    )
    due_on = LastDay(
        label=_("What was due on"),
        required=False,
        help_text=_("Leave it empty for the unpaid due date that is nearest."),
    )

    def __init__(self, request: PageRequest, id: UUID, offered: fields.Choices) -> None:
        self.id = id
        super().__init__(request)
        self.let_choose("subscription", [("", _("Choose a subscription")), *offered])

    def carry_out(self) -> None:
        """Link it, which it may be already.

        :raises Refusal: if the service will not.
        """
        id, due_on = self.cleaned_data["subscription"], self.cleaned_data["due_on"]
        with writing(self.who["book"].id, by=self.who["by"]):
            done = SubscriptionPayment.objects.filter(
                transaction=self.id, subscription=id, **({"due_on": due_on} if due_on else {})
            )
            if not done.exists():
                services.link_payment(
                    **self.who, subscription_id=id, transaction_id=self.id, due_on=due_on
                )
