"""What a page can be told to do, by the name that its button sends."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from accounts import queries
from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import NotFound, Refusal
from buffet.requests import Request, signed_in
from reports.forms import Entrance
from reports.requests import PageRequest
from transactions import services as ledger


def actor(request: Request) -> Actor:
    """Return the one who is signed in, as whom the history names."""
    user = signed_in(request)
    return Actor(user.id, "page", request.id, user.email)


def who(request: PageRequest) -> dict[str, Any]:
    """Return the book, and who writes in it."""
    return {"book": request.book, "by": actor(request)}


class Deed(Entrance):
    """Something that the one who is signed in does; it was sent if its button was pressed."""

    action: ClassVar[str]

    def __init__(self, request: PageRequest, **more: Any) -> None:
        sent = request.POST if request.POST.get("action") == self.action else None
        self.request, self.who = request, who(request)
        super().__init__(sent, auto_id=f"{self.action}_%s", **more)

    def carry_out(self) -> Any:
        """Do it.

        :raises Refusal: if the service will not.
        """
        raise NotImplementedError  # each deed says what it does


class Leaving(Deed):
    """Something that becomes of an account or category as a whole."""

    def __init__(self, request: PageRequest, id: UUID) -> None:
        self.id = id
        super().__init__(request)


class Archiving(Leaving):
    """To archive it: it takes no more entries and leaves the lists."""

    action = "archive"

    def carry_out(self) -> None:
        """Archive it, which it may be already.

        :raises Refusal: if the service will not.
        """
        with suppress(chart.AlreadyArchived):
            chart.archive_account(**self.who, account_id=self.id)


class Reopening(Leaving):
    """To take it back into use."""

    action = "reopen"

    def carry_out(self) -> None:
        """Take it back into use, where it may be already.

        :raises Refusal: if the service will not.
        """
        with suppress(chart.NotArchived):
            chart.reopen_account(**self.who, account_id=self.id)


class Dropping(Leaving):
    """To delete it, which only what was never used can be."""

    action = "drop"

    def carry_out(self) -> None:
        """Delete it, which it may be already.

        :raises Refusal: if something hangs on it.
        """
        with suppress(NotFound):
            ledger.delete_account(**self.who, account_id=self.id)


def leaving(
    request: PageRequest, account: Account, dropping: type[Dropping] = Dropping
) -> dict[str, Deed]:
    """Return what can become of an account or category as a whole, by the names of their buttons.

    What was sent is among it, also where the first of two clicks has done it.
    """
    uses = {one.action: one for one in (Archiving, Reopening)}
    fitting = Reopening if account.archived_at else Archiving
    using = uses.get(request.POST.get("action", ""), fitting)
    return {one.action: one(request, account.id) for one in (using, dropping)}


def drops_again(request: PageRequest, id: UUID) -> bool:
    """Whether an account or category is to be deleted that is deleted already."""
    return request.POST.get("action") == Dropping.action and queries.was_deleted(request.book, id)


Chosen = TypeVar("Chosen", bound=type[Deed])


def chosen(deeds: Mapping[str, Chosen], request: PageRequest) -> Chosen:
    """Return what was sent, by the name of the button that was pressed.

    :raises NotFound: if there is none of that name.
    """
    deed = deeds.get(request.POST.get("action", ""))
    if deed is None:
        raise NotFound("There is no such thing to do here.")
    return deed


def done(deed: Deed | None) -> int:
    """Do what was sent; return the status of what refused it, 0 if nothing did.

    :raises NotFound: if there is nothing of that name to do.
    """
    if deed is None:
        raise NotFound("There is no such thing to do here.")
    if not deed.is_valid():
        return 400
    try:
        deed.carry_out()
    except Refusal as refusal:
        deed.refuse(refusal)
        return 403 if refusal.status == 403 else 400
    return 0
