"""The form of a balance that is typed on the page of a month's end, and all that is sent there."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Kind
from buffet.audit import writing
from buffet.rest.query import Malformed, parse_day
from reports.closing.forms import (
    Closing,
    OfMonth,
    Opening,
    Reconciling,
    Repointing,
    Revaluing,
    Unlocking,
    Unpointing,
)
from reports.deeds import chosen
from reports.forms import amount_typed
from reports.periods import DAY
from reports.queries.closing import MonthToClose
from reports.requests import PageRequest
from reports.templatetags.figures import number
from reports.words import said
from transactions import services
from transactions.models import BalancePoint, PointKind
from transactions.queries.balances import month_after
from transactions.services.points import VALUED_KINDS

_KINDS = (
    (str(PointKind.STATEMENT), _("What a bank says, which is compared with the entries")),
    (str(PointKind.VALUATION), _("What it is worth: what the entries lack is booked as a gain")),
)


#: Of which one says what they are worth, as long as nothing else is chosen: no bank says it.
_VALUED = (Kind.INVESTMENT, Kind.PROPERTY)


#: What is said beside the balance where a card or a loan may be chosen.
_OF_DEBTS = _(
    "As the bank says it, but what is owed on a card or a loan has a minus sign: {amount}. One of "
    "the same day is replaced, whether a bank said it or it was a value."
)


class Pointing(OfMonth):
    """What is on an account at the end of a day: as a bank says it, or what it is worth."""

    action = "point"
    kept: UUID | None = None
    replaced: UUID | None = None
    account = forms.ChoiceField(label=_("Account"))
    kind = forms.ChoiceField(label=_("What it is"), choices=_KINDS, required=False)
    on = forms.CharField(
        label=_("At the end of"), max_length=10, widget=forms.DateInput({"type": "date"})
    )
    balance = forms.CharField(
        label=_("Balance"),
        max_length=40,
        help_text=_(
            "As the bank says it; a debt is negative. One of the same day is replaced, whether a "
            "bank said it or it was a value."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, request: PageRequest, found: MonthToClose, account: Any = None) -> None:
        last = min(month_after(found.month) - DAY, found.today)
        lines = {line.id: line for line in found.accounts}
        first = {"on": last.isoformat(), "account": account}
        if account in lines and lines[account].kind in _VALUED:
            first["kind"] = PointKind.VALUATION
        super().__init__(request, found, initial=first)
        if not any(line.kind in VALUED_KINDS for line in found.accounts):
            del self.fields["kind"]
        if any(line.is_debt for line in found.accounts):
            self.fields["balance"].help_text = _OF_DEBTS.format(
                amount=number(Decimal("-1234.50"), 2)
            )
        self.let_choose(
            "account",
            [(str(line.id), f"{line.name} ({line.balance.currency})") for line in found.accounts],
        )

    def clean_account(self) -> UUID:
        """Return the account's id."""
        return UUID(self.cleaned_data["account"])

    def clean_on(self) -> Any:
        """Return the day."""
        try:
            return parse_day(self.cleaned_data["on"])
        except Malformed as error:
            raise forms.ValidationError(said(str(error))) from None

    def clean_balance(self) -> Decimal:
        """Return the balance."""
        account = self.cleaned_data.get("account")
        currencies: dict[UUID | None, str] = {
            line.id: line.balance.currency for line in self.found.accounts
        }
        return amount_typed(self.cleaned_data["balance"], currencies.get(account))

    @property
    def says(self) -> dict[str, UUID]:
        """Which was kept; and that one of the other kind gave way, with what it had booked."""
        said = {"saved": self.kept, "taken": self.replaced}
        return {name: id for name, id in said.items() if id}

    def carry_out(self) -> None:
        """Keep it, in the place of one of its day; one of the other kind is deleted, not changed.

        :raises Refusal: if that is reconciled, or the day is to come.
        """
        wanted = self.cleaned_data
        kind = wanted.get("kind") or PointKind.STATEMENT
        account, on, balance = (wanted[name] for name in ("account", "on", "balance"))
        with writing(self.who["book"].id, by=self.who["by"]):
            there = BalancePoint.objects.filter(
                book=self.who["book"], account_id=account, on=on
            ).first()
            if there is not None and there.kind == kind:
                services.change_point(**self.who, point_id=there.id, balance=balance)
                self.kept = there.id
                return
            if there is not None:
                services.delete_point(**self.who, point_id=there.id)
                self.replaced = there.id
            self.kept = services.create_point(
                **self.who,
                today=self.request.today,
                account_id=account,
                on=on,
                balance=balance,
                kind=kind,
            ).id


_OF_POINTS = (Reconciling, Revaluing, Unpointing, Repointing, Unlocking, Pointing)
_DEEDS = (Closing, Opening, *_OF_POINTS)
#: What can be done, by the name that its button sends.
DEEDS = {deed.action: deed for deed in _DEEDS}


def sent_to(request: PageRequest, found: MonthToClose) -> OfMonth:
    """Return the form that was sent.

    :raises NotFound: if there is none of that name.
    """
    return chosen(DEEDS, request)(request, found)
