"""The form of a new account: what it is, where it is kept, and what was on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import services as chart
from accounts.models import REAL_KINDS, Account, AccountType, Broker, Kind
from buffet.audit import writing
from buffet.errors import Invalid, Refusal
from buffet.models import Book
from buffet.money import BadCurrency, parse_currency
from buffet.rest.query import Malformed, parse_day
from invoices import services as cards
from reports.deeds import who
from reports.forms import amount_typed
from reports.once import Once
from reports.periods import DAY
from reports.requests import PageRequest
from reports.words import said
from transactions import services as ledger

KINDS = (
    (str(Kind.CHECKING), _("Checking account")),
    (str(Kind.SAVINGS), _("Savings account")),
    (str(Kind.CASH), _("Cash")),
    (str(Kind.CREDIT_CARD), _("Credit card")),
    (str(Kind.INVESTMENT), _("Investment account")),
    (str(Kind.LOAN), _("Loan")),
    (str(Kind.PROPERTY), _("Property")),
    (str(Kind.RECEIVABLE), _("Money that others owe you")),
    (str(Kind.OTHER), pgettext_lazy("account", "Something else")),
)
_DAY_OF_MONTH = dict.fromkeys(
    ("invalid", "min_value", "max_value"), _("A day from 1 to 31; 31 is the last of each month.")
)
_DAYS = ("closing_day", "due_day")
_OF_CARD = (*_DAYS, "limit", "paying_account")
_NEEDED = _("Say this day: the card's statements follow from it.")


def _amount(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=40, required=False, widget=widget, help_text=help_text
    )


def _day_of_month(label: Any) -> forms.IntegerField:
    messages: dict[str, Any] = dict(_DAY_OF_MONTH)
    return forms.IntegerField(
        label=label, min_value=1, max_value=31, required=False, error_messages=messages
    )


class Around:
    """What a book has that a new account may be at, or be paid by; asked once for several forms."""

    def __init__(self, book: Book) -> None:
        brokers = Broker.objects.filter(book=book).order_by("name")
        self.brokers = list(brokers.values_list("name", flat=True))
        self.payers = list(
            Account.objects.filter(
                book=book, type=AccountType.ASSET, archived_at__isnull=True
            ).order_by("name", "id")
        )


class NewRealAccount(Once):
    """An account as it is typed; what only cards or debts have is read of these alone."""

    request: PageRequest
    kind = forms.ChoiceField(label=_("What it is"), choices=KINDS)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What you call it; each account has a name of its own."),
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_("Three letters, such as EUR or BRL. It cannot be changed later."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    broker = forms.CharField(
        label=_("Bank or broker"),
        max_length=100,
        required=False,
        help_text=_("Leave it empty if it is at none."),
    )
    number = forms.CharField(
        label=_("Account number"),
        max_length=64,
        required=False,
        help_text=_("As your bank's files name it: they find the account by it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    limit = _amount(_("Limit"), _("Leave it empty if you do not know it."))
    closing_day = _day_of_month(_("Closes on day"))
    due_day = _day_of_month(_("Due on day"))
    paying_account = forms.ChoiceField(label=_("Account that pays its bill"), required=False)
    opening_balance = _amount(
        _("What was on it"), _("Empty if nothing was; overdrawn is negative.")
    )
    owed = _amount(_("What was owed"), _("Of a card or a loan, without a sign."))
    opened_on = forms.CharField(
        label=_("At the start of"),
        max_length=10,
        help_text=_("The first day that you will record or import."),
        widget=forms.DateInput({"type": "date"}),
    )

    def __init__(
        self,
        request: PageRequest,
        first: Mapping[str, Any] | None = None,
        *,
        sent: Any = None,
        prefix: str | None = None,
        around: Around | None = None,
    ) -> None:
        self.request = request
        self.around = around or Around(request.book)
        book = request.book
        initial = {"currency": book.base_currency, "opened_on": request.today.isoformat()}
        auto_id = "%s" if prefix else "open_%s"
        super().__init__(sent, initial=initial | dict(first or {}), prefix=prefix, auto_id=auto_id)
        if prefix:
            # One of several in the form of a file, which is read again and again.
            del self.fields["key"]
            day = self.fields["opened_on"]
            day.label = pgettext_lazy("what was on it", "At the end of")
            day.help_text = _("The day before the first one of the file.")
        self.fields["broker"].widget.attrs |= {"list": "brokers", "autocomplete": "off"}
        self.let_choose(
            "paying_account",
            [
                ("", pgettext_lazy("account that pays", "None yet")),
                *((str(row.id), f"{row.name} ({row.currency})") for row in self.around.payers),
            ],
        )

    @property
    def is_card(self) -> bool:
        """Whether it is to be a credit card."""
        return self.cleaned_data.get("kind") == Kind.CREDIT_CARD

    @property
    def is_debt(self) -> bool:
        """Whether what is on it is owed."""
        kind = self.cleaned_data.get("kind", "")
        return REAL_KINDS.get(kind) == AccountType.LIABILITY

    def clean_currency(self) -> str:
        """Return the code in capitals."""
        try:
            return parse_currency(self.cleaned_data["currency"].upper())
        except BadCurrency as error:
            raise forms.ValidationError(said(str(error))) from None

    def _amount(self, name: str) -> Decimal | None:
        sent = self.cleaned_data[name]
        return amount_typed(sent, self.cleaned_data.get("currency")) if sent else None

    def clean_limit(self) -> Decimal | None:
        """Return the card's limit."""
        return self._amount("limit") if self.is_card else None

    def clean_opening_balance(self) -> Decimal | None:
        """Return what was on it."""
        return None if self.is_debt else self._amount("opening_balance")

    def clean_owed(self) -> Decimal | None:
        """Return what was owed."""
        return self._amount("owed") if self.is_debt else None

    def clean_opened_on(self) -> date:
        """Return the day."""
        try:
            return parse_day(self.cleaned_data["opened_on"])
        except Malformed as error:
            raise forms.ValidationError(said(str(error))) from None

    def clean(self) -> dict[str, Any]:
        """Ask of a card for its days; of others, do not look at what only a card has."""
        for name in () if self.is_card else _OF_CARD:
            self.errors.pop(name, None)
        for name in _DAYS if self.is_card else ():
            if self.cleaned_data.get(name) is None and name not in self.errors:
                self.add_error(name, _NEEDED)
        return self.cleaned_data

    def refuse(self, refusal: Refusal) -> None:
        """Show why not; of what is owed, beside that."""
        if self.is_debt and refusal.faults:
            owed = {"/opening_balance": "/owed"}
            faults = [
                replace(one, pointer=owed.get(one.pointer, one.pointer)) for one in refusal.faults
            ]
            refusal = Invalid(faults, refusal.detail)
        super().refuse(refusal)

    def _of_account(self) -> dict[str, Any]:
        sent = self.cleaned_data
        broker = sent["broker"]
        found = chart.broker_named(self.request.book, broker).id if broker else None
        owed = sent["owed"]
        day = sent["opened_on"]
        return {
            "name": sent["name"],
            "currency": sent["currency"],
            "broker_id": found,
            "number": sent["number"],
            # With a file, the account begins on the day after the one that its balance is of.
            "opened_on": min(day, date.max - DAY) + DAY if self.prefix else day,
            "opening_on": day,
            # As its reader calls it: it stands among what they write themselves.
            "opening_description": gettext("Opening balance"),
            "opening_balance": (owed and -owed) if self.is_debt else sent["opening_balance"],
        }

    def _of_card(self) -> dict[str, Any]:
        sent = self.cleaned_data
        payer = sent["paying_account"]
        return {
            "limit": sent["limit"],
            "closing_day": sent["closing_day"],
            "due_day": sent["due_day"],
            "paying_account_id": UUID(payer) if payer else None,
        }

    def open_once(self) -> UUID:
        """Open the account, once however often the form is sent; return its id.

        :raises Refusal: if the services will not, or the form has opened another.
        """
        return self.once(lambda: self.carry_out().id)

    def carry_out(self) -> Account:
        """Open the account as the one who is signed in, with its bank if the book has none such.

        :raises Refusal: if the services will not; then there is neither.
        """
        request = self.request
        own = who(request) | {"today": request.today}
        with writing(request.book.id, by=own["by"]):
            given = self._of_account()
            if self.is_card:
                return cards.create_card(**own, **self._of_card(), **given).account
            return ledger.open_account(**own, kind=self.cleaned_data["kind"], **given)
