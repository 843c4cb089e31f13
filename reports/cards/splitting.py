"""The page on which a purchase that was recorded as one is put in parcels."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import CreditCard
from buffet.errors import NotFound
from buffet.money import Money
from invoices import services
from invoices.models import CentsOn, InstallmentPlan, Invoice
from invoices.queries import installments
from invoices.queries.installments import Purchase
from invoices.services.installments import MOST_PARCELS
from reports.book_page import book_form, read
from reports.cards.outlook import Foretold, Outlook, outlook
from reports.cards.plans import to_plan
from reports.deeds import done
from reports.recording import fields
from reports.requests import PageRequest
from reports.templatetags.figures import month
from transactions.queries import transactions
from transactions.queries.reading import takes_category

#: How many statements, from that of the purchase on, the first parcel may be on.
STATEMENTS = 12
_PARCELS = _("A whole number from 2 to 120.")
_CENTS_ON = ((str(CentsOn.FIRST), _("the first parcel")), (str(CentsOn.LAST), _("the last parcel")))


class Splitting(Foretold):
    """How many parcels a purchase is paid in, the first of them on which statement."""

    action = "split"
    called: ClassVar[Mapping[str, str]] = {"total": "parcels"}
    field_order = ("parcels", "first_month", "cents_on", "notes")

    parcels = forms.IntegerField(
        label=_("How many parcels"),
        min_value=2,
        max_value=MOST_PARCELS,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _PARCELS),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    first_month = forms.ChoiceField(label=_("The first on the statement of"), required=False)
    cents_on = forms.ChoiceField(
        label=_("Cents that do not divide go to"), choices=_CENTS_ON, required=False
    )
    notes = fields.notes()

    def __init__(self, request: PageRequest, row: Mapping[str, Any], card: CreditCard) -> None:
        self.row, self.card = row, card
        super().__init__(request)
        rows = Invoice.objects.filter(card=card, closes_on__gte=row["date"]).order_by("month")
        months = rows.values_list("month", flat=True)[:STATEMENTS]
        choices = [(f"{one:%Y-%m}", month(one)) for one in months]
        self.let_choose("first_month", [("", _("that of its day")), *choices])

    def clean_first_month(self) -> date | None:
        """Return the first day of the month; None for that of the purchase's day."""
        sent = self.cleaned_data["first_month"]
        return date.fromisoformat(f"{sent}-01") if sent else None

    def does(self) -> Outlook:
        """Put it in parcels.

        :raises Refusal: if the service will not.
        """
        wanted = self.cleaned_data

        def split() -> InstallmentPlan:
            return services.split_purchase(
                **self.who,
                transaction_id=UUID(self.row["id"]),
                parcels=wanted["parcels"],
                first_month=wanted["first_month"],
                cents_on=wanted["cents_on"] or CentsOn.FIRST,
                notes=wanted["notes"],
            )

        return outlook(self.who["book"].id, self.card.id, self.request.today, split)


def is_divisible(row: Mapping[str, Any], purchase: Purchase) -> bool:
    """Whether a transaction is a purchase with a card, neither split nor in parcels.

    Whether it goes in parcels is the service's to say.
    """
    return purchase.card_id is not None and purchase.place is None and takes_category(row)


@book_form
def split_purchase(request: PageRequest, id: UUID) -> HttpResponseBase:
    """In how many parcels is this purchase paid?"""
    read(request, {})
    row = transactions.get(request.book.id, id)
    purchase = installments.of_transaction(request.book.id, id, request.today)
    if purchase.place is not None and request.method != "POST":
        plan_id = purchase.place.parcel.plan_id
        return redirect(reverse("plan", args=(plan_id,)) + request.along)
    card, form, card_id = None, None, purchase.card_id
    # Sent twice, it is in parcels already.
    if card_id is not None and (is_divisible(row, purchase) or purchase.place is not None):
        card = CreditCard.objects.get(book=request.book, id=card_id)
    if card is not None and request.may_write and request.known_on is None:
        form = Splitting(request, row, card)
    status = 200
    if request.method == "POST":
        if form is None or not form.is_bound:
            raise NotFound("There is no such thing to do here.")
        status = done(form)
        if not status and form.told is None and form.plan_id is not None:
            return to_plan(request, form.plan_id, "split")
    context = {
        "transaction": row,
        "card": card,
        "form": form,
        "total": Money(abs(Decimal(row["amount"])), row["currency"]),
        "currency": row["currency"],
    }
    return render(request, "reports/cards/split.html", context, status=status or 200)
