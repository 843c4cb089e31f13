"""The pages of who sees a book: its members, whom its owners invite, and one member's seat."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from buffet import services
from buffet.errors import NotFound
from buffet.models import Role, SupportAccess, Visit
from buffet.rest import query
from reports.book_page import book_form, member_form, read
from reports.deeds import Deed, actor, done
from reports.requests import PageRequest
from reports.sharing import contexts
from reports.sharing.forms import MAY, Changing, Ending, Granting, Inviting, Leaving, TakingBack

#: So many visits of staff are told, the latest first.
MOST_VISITS = 50
_KNOWN = {"invited": query.uuid, "told": query.one_of("changed", "ended", "taken-back")}


@book_form
def sharing(request: PageRequest) -> HttpResponseBase:
    """Who sees this book?"""
    sent = read(request, _KNOWN)
    support = SupportAccess.objects.of_book(request.book.id).current().first()
    kinds = (Inviting, TakingBack, Granting)
    deeds: dict[str, Deed] = {one.action: one(request) for one in kinds}
    status = 200
    if request.method == "POST":
        deed = deeds.get(request.POST.get("action", ""))
        if request.POST.get("action") == "revoke" and support is not None:
            by, book = actor(request), request.book
            services.revoke_support(by=by, book_id=book.id, access_id=support.id)
            return _to(request)
        status = done(deed)
        if not status:
            if isinstance(deed, Inviting):
                return _to(request, invited=str(deed.invited))
            return _to(request, told="taken-back" if isinstance(deed, TakingBack) else "")
    visits = Visit.objects.of_book(request.book.id).select_related("staff", "seen_as")
    may_change = _may_change(request)
    context = {
        "members": contexts.members(request),
        "invitations": contexts.offers(request) if may_change else (),
        "invited": contexts.invited(request, sent.get("invited")) if may_change else None,
        "deeds": deeds,
        "may": MAY,
        "may_change": may_change,
        "may_leave": _is_now(request),
        "told": sent.get("told"),
        "visits": visits.order_by("-id")[:MOST_VISITS],
        "support": support,
    }
    return render(request, "reports/sharing/list.html", context, status=status)


@member_form
def seat(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What may this member do, until when, and shall they stay?"""
    read(request, {})
    found = services.members_of(request.book.id).filter(id=id).first()
    if found is None:
        return _ended(request, id)
    is_own = found.user_id == request.user.id
    kinds = (Leaving,) if is_own else (Changing, Ending)
    deeds: dict[str, Deed] = {one.action: one(request, found) for one in kinds}
    status = 200
    if request.method == "POST":
        action = request.POST.get("action", "")
        status = done(deeds.get(action))
        if not status:
            return _after(request, action)
    is_now = _is_now(request)
    context = {
        "line": contexts.line(request, found),
        "deeds": deeds,
        "may": MAY,
        "may_change": _may_change(request) and not is_own,
        "may_leave": is_now and is_own,
        "is_last": is_own and not services.keeps_owner(request.book.id, without=found.user_id),
        "is_now": is_now,
    }
    return render(request, "reports/sharing/seat.html", context, status=status)


@require_POST
def stop_visit(request: PageRequest) -> HttpResponseBase:
    """Lead who is no visitor to their own book; visits end before they come here."""
    return redirect("overview")


def _is_now(request: PageRequest) -> bool:
    """Whether the reader looks at the book as it is, and as themselves."""
    return request.known_on is None and not hasattr(request, "visit")


def _may_change(request: PageRequest) -> bool:
    return _is_now(request) and request.seat.role == Role.OWNER


def _ended(request: PageRequest, id: UUID) -> HttpResponseBase:
    """Lead on from a seat whose end was sent twice.

    :raises NotFound: if there never was one, or something else is to become of it.
    """
    action = request.POST.get("action", "")
    book_id, user_id = services.ended_seat(id) or (None, None)
    is_theirs = {Leaving.action: user_id == request.user.id}
    is_theirs[Ending.action] = book_id == request.book.id and request.seat.role == Role.OWNER
    if not is_theirs.get(action):
        raise NotFound("The book has no such member.")
    return _after(request, action)


def _after(request: PageRequest, action: str) -> HttpResponse:
    if action == Leaving.action:
        # Not to the place in the page from which the form was sent.
        return HttpResponse(status=303, headers={"Location": f"{reverse('overview')}#content"})
    return _to(request, told="ended" if action == Ending.action else "changed")


def _to(request: PageRequest, **told: str) -> HttpResponse:
    """Lead to the beginning of the list as it is now, which says what was done."""
    said = urlencode({name: value for name, value in told.items() if value})
    asked = "&".join(part for part in (request.kept, said) if part)
    where = reverse("sharing") + (f"?{asked}" if asked else "") + "#content"
    return HttpResponse(status=303, headers={"Location": where})
