"""Staff's view of the chart of accounts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.decorators import action

from accounts import services
from accounts.models import Account, Broker
from buffet.admin.base import HouseAdmin, actor
from buffet.admin.verbs import ask


@admin.register(Account)
class AccountPage(HouseAdmin):
    """Accounts and categories, with what is on them by month; archived and reopened here."""

    list_display = ("name", "book", "type", "kind", "currency", "broker", "archived_at")
    list_select_related = ("book", "broker")
    list_filter = ("type", "kind", ("archived_at", admin.EmptyFieldListFilter))
    date_hierarchy = "created_at"
    search_fields = ("name", "number")
    readonly_fields = ("balances",)
    actions_detail: tuple[str, ...] = ("archive_or_reopen",)

    @admin.display(description="By month")
    def balances(self, obj: Account) -> str:
        """Return the account's sums of the last two years."""
        months = obj.monthly_balances.filter(entries__gt=0).order_by("-month", "currency")[:24]
        return render_to_string("admin/house/balances.html", {"months": months})

    def has_archive_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Archiving is a change of the account."""
        return request.user.has_perm("accounts.change_account")

    @action(description="Archive or reopen", permissions=["archive"])
    def archive_or_reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Archive the account, or reopen it."""
        account = Account.objects.select_related("book").get(pk=object_id)
        back = reverse("admin:accounts_account_change", args=[account.pk])
        verb = services.archive_account if account.archived_at is None else services.reopen_account

        def does(sent: dict[str, Any], rows: Any) -> str:
            verb(book=account.book, by=actor(request), account_id=account.pk, reason=sent["reason"])
            return back

        name = "Archive" if account.archived_at is None else "Reopen"
        title = f"{name} {account.name}"
        return ask(request, title=title, verb=name, back=back, does=does, book=account.book)


@admin.register(Broker)
class BrokerPage(HouseAdmin):
    """Banks and brokers."""

    list_display = ("name", "book", "created_at", "created_via")
    list_select_related = ("book",)
    date_hierarchy = "created_at"
    search_fields = ("name",)
