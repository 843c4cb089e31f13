"""What the page of a month's end can be told: to agree with a balance, to close, to reopen."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from buffet.audit import writing
from buffet.errors import NotFound, Refusal
from buffet.models import Role
from buffet.rest.query import Malformed, parse_day
from reports.deeds import Deed
from reports.forms import amount_typed
from reports.periods import DAY
from reports.queries.closing import MonthToClose, month_end
from reports.words import said
from transactions import services
from transactions.queries.balances import month_after


class OwnersOnly(Refusal):
    """Only an owner of the book reopens a month."""

    code = "owners_only"
    status = 403


class StillLeft(Refusal):
    """Something is left to look at: look at it, or say that the month is closed anyway."""

    code = "still_left"
    pointer = "/anyway"


class OfMonth(Deed):
    """Something that is done to the book in a month."""

    def __init__(self, request: HttpRequest, found: MonthToClose, **more: Any) -> None:
        self.found = found
        super().__init__(request, **more)


class Closing(OfMonth):
    """Whether a month is closed although something is left to look at."""

    action = "close"
    anyway = forms.BooleanField(label=_("Close it anyway"), required=False)

    def carry_out(self) -> None:
        """Close the month.

        :raises StillLeft: if something is left by now, and that was not ticked.
        :raises Refusal: if it is not over, or closed already.
        """
        book, by, today = self.request.book, self.who["by"], self.request.today
        month = self.found.month
        with writing(book.id, by=by):
            services.close_month(book=book, by=by, month=month, today=today)
            if not self.cleaned_data["anyway"] and month_end(book.id, month, today).left:
                raise StillLeft


class Opening(OfMonth):
    """Why a closed month is reopened."""

    action = "reopen"
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("It stays in the history, with your name and the time."),
    )

    def carry_out(self) -> None:
        """Reopen the month.

        :raises OwnersOnly: if the one who is signed in is none.
        :raises Refusal: if it is not closed.
        """
        if self.request.seat.role != Role.OWNER:
            raise OwnersOnly
        reason = self.cleaned_data["reason"]
        services.reopen_month(**self.who, month=self.found.month, reason=reason)


class Reconciling(OfMonth):
    """The balance point to agree with."""

    action = "reconcile"
    point = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def account_id(self) -> UUID | None:
        """Whose point it is, to show beside it why not."""
        point_id = self.cleaned_data.get("point") if self.is_bound else None
        points = {line.point.id: line.id for line in self.found.accounts if line.point}
        return points.get(point_id)

    def carry_out(self) -> None:
        """Agree with it.

        :raises Refusal: if it differs, or is not the book's.
        """
        services.reconcile(**self.who, point_id=self.cleaned_data["point"])


class Pointing(OfMonth):
    """What is on an account at the end of a day."""

    action = "point"
    account = forms.ChoiceField(label=_("Account"))
    on = forms.CharField(
        label=_("At the end of"), max_length=10, widget=forms.DateInput({"type": "date"})
    )
    balance = forms.CharField(
        label=_("Balance"),
        max_length=40,
        help_text=_("As the bank says it; a debt is negative."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, request: HttpRequest, found: MonthToClose, account: Any = None) -> None:
        last = min(month_after(found.month) - DAY, found.today)
        first = {"on": last.isoformat(), "account": account}
        super().__init__(request, found, initial=first)
        self.fields["account"].choices = [
            (str(line.id), f"{line.name} ({line.balance.currency})") for line in found.accounts
        ]

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
        currencies = {line.id: line.balance.currency for line in self.found.accounts}
        return amount_typed(self.cleaned_data["balance"], currencies.get(account))

    def carry_out(self) -> None:
        """Keep it.

        :raises Refusal: if there is one of that day, or the day is to come.
        """
        wanted = self.cleaned_data
        services.create_point(
            **self.who,
            today=self.request.today,
            account_id=wanted["account"],
            on=wanted["on"],
            balance=wanted["balance"],
        )


#: What can be done, by the name that its button sends.
DEEDS = {deed.action: deed for deed in (Closing, Opening, Reconciling, Pointing)}


def sent_to(request: HttpRequest, found: MonthToClose) -> OfMonth:
    """Return the form that was sent.

    :raises NotFound: if there is none of that name.
    """
    deed = DEEDS.get(request.POST.get("action", ""))
    if deed is None:
        raise NotFound("There is no such thing to do here.")
    return deed(request, found)
