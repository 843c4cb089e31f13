"""What the page of a month's end can be told: to agree with a balance, to close, to reopen."""

from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from buffet.audit import writing
from buffet.errors import NotFound, Refusal
from buffet.models import Role
from reports.deeds import Deed
from reports.queries.closing import MonthToClose, month_end
from reports.requests import PageRequest
from transactions import services
from transactions.services.months import AlreadyClosed, NotClosed
from transactions.services.points import PointStillThere
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
