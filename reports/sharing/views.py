"""The page of who sees a book: its members, and support for as long as an owner lets them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from buffet import services
from buffet.errors import NotFound
from buffet.models import Membership, Role, SupportAccess, Visit
from reports.book_page import book_form, read
from reports.deeds import actor

ROLES = {
    Role.OWNER: pgettext_lazy("role", "owner"),
    Role.EDITOR: pgettext_lazy("role", "editor"),
    Role.VIEWER: pgettext_lazy("role", "viewer"),
}

#: So many visits of staff are told, the latest first.
MOST_VISITS = 50


class Grant(forms.Form):
    """For how long support may see the amounts."""

    days = forms.TypedChoiceField(
        label=_("For"),
        coerce=int,
        choices=[(1, _("one day")), (7, _("a week")), (30, _("30 days"))],
        initial=7,
    )


@book_form
def sharing(request: HttpRequest) -> HttpResponseBase:
    """Who sees this book?"""
    read(request, {})
    form = Grant(request.POST if request.POST.get("action") == "grant" else None)
    if request.method == "POST" and _done(request, form):
        return HttpResponse(status=303, headers={"Location": reverse("sharing") + request.along})
    status = 400 if form.is_bound else 200
    return render(request, "reports/sharing/list.html", _context(request, form), status=status)


@require_POST
def stop_visit(request: HttpRequest) -> HttpResponseBase:
    """Lead who is no visitor to their own book; visits end before they come here."""
    return redirect("overview")


def _done(request: HttpRequest, form: Grant) -> bool:
    """Do what was sent; return whether all of it was understood.

    :raises Refusal: if the service will not.
    """
    by = actor(request)
    action = request.POST.get("action")
    if action == "grant":
        if form.is_valid():
            until = timezone.now() + timedelta(days=form.cleaned_data["days"])
            services.grant_support(by=by, book_id=request.book.id, expires_at=until)
        return form.is_valid()
    held = SupportAccess.objects.of_book(request.book.id).current().first()
    if action != "revoke" or held is None:
        raise NotFound("There is no such thing to do here.")
    services.revoke_support(by=by, book_id=request.book.id, access_id=held.id)
    return True


def _context(request: HttpRequest, form: Grant) -> dict[str, Any]:
    seats = services.members_of(request.book.id).order_by("created_at", "id")
    visits = Visit.objects.of_book(request.book.id).select_related("staff", "seen_as")
    return {
        "form": form,
        "visits": visits.order_by("-id")[:MOST_VISITS],
        "is_owner": request.seat.role == Role.OWNER and request.known_on is None,
        "members": [(seat, _role(seat)) for seat in seats],
        "support": SupportAccess.objects.of_book(request.book.id).current().first(),
    }


def _role(seat: Membership) -> Any:
    return ROLES[Role(seat.role)]
