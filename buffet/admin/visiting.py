"""Staff begin to see a book as one of its members does, and read who did so."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.decorators import action

from buffet.admin.base import HouseAdmin, actor
from buffet.admin.verbs import ask
from buffet.models import Membership, Visit
from buffet.roles import SEE_AS_MEMBER
from buffet.services.visits import LASTS, begin_visit
from buffet.visiting import KEPT


class SeesAsMember:
    """What a page of seats offers to who may see books as their members do."""

    def has_see_as_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the member of staff may do so."""
        return request.user.has_perm(SEE_AS_MEMBER)

    @action(description="See the book as they do", permissions=["see_as"], url_path="see-as")
    def see_as(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, and open the book's first page as the member sees it."""
        seats = Membership.objects.select_related("book", "user")
        seat = get_object_or_404(seats, pk=object_id)

        def does(sent: dict[str, Any], rows: Any) -> str:
            visit = begin_visit(by=actor(request), seat_id=seat.pk, reason=sent["reason"])
            request.session[KEPT] = str(visit.id)
            return reverse("overview")

        minutes = int(LASTS.total_seconds() // 60)
        return ask(
            request,
            title=f"See “{seat.book.name}” as {seat.user.email} does",
            verb="See it",
            back=reverse("admin:buffet_membership_change", args=[seat.pk]),
            does=does,
            sentence=f"For {minutes} minutes, without changing anything. The book's members read "
            "that you did, and why.",
        )


@admin.register(Visit)
class VisitPage(HouseAdmin):
    """Which of staff saw which book as whom, when, why, and what they opened."""

    list_display = ("began_at", "staff", "book", "seen_as", "reason", "expires_at", "ended_at")
    list_select_related = ("staff", "book", "seen_as")
    date_hierarchy = "began_at"
    search_fields = ("staff__email", "book__name")
