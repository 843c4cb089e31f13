"""Subscriptions and their payments: read here, and ended through the services."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import Account
from buffet import money
from buffet.admin.base import HouseAdmin, actor, timeline
from buffet.admin.verbs import Reason, ask, offer_rows
from buffet.models import Book
from transactions import services
from transactions.models import Subscription, SubscriptionPayment, Vendor
from transactions.recurring import MOST_PERIODS, Cadence

_OWN = ("name", "amount", "cadence", "every", "starts_on", "ends_on")
_REFERENCES = ("account", "category", "vendor")


class Ending(Reason):
    """The last day on which something may fall due."""

    on = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    field_order = ("on", "reason")


class Changing(Reason):
    """What may change about a subscription; what was paid for it stays."""

    name = forms.CharField(max_length=150, widget=UnfoldAdminTextInputWidget)
    amount = forms.DecimalField(max_digits=23, decimal_places=8, widget=UnfoldAdminTextInputWidget)
    cadence = forms.ChoiceField(choices=Cadence.choices, widget=UnfoldAdminSelectWidget)
    every = forms.IntegerField(
        min_value=1, max_value=MOST_PERIODS, widget=UnfoldAdminIntegerFieldWidget
    )
    starts_on = forms.DateField(widget=UnfoldAdminSingleDateWidget)
    ends_on = forms.DateField(required=False, widget=UnfoldAdminSingleDateWidget)
    account = forms.ModelChoiceField(Account.objects.none(), widget=UnfoldAdminSelectWidget)
    category = forms.ModelChoiceField(
        Account.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    vendor = forms.ModelChoiceField(
        Vendor.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    field_order = (
        "name", "amount", "cadence", "every", "starts_on", "ends_on", "account", "category",
        "vendor", "reason",
    )  # fmt: skip

    def __init__(self, *args: Any, book: Book, **more: Any) -> None:
        super().__init__(*args, **more)
        # The rows of one book, never those of another.
        rows = {
            "account": Account.objects.filter(book=book).real(),
            "category": Account.objects.filter(book=book).categories(),
            "vendor": Vendor.objects.filter(book=book),
        }
        for name, found in rows.items():
            offer_rows(self, name, found.order_by("name"))


@admin.register(Subscription)
class SubscriptionPage(HouseAdmin):
    """Subscriptions: contracts, and what was paid for them."""

    list_display = (
        "name", "book", "vendor", "account", "money", "cadence", "every", "starts_on", "ends_on",
    )  # fmt: skip
    list_select_related = ("book", "vendor", "account")
    list_filter = ("cadence", ("ends_on", admin.EmptyFieldListFilter))
    date_hierarchy = "starts_on"
    search_fields = ("name",)
    readonly_fields = ("money", "payments")
    fields = (
        "name", "vendor", "account", "category", "money", "cadence", "every", "starts_on",
        "ends_on", "notes", "payments", "book", "version", "created_at", "maker",
        "created_via", "history",
    )  # fmt: skip
    actions_detail = ("change_subscription", "end")

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

    def has_correct_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Ending, too, is a change of the subscription."""
        return request.user.has_perm("transactions.change_subscription")

    def _found(self, object_id: str) -> tuple[Subscription, str]:
        """Return a subscription, and the address of its page."""
        rows = Subscription.objects.select_related("book", "account")
        found = rows.filter(pk=object_id).first()
        if found is None:
            raise Http404
        return found, reverse("admin:transactions_subscription_change", args=[found.pk])

    @action(description="Change", permissions=["correct"], url_path="change-subscription")
    def change_subscription(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change what is paid, when, from where and for what."""
        found, back = self._found(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            given = {name: sent[name] for name in _OWN}
            given |= {f"{name}_id": sent[name].pk if sent[name] else None for name in _REFERENCES}
            services.change_subscription(
                book=found.book,
                by=actor(request),
                subscription_id=found.pk,
                reason=sent["reason"],
                **given,
            )
            return back

        return ask(
            request,
            book=found.book,
            title=f"Change “{found.name}”",
            verb="Change",
            back=back,
            does=does,
            form=partial(Changing, book=found.book),
            initial={name: getattr(found, name) for name in _OWN}
            | {name: getattr(found, f"{name}_id") for name in _REFERENCES}
            | {"amount": money.text(found.amount, found.account.currency)},
            sentence="What was paid stays linked. The history keeps what was before.",
        )

    @action(description="End", permissions=["correct"], url_path="end")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let nothing fall due after a day."""
        found, back = self._found(object_id)

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
            book=found.book,
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
    date_hierarchy = "due_on"
    search_fields = ("subscription__name",)
