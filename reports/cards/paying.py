"""The form that pays a statement."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountType, Kind
from buffet.errors import ChangedMeanwhile
from buffet.models import Book
from buffet.money import BadAmount, parse_amount, text
from buffet.rest.query import Malformed, parse_day
from invoices import services
from invoices.queries.statements import Statement
from reports.deeds import who
from reports.forms import Entrance, amount_typed, as_typed
from reports.requests import PageRequest
from reports.templatetags.figures import month
from reports.words import said

#: Kinds of accounts that money can be paid from.
_PAYERS = (Kind.CHECKING, Kind.SAVINGS, Kind.CASH, Kind.INVESTMENT, Kind.OTHER)


def payers(book: Book, kept: UUID | None) -> list[Account]:
    """Return the accounts that a bill can be paid from, by name; one that is `kept` is among them.

    An archived one is not.
    """
    rows = Account.objects.filter(
        Q(kind__in=_PAYERS) | Q(id=kept),
        book=book,
        type=AccountType.ASSET,
        archived_at__isnull=True,
    )
    return list(rows.order_by("name", "id"))


def _number(**more: str) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **more})


class Payment(Entrance):
    """How much, when and from where; `seen` is what was to be paid when the form was shown."""

    amount = forms.CharField(max_length=40, widget=_number())
    date = forms.CharField(label=_("Day"), max_length=10, widget=forms.DateInput({"type": "date"}))
    from_account = forms.ChoiceField(label=pgettext_lazy("account", "From"))
    from_amount = forms.CharField(
        max_length=40,
        required=False,
        widget=_number(),
        help_text=_("Only from an account in another currency."),
    )
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, request: PageRequest, one: Statement, payer: Any) -> None:
        self.request, self.one, self.currency = request, one, one.currency
        accounts = payers(request.book, payer)
        sent = request.POST if request.method == "POST" else None
        first = {
            "amount": as_typed(one.unscheduled, one.currency),
            "seen": text(one.unscheduled, one.currency),
            "date": request.today.isoformat(),
            "from_account": payer,
        }
        super().__init__(sent, initial=first, prefix=None, auto_id="pay_%s")
        self.fields["amount"].label = gettext("Amount, {currency}").format(currency=one.currency)
        self.let_choose(
            "from_account",
            [
                *([] if payer else [("", gettext("Choose an account"))]),
                *((str(row.id), f"{row.name} ({row.currency})") for row in accounts),
            ],
        )
        if all(row.currency == one.currency for row in accounts):
            del self.fields["from_amount"]
        else:
            self.fields["from_amount"].label = _("Leaves that account")

    def _amount(self, name: str, currency: str | None = None) -> Decimal:
        return amount_typed(self.cleaned_data[name], currency)

    def clean_amount(self) -> Decimal:
        """Return the amount."""
        return self._amount("amount", self.currency)

    def clean_from_amount(self) -> Decimal | None:
        """Return what leaves an account in another currency."""
        return self._amount("from_amount") if self.cleaned_data["from_amount"] else None

    def clean_seen(self) -> Decimal:
        """Return what was to be paid when the form was shown."""
        try:
            return parse_amount(self.cleaned_data["seen"], self.currency)
        except BadAmount:
            self.add_error(None, said(str(ChangedMeanwhile())))
            return Decimal(0)

    def clean_from_account(self) -> UUID:
        """Return the account's id."""
        return UUID(self.cleaned_data["from_account"])

    def clean_date(self) -> Any:
        """Return the day."""
        try:
            return parse_day(self.cleaned_data["date"])
        except Malformed as error:
            raise forms.ValidationError(said(str(error))) from None

    def carry_out(self) -> None:
        """Pay, as the one who is signed in.

        :raises Refusal: if the service will not.
        """
        wanted = self.cleaned_data
        services.pay(
            **who(self.request),
            invoice_id=self.one.invoice.id,
            today=self.request.today,
            amount=wanted["amount"],
            on=wanted["date"],
            from_account_id=wanted["from_account"],
            from_amount=wanted.get("from_amount"),
            # As its reader would call it: it stands among what they write themselves.
            description=gettext("Payment of {card}, {month}").format(
                card=self.one.invoice.card.account.name[:400], month=month(self.one.invoice.month)
            ),
            seen=wanted["seen"],
        )
