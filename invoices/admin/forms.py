"""What staff are asked when they change a card or a statement, or pay one."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import Account, AccountType
from buffet import money
from buffet.admin.verbs import Reason, offer, offer_rows
from buffet.models import Book
from invoices.models import Invoice, InvoiceLine, Section
from invoices.queries import lines

MOST_LINES = 500


class CardChange(Reason):
    """What may change about a card; new days hold from a month on."""

    limit = forms.DecimalField(
        max_digits=23, decimal_places=8, required=False, widget=UnfoldAdminTextInputWidget
    )
    paying_account = forms.ModelChoiceField(
        Account.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    closing_day = forms.IntegerField(
        min_value=1, max_value=31, widget=UnfoldAdminIntegerFieldWidget
    )
    due_day = forms.IntegerField(min_value=1, max_value=31, widget=UnfoldAdminIntegerFieldWidget)
    from_month = forms.DateField(
        required=False,
        label="New days hold from the month of this day on",
        widget=UnfoldAdminSingleDateWidget,
    )
    field_order = ("limit", "paying_account", "closing_day", "due_day", "from_month", "reason")

    def __init__(self, *args: Any, book: Book, **more: Any) -> None:
        super().__init__(*args, **more)
        # The accounts of one book, never those of another.
        assets = Account.objects.filter(book=book, type=AccountType.ASSET)
        offer_rows(self, "paying_account", assets.order_by("name"))


def _amount(**more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        max_digits=23, decimal_places=8, widget=UnfoldAdminTextInputWidget, **more
    )


class StatementChange(Reason):
    """The dates that a bank moved, and what it wants at least."""

    opens_on = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    closes_on = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    due_on = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    minimum_payment = _amount(required=False)
    field_order = ("opens_on", "closes_on", "due_on", "minimum_payment", "reason")


class Prepayment(Reason):
    """How many of the last parcels are paid ahead, and what is taken off for it."""

    parcels = forms.IntegerField(min_value=1, initial=1, widget=UnfoldAdminIntegerFieldWidget)
    date = forms.DateField(required=False, widget=UnfoldAdminSingleDateWidget)
    discount = _amount(required=False)
    field_order = ("parcels", "date", "discount", "reason")


class Cancellation(Reason):
    """On which day the rest is cancelled."""

    date = forms.DateField(required=False, widget=UnfoldAdminSingleDateWidget)
    field_order = ("date", "reason")


class LineMove(Reason):
    """A line of a statement, and where it goes."""

    line = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    to = forms.ChoiceField(
        required=False, label="To the statement of", widget=UnfoldAdminSelectWidget
    )
    field_order = ("line", "to", "reason")

    def __init__(self, *args: Any, invoice: Invoice, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = lines.page(invoice.book_id, invoice.id, limit=MOST_LINES)
        found = [
            (str(row["id"]), f"{row['date']} {row['description']} {row['amount']}") for row in rows
        ]
        offer(self, "line", found)
        others = Invoice.objects.filter(card=invoice.card_id).order_by("-month")
        months = [(str(one.id), f"{one.month:%Y-%m}") for one in others]
        offer(self, "to", [("", "its day"), *months])


class Settling(Reason):
    """Which of the card's payments settles a statement, or does so no longer."""

    payment = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    amount = _amount(required=False, label="No more of it than")
    settles = forms.TypedChoiceField(
        choices=(("yes", "settles this statement first"), ("no", "does not settle it")),
        coerce=lambda chosen: chosen == "yes",
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("payment", "settles", "amount", "reason")

    def __init__(self, *args: Any, invoice: Invoice, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = InvoiceLine.objects.filter(card=invoice.card_id, section=Section.PAYMENT)
        currency = invoice.card.account.currency
        payments = [
            (str(row.entry_id), f"{row.date}: {money.text(row.amount, currency)} {currency}")
            for row in rows.order_by("-date", "-entry_id")[:MOST_LINES]
        ]
        offer(self, "payment", payments)


class Payment(Reason):
    """A payment; left out: what is to be paid, today, from the account that pays the card."""

    amount = _amount(required=False)
    date = forms.DateField(required=False, widget=UnfoldAdminSingleDateWidget)
    from_account = forms.ModelChoiceField(
        Account.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    from_amount = _amount(required=False, label="What leaves an account in another currency")
    field_order = ("amount", "date", "from_account", "from_amount", "reason")

    def __init__(self, *args: Any, invoice: Invoice, **more: Any) -> None:
        super().__init__(*args, **more)
        # The accounts of one book, never those of another.
        assets = Account.objects.filter(book_id=invoice.book_id, type=AccountType.ASSET)
        offer_rows(self, "from_account", assets.order_by("name"))
