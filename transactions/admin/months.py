"""Months closed and reopened, and balances that are agreed on unlocked."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSingleDateWidget

from buffet.admin.base import HouseAdmin, actor, address_of
from buffet.admin.lists import DOORS, one_of
from buffet.admin.people import BookPage
from buffet.admin.verbs import Reason, ask
from buffet.models import Book
from buffet.money import Money
from transactions import services
from transactions.models import BalancePoint, ClosedMonth, Verification


class Closing(Reason):
    """Which month is closed."""

    month = forms.DateField(label="The month of this day", widget=UnfoldAdminSingleDateWidget)
    field_order = ("month", "reason")


@admin.register(ClosedMonth)
class ClosedMonthPage(HouseAdmin):
    """Closed months: the row says who closed one and when."""

    list_display = ("month", "book", "created_at", "maker", "created_via")
    list_select_related = ("book",)
    list_filter = (one_of("created_via", *DOORS),)
    date_hierarchy = "month"
    search_fields = ("book__name",)
    actions_detail = ("reopen",)

    def has_reopen_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Reopening deletes the row."""
        return request.user.has_perm("transactions.delete_closedmonth")

    @action(description="Reopen", permissions=["reopen"], url_path="reopen")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the month's entries change again."""
        closed = self.row(object_id, "book")

        def does(sent: dict[str, Any], table: Any) -> str:
            services.reopen_month(
                book=closed.book, by=actor(request), month=closed.month, reason=sent["reason"]
            )
            return reverse("admin:transactions_closedmonth_changelist")

        return ask(
            request,
            title=f"Reopen {closed.month:%Y-%m} of {closed.book.name}",
            verb="Reopen",
            back=address_of(closed),
            does=does,
            book=closed.book,
        )


@admin.register(BalancePoint)
class BalancePointPage(HouseAdmin):
    """What accounts are known to have at the end of some days."""

    list_display = ("on", "account", "book", "kind", "money", "reconciled_at", "created_via")
    list_select_related = ("account", "book")
    list_filter = ("kind", ("reconciled_at", admin.EmptyFieldListFilter))
    date_hierarchy = "on"
    search_fields = ("account__name",)
    actions_detail = ("unlock",)

    @admin.display(description="Balance", ordering="balance")
    def money(self, point: BalancePoint) -> str:
        """Return the balance with its currency."""
        return str(Money(point.balance, point.account.currency))

    def has_unlock_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Unlocking is a change of the point."""
        return request.user.has_perm("transactions.change_balancepoint")

    @action(description="Unlock", permissions=["unlock"], url_path="unlock")
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let what led to a reconciled balance change again."""
        point = self.row(object_id, "book", "account")

        def does(sent: dict[str, Any], table: Any) -> str:
            services.unlock(
                book=point.book, by=actor(request), point_id=point.pk, reason=sent["reason"]
            )
            return address_of(point)

        return ask(
            request,
            title=f"Unlock {point.account.name} up to {point.on}",
            verb="Unlock",
            back=address_of(point),
            does=does,
            book=point.book,
        )


@admin.register(Verification)
class VerificationPage(HouseAdmin):
    """When books were recomputed, by whom, and what was found."""

    list_display = ("verified_at", "scope", "holds", "who", "verified_via")
    list_select_related = ("book",)
    list_filter = (one_of("verified_via", *DOORS),)
    date_hierarchy = "verified_at"
    search_fields = ("who",)

    @admin.display(description="Of")
    def scope(self, found: Verification) -> str:
        """Return whose it was."""
        return found.book.name if found.book else "all books"

    @admin.display(description="Holds", boolean=True)
    def holds(self, found: Verification) -> bool:
        """Return whether every check held."""
        return not found.broken


admin.site.unregister(Book)


@admin.register(Book)
class LedgerBookPage(BookPage):
    """Books, whose months can be closed."""

    actions_detail = (*BookPage.actions_detail, "close_month", "verify")

    @action(description="Verify", permissions=["view"], url_path="verify")
    def verify(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Recompute it from its entries."""
        book = self.row(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            services.verify_books(by=actor(request), book=book)
            found = Verification.objects.filter(book=book).latest("id")
            return address_of(found)

        return ask(
            request,
            title=f"Verify {book.name}",
            verb="Verify",
            back=address_of(book),
            does=does,
            form=forms.Form,
            sentence="Recompute it from its entries; of a large book this takes some seconds.",
            is_shown_first=False,
        )

    def has_close_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Closing adds a closed month."""
        return request.user.has_perm("transactions.add_closedmonth")

    @action(description="Close a month", permissions=["close"], url_path="close-month")
    def close_month(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep the entries of a month as they are."""
        book = self.row(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            closed = services.close_month(
                book=book,
                by=actor(request),
                month=sent["month"],
                today=book.day(timezone.now()),
                reason=sent["reason"],
            )
            return address_of(closed)

        return ask(
            request,
            title=f"Close a month of {book.name}",
            verb="Close",
            back=address_of(book),
            does=does,
            form=Closing,
            sentence="Its entries stay as they are until it is reopened.",
            book=book,
        )
