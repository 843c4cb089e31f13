"""Subscriptions and their payments: read here, and ended through the services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSingleDateWidget

from buffet import money
from buffet.admin.base import HouseAdmin, actor, timeline
from buffet.admin.verbs import Reason, ask
from transactions import services
from transactions.models import Subscription, SubscriptionPayment


class Ending(Reason):
    """The last day on which something may fall due."""

    on = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    field_order = ("on", "reason")


@admin.register(Subscription)
class SubscriptionPage(HouseAdmin):
    """Subscriptions: contracts, and what was paid for them."""

    list_display = (
        "name", "book", "vendor", "account", "money", "cadence", "every", "starts_on", "ends_on",
    )  # fmt: skip
    list_select_related = ("book", "vendor", "account")
    list_filter = ("cadence",)
    search_fields = ("name",)
    readonly_fields = ("money", "payments")
    fields = (
        "name", "vendor", "account", "category", "money", "cadence", "every", "starts_on",
        "ends_on", "notes", "payments", "book", "version", "created_at", "created_by",
        "created_via", "history",
    )  # fmt: skip
    actions_detail = ("end",)

    @admin.display(description="Amount", ordering="amount")
    def money(self, obj: Subscription) -> str:
        """Return the amount with its currency."""
        return str(money.Money(obj.amount, obj.account.currency))

    @admin.display(description="Payments")
    def payments(self, obj: Subscription) -> str:
        """Return the latest payments as a table."""
        rows = obj.payments.select_related("transaction").order_by("-due_on")[:24]
        return render_to_string("admin/house/payments.html", {"payments": rows})

    @admin.display(description="History")
    def history(self, obj: Subscription) -> str:
        """Return what happened to the subscription and its payments."""
        return timeline(obj, (SubscriptionPayment, "subscription_id"))

    def has_end_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Ending is a change of the subscription."""
        return request.user.has_perm("transactions.change_subscription")

    @action(description="End", permissions=["end"], url_path="end")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let nothing fall due after a day."""
        found = Subscription.objects.select_related("book").filter(pk=object_id).first()
        if found is None:
            raise Http404
        back = reverse("admin:transactions_subscription_change", args=[found.pk])

        def does(sent: dict[str, Any], table: Any) -> str:
            services.end_subscription(
                book=found.book,
                by=actor(request),
                subscription_id=found.pk,
                on=sent["on"],
                reason=sent["reason"],
            )
            return back

        return ask(
            request,
            title=f"End “{found.name}”",
            verb="End",
            back=back,
            does=does,
            form=Ending,
            sentence="Nothing falls due after this day; what was paid stays linked.",
        )


@admin.register(SubscriptionPayment)
class SubscriptionPaymentPage(HouseAdmin):
    """Which transaction paid what was due on which day."""

    list_display = ("subscription", "due_on", "date", "transaction", "book")
    list_select_related = ("subscription", "transaction", "book")
    search_fields = ("subscription__name",)
