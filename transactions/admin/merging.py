"""Two vendors or two categories made one, by what their entries and transactions allow."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin.chart import AccountPage
from accounts.models import Account, Kind
from buffet.admin.base import HouseAdmin, actor, address_of
from buffet.admin.lists import EstimatingPaginator
from buffet.admin.verbs import Reason, ask, offer_rows
from transactions import services
from transactions.models import AccountTotal, Transaction, Vendor

#: How many transactions or entries go at once: the writers of the book wait for no more.
PART = 150


class Merge(Reason):
    """What stays of two."""

    into = forms.ModelChoiceField(Account.objects.none(), widget=UnfoldAdminSelectWidget)
    field_order = ("into", "reason")

    def __init__(self, *args: Any, others: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer_rows(self, "into", others)


@admin.register(Vendor)
class VendorPage(HouseAdmin):
    """Vendors."""

    list_display = ("name", "book", "created_at", "created_via")
    list_select_related = ("book",)
    date_hierarchy = "created_at"
    search_fields = ("name",)
    actions_detail = ("merge",)

    def has_merge_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Merging changes transactions and deletes a vendor."""
        return request.user.has_perms(
            ["transactions.change_transaction", "transactions.delete_vendor"]
        )

    @action(description="Merge into another", permissions=["merge"], url_path="merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give all that names the vendor to another one."""
        vendor = self.row(object_id, "book")

        def does(sent: dict[str, Any], table: Any) -> str | None:
            target = services.merge_vendors(
                book=vendor.book,
                by=actor(request),
                source_id=vendor.pk,
                target_id=sent["into"].pk,
                reason=sent["reason"],
                most=PART,
            )
            return address_of(target) if target else None

        others = Vendor.objects.filter(book=vendor.book).exclude(pk=vendor.pk).order_by("name")
        return ask(
            request,
            title=f"Merge {vendor.name} into another vendor",
            verb="Merge",
            back=address_of(vendor),
            does=does,
            form=partial(Merge, others=others),
            sentence="Its transactions, subscriptions and rules go to the other one.",
            book=vendor.book,
            extent=lambda: {"Transactions": _transactions_with(vendor)},
            is_in_parts=True,
        )


def _transactions_with(vendor: Vendor) -> str:
    """Return how many there are, in words; very many are not counted to their end."""
    rows = Transaction.objects.filter(vendor=vendor)
    return EstimatingPaginator(rows, per_page=1).said


def _entries_on(account: Account) -> int:
    totals = AccountTotal.objects.filter(book=account.book_id, account=account)
    return totals.aggregate(entries=Sum("entries"))["entries"] or 0


admin.site.unregister(Account)


@admin.register(Account)
class LedgerAccountPage(AccountPage):
    """Accounts and categories, with what can be done where their entries have a say."""

    actions_detail = (*AccountPage.actions_detail, "merge")

    def has_merge_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Merging changes transactions and deletes a category."""
        return request.user.has_perms(
            ["transactions.change_transaction", "accounts.delete_account"]
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer to merge categories, and no accounts: of those there is no such page."""
        offered = super().get_actions_detail(request, object_id)
        account = self.get_object(request, str(object_id))
        if account is not None and account.kind == Kind.CATEGORY:
            return offered
        return [one for one in offered if one.path != "merge"]

    @action(description="Merge a category", permissions=["merge"], url_path="merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move all that is in a category into another one."""
        category = self.row(object_id, "book")
        if category.kind != Kind.CATEGORY:
            raise Http404

        def does(sent: dict[str, Any], table: Any) -> str | None:
            target = services.merge_categories(
                book=category.book,
                by=actor(request),
                source_id=category.pk,
                target_id=sent["into"].pk,
                reason=sent["reason"],
                most=PART,
            )
            return address_of(target) if target else None

        others = Account.objects.filter(book=category.book, type=category.type).categories()
        return ask(
            request,
            title=f"Merge {category.name} into another category",
            verb="Merge",
            back=address_of(category),
            does=does,
            form=partial(Merge, others=others.exclude(pk=category.pk).order_by("name")),
            sentence="Its entries, sub-categories, subscriptions and rules go to the other one.",
            book=category.book,
            extent=lambda: {"Entries": f"{_entries_on(category):,}"},
            is_in_parts=True,
        )
