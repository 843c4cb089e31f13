"""What the page of a month's end can be told: to agree with a balance, to close, to reopen."""

from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Kind
from buffet.audit import writing
from buffet.errors import NotFound, Refusal
from buffet.models import Role
from buffet.rest.query import Malformed, parse_day
from reports.deeds import Deed
from reports.forms import amount_typed
from reports.periods import DAY
from reports.queries.closing import MonthToClose, month_end
from reports.requests import PageRequest
from reports.words import said
from transactions import services
from transactions.models import BalancePoint, PointKind
from transactions.queries.balances import month_after
from transactions.services.months import AlreadyClosed, NotClosed
from transactions.services.points import VALUED_KINDS, PointStillThere
from transactions.services.reconciling import AlreadyReconciled, NotReconciled


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

    #: What the address of the page then says was done to the form's balance point, if that is told.
    told: ClassVar[str] = ""

    @property
    def says(self) -> dict[str, UUID]:
        """What the address of the page says was done, once it is."""
        return {self.told: self.cleaned_data["point"]} if self.told else {}

    def __init__(self, request: PageRequest, found: MonthToClose, **more: Any) -> None:
        self.found = found
        super().__init__(request, **more)


class Closing(OfMonth):
    """Whether a month is closed although something is left to look at."""

    action = "close"
    anyway = forms.BooleanField(label=_("Close it anyway"), required=False)

    def carry_out(self) -> None:
        """Close the month.

        :raises StillLeft: if something is left by now, and that was not ticked.
        :raises Refusal: if it is not over.
        """
        book, by, today = self.request.book, self.who["by"], self.request.today
        month = self.found.month
        with writing(book.id, by=by):
            # Sent twice, or somebody else was faster: it is as it was wanted.
            with suppress(AlreadyClosed):
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
        """
        if self.request.seat.role != Role.OWNER:
            raise OwnersOnly
        reason = self.cleaned_data["reason"]
        with suppress(NotClosed):
            services.reopen_month(**self.who, month=self.found.month, reason=reason)


class Reconciling(OfMonth):
    """The balance point to agree with."""

    action = "reconcile"
    point = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def account_id(self) -> UUID | None:
        """Whose point it is, to show beside it why not."""
        point_id = self.cleaned_data.get("point") if self.is_bound else None
        points: dict[UUID | None, UUID] = {
            line.point.id: line.id for line in self.found.accounts if line.point
        }
        return points.get(point_id)

    def carry_out(self) -> None:
        """Agree with it.

        :raises Refusal: if it differs, or is not the book's.
        """
        with suppress(AlreadyReconciled):
            services.reconcile(**self.who, point_id=self.cleaned_data["point"])


class Unpointing(Reconciling):
    """A balance point that was a mistake."""

    action, told = "unpoint", "taken"

    def carry_out(self) -> None:
        """Delete it, and what it booked if it was a valuation; it may be gone already.

        :raises Refusal: if it is reconciled, or its day cannot change.
        """
        with suppress(NotFound):
            services.delete_point(**self.who, point_id=self.cleaned_data["point"])


class Repointing(Reconciling):
    """A balance point that was taken away."""

    action, told = "repoint", "back"

    def carry_out(self) -> None:
        """Bring it back, and what it booked if it was a valuation; it may be there already.

        :raises Refusal: if another is in its place, or its day cannot change.
        """
        with suppress(PointStillThere):
            services.restore_point(**self.who, point_id=self.cleaned_data["point"])


class Revaluing(Reconciling):
    """A valuation before which something was changed."""

    action = "revalue"

    def carry_out(self) -> None:
        """Book its gain again, which changes nothing where it is what is there.

        :raises Refusal: if its day cannot change.
        """
        services.revalue(**self.who, point_id=self.cleaned_data["point"])


class Unlocking(Reconciling):
    """The balance point up to which an account is not to be reconciled any more, and why."""

    action = "unlock"
    reason = forms.CharField(label=_("Why"), max_length=200)

    def carry_out(self) -> None:
        """Let what led to it change again.

        :raises OwnersOnly: if the one who is signed in is none.
        :raises Refusal: if a later day is reconciled.
        """
        if self.request.seat.role != Role.OWNER:
            raise OwnersOnly
        wanted = self.cleaned_data
        with suppress(NotReconciled):
            services.unlock(**self.who, point_id=wanted["point"], reason=wanted["reason"])


_KINDS = (
    (str(PointKind.STATEMENT), _("What a bank says, which is compared with the entries")),
    (str(PointKind.VALUATION), _("What it is worth: what the entries lack is booked as a gain")),
)


#: Of which one says what they are worth, as long as nothing else is chosen: no bank says it.
_VALUED = (Kind.INVESTMENT, Kind.PROPERTY)


class Pointing(OfMonth):
    """What is on an account at the end of a day: as a bank says it, or what it is worth."""

    action = "point"
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
        """That one of the other kind gave way, with what it had booked."""
        return {"taken": self.replaced} if self.replaced else {}

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
                return
            if there is not None:
                services.delete_point(**self.who, point_id=there.id)
                self.replaced = there.id
            services.create_point(
                **self.who,
                today=self.request.today,
                account_id=account,
                on=on,
                balance=balance,
                kind=kind,
            )


_OF_POINTS = (Reconciling, Revaluing, Unpointing, Repointing, Unlocking, Pointing)
_DEEDS = (Closing, Opening, *_OF_POINTS)
#: What can be done, by the name that its button sends.
DEEDS = {deed.action: deed for deed in _DEEDS}


def sent_to(request: PageRequest, found: MonthToClose) -> OfMonth:
    """Return the form that was sent.

    :raises NotFound: if there is none of that name.
    """
    deed = DEEDS.get(request.POST.get("action", ""))
    if deed is None:
        raise NotFound("There is no such thing to do here.")
    return deed(request, found)
