"""What owners do about who sees a book, and how anybody leaves it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language_from_request, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from buffet import services
from buffet.errors import NotFound, Refusal
from buffet.limits import TooManyLetters, client_address
from buffet.models import Book, Invitation, Membership, Role
from reports.deeds import Deed
from reports.forms import Address
from reports.once import Once
from reports.recording import fields
from reports.requests import PageRequest
from reports.words import said

ROLES = {
    Role.VIEWER: pgettext_lazy("role", "viewer"),
    Role.EDITOR: pgettext_lazy("role", "editor"),
    Role.OWNER: pgettext_lazy("role", "owner"),
}
#: What each may do.
MAY = {
    Role.VIEWER: _("Sees the whole book, takes files of it along, and changes nothing."),
    Role.EDITOR: _("Sees everything, and records, corrects, imports and closes months."),
    Role.OWNER: _(
        "Does everything: also reopens months, changes the settings and decides who sees the book."
    ),
}


class MetMeanwhile(Refusal):
    """They have taken their seat already: end it among the members if they are not to have it."""

    code = "met_meanwhile"


def end_of(day: date, book: Book) -> datetime:
    """Return the instant at which a day of the book is over."""
    over = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(book.time_zone))
    return over.astimezone(UTC)


def last_day(expires_at: datetime, book: Book) -> date:
    """Return the last day on which something that expires is good."""
    return book.day(expires_at - timedelta.resolution)


class LastDay(fields.Day):
    """The last day of a seat."""

    def clean(self, value: Any) -> Any:
        """Return the day; None for a seat that has none.

        :raises forms.ValidationError: if it is no day.
        """
        return super().clean(value) if value else None


def _role() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("What they may do"),
        choices=[(role, capfirst(name)) for role, name in ROLES.items()],
        widget=forms.RadioSelect,
    )


def _last_day() -> LastDay:
    return LastDay(
        label=_("Last day"),
        required=False,
        help_text=_("If they are to see the book for a while only; leave it empty otherwise."),
    )


class Granting(Deed):
    """To let support see the amounts for some days."""

    action = "grant"

    days = forms.TypedChoiceField(
        label=_("For"),
        coerce=int,
        choices=[(1, _("one day")), (7, _("a week")), (30, _("30 days"))],
        initial=7,
    )

    def carry_out(self) -> None:
        """Let them.

        :raises Refusal: if the service will not.
        """
        until = timezone.now() + timedelta(days=self.cleaned_data["days"])
        by, book = self.who["by"], self.who["book"]
        services.grant_support(by=by, book_id=book.id, expires_at=until)


class Inviting(Once, Deed):
    """To offer somebody a seat by letter; a form that is sent twice sends one."""

    action = "invite"
    called: ClassVar[Mapping[str, str]] = {"seat_expires_at": "last_day"}
    request: PageRequest
    invited: UUID

    email = Address.base_fields["email"]
    role = _role()
    last_day = _last_day()

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request, initial={"role": Role.VIEWER})
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "off"})

    def carry_out(self) -> None:
        """Send the letter, and keep which invitation it is about.

        :raises Refusal: if the service will not.
        """
        sent, book = self.cleaned_data, self.who["book"]
        until = sent["last_day"] and end_of(sent["last_day"], book)

        def effect() -> UUID:
            return services.invite(
                by=self.who["by"],
                book_id=book.id,
                email=sent["email"],
                role=sent["role"],
                seat_expires_at=until,
                address=client_address(self.request),
                language=get_language_from_request(self.request),
            ).id

        self.invited = self.once(effect)

    def refuse(self, refusal: Refusal) -> None:
        """Show why not; what is about the address, beside it."""
        if isinstance(refusal, (services.AlreadyMember, TooManyLetters)):
            self.add_error("email", said(refusal.detail))
        else:
            super().refuse(refusal)


class TakingBack(Deed):
    """To end an open invitation."""

    action = "take-back"

    id = forms.UUIDField(widget=forms.HiddenInput)

    def carry_out(self) -> None:
        """Take it back, which it may be already.

        :raises MetMeanwhile: if it has been accepted.
        :raises Refusal: if the service will not.
        """
        by, book, id = self.who["by"], self.who["book"], self.cleaned_data["id"]
        try:
            services.take_back(by=by, book_id=book.id, invitation_id=id)
        except NotFound:
            was = Invitation.objects.filter(book=book, id=id).first()
            if was is None:
                raise
            if was.answer == "accepted":
                raise MetMeanwhile from None


class OfSeat(Deed):
    """Something that becomes of a member's seat."""

    def __init__(self, request: PageRequest, seat: Membership, **more: Any) -> None:
        self.seat = seat
        super().__init__(request, **more)

    @property
    def whose(self) -> dict[str, Any]:
        """Return which seat it is, and who does it."""
        by, book = self.who["by"], self.who["book"]
        return {"by": by, "book_id": book.id, "member_id": self.seat.user_id}


class Changing(OfSeat):
    """To let a member do more or less, or until another day."""

    action = "change"
    called: ClassVar[Mapping[str, str]] = {"expires_at": "last_day"}

    role = _role()
    last_day = _last_day()

    def __init__(self, request: PageRequest, seat: Membership) -> None:
        until = seat.expires_at and last_day(seat.expires_at, request.book).isoformat()
        super().__init__(request, seat, initial={"role": seat.role, "last_day": until or ""})
        # What was on the page comes back, so that what another owner changed since is left alone.
        for field in self.fields.values():
            field.show_hidden_initial = True

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises Refusal: if the service will not.
        """
        given = {name: self.cleaned_data[name] for name in self.changed_data}
        if "last_day" in given:
            day = given.pop("last_day")
            given["expires_at"] = day and end_of(day, self.who["book"])
        services.change_member(**self.whose, **given)


class Ending(OfSeat):
    """To take a member's seat away."""

    action = "end"

    def carry_out(self) -> None:
        """End it.

        :raises Refusal: if the service will not.
        """
        services.end_membership(**self.whose)


class Leaving(Ending):
    """To leave the book oneself."""

    action = "leave"
