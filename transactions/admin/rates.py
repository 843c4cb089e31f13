"""Staff's view of the rates of books' own, which closed months keep as they are."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSingleDateWidget

from accounts.admin.rates import Correcting, RatePage
from accounts.models import BookRate
from buffet.admin.base import actor
from buffet.admin.verbs import ask
from transactions import services


class Changing(Correcting):
    """What a rate of a book's own should be, and on which day."""

    on = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    field_order = ("on", "rate", "source", "reason")


@admin.register(BookRate)
class BookRatePage(RatePage):
    """The rates of books' own."""

    list_display = ("on", "base", "quote", "rate", "source", "book")
    list_select_related = ("book",)
    actions_detail = ("change_rate", "remove")

    def has_correct_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Changing goes through the service."""
        return request.user.has_perm("accounts.change_bookrate")

    def has_remove_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Removing is a deletion of the rate."""
        return request.user.has_perm("accounts.delete_bookrate")

    @action(description="Change", permissions=["correct"], url_path="change-rate")
    def change_rate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change a book's rate."""
        found = self.row(object_id, "book")
        back = reverse("admin:accounts_bookrate_change", args=[found.pk])

        def does(sent: dict[str, Any], rows: Any) -> str:
            services.change_own_rate(book=found.book, by=actor(request), rate_id=found.pk, **sent)
            return back

        return ask(
            request,
            book=found.book,
            title=f"Change {found.base}/{found.quote} of {found.on}",
            verb="Change",
            back=back,
            does=does,
            form=Changing,
            initial={
                "on": found.on,
                "rate": f"{found.rate.normalize():f}",
                "source": found.source,
            },
        )

    @action(description="Delete", permissions=["remove"], url_path="remove")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Delete a book's rate."""
        found = self.row(object_id, "book")

        def does(sent: dict[str, Any], rows: Any) -> str:
            services.delete_own_rate(
                book=found.book, by=actor(request), rate_id=found.pk, reason=sent["reason"]
            )
            return reverse("admin:accounts_bookrate_changelist")

        return ask(
            request,
            book=found.book,
            title=f"Delete {found.base}/{found.quote} of {found.on}",
            verb="Delete",
            back=reverse("admin:accounts_bookrate_change", args=[found.pk]),
            does=does,
            sentence="The shared rates hold again in this book. The history keeps what was.",
        )
