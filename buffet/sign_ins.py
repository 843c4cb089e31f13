"""The history of signing in: who tried, when, from where, and what became of it."""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.http import HttpRequest

from buffet import limits
from buffet.models import SignIn, User
from buffet.staff_models import Outcome

#: Of attempts that are refused unseen, one is kept in so long a time.
QUIET = timedelta(minutes=15)


def note(
    outcome: Outcome,
    *,
    door: str,
    user_id: UUID | None,
    address: str,
    user_agent: str = "",
) -> None:
    """Keep what became of an attempt; of refused ones only the first in a while."""
    if outcome == Outcome.LOCKED:
        same = SignIn.objects.filter(user=user_id, outcome=outcome, address=address[:45])
        if same.filter(at__gt=Now() - QUIET).exists():
            return
    SignIn.objects.create(
        user_id=user_id,
        outcome=outcome,
        door=door,
        address=address[:45],
        user_agent=user_agent.replace("\x00", "")[:200],
    )


def note_form(outcome: Outcome, request: HttpRequest, user_id: UUID | None) -> None:
    """Keep what became of a form that was sent."""
    note(
        outcome,
        door="admin" if request.path.startswith("/admin/") else "page",
        user_id=user_id,
        address=limits.client_address(request),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )


def owner_of(email: str) -> UUID | None:
    """Return whose e-mail address it is; None if nobody's."""
    found = User.objects.filter(email=email.strip().lower().replace("\x00", ""))
    return found.values_list("id", flat=True).first()
