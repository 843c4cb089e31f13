"""Purchases in parcels: read with their parcels, changed through the services."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action

from buffet import money
from buffet.admin.base import HouseAdmin, actor, timeline
from buffet.admin.verbs import ask
from invoices import services
from invoices.admin.forms import Cancellation, Prepayment
from invoices.models import InstallmentPlan
from invoices.queries import installments


@admin.register(InstallmentPlan)
class InstallmentPlanPage(HouseAdmin):
    """Purchases in parcels: what is billed and what is to come; paid ahead and cancelled here."""

    list_display = (
        "description", "card_name", "purchased_on", "money", "parcels_there", "missing",
        "cancelled_on", "book",
    )  # fmt: skip
    list_select_related = ("card__account", "book")
    ordering = ("-id",)
    date_hierarchy = "purchased_on"
    list_filter = (("cancelled_on", admin.EmptyFieldListFilter),)
    search_fields = ("description", "card__account__name")
    readonly_fields = ("money", "parcels_there", "missing", "table")
    fields = (
        "description", "card", "purchased_on", "money", "parcels_there", "missing", "first_month",
        "cents_on", "cancelled_on", "table", "notes", "book", "version", "created_at", "maker",
        "created_via", "history",
    )  # fmt: skip
    actions_detail = ("prepay", "cancel_rest", "delete_plan")

    @admin.display(description="Card", ordering="card__account__name")
    def card_name(self, plan: InstallmentPlan) -> str:
        """Return the name of the card's account."""
        return plan.card.account.name

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Let each plan know which of its parcels are there, and what these cost."""
        return installments.standing(super().get_queryset(request))

    @admin.display(description="Total", ordering="stands")
    def money(self, plan: Any) -> str:
        """Return what the parcels that are there cost, with its currency."""
        currency = plan.card.account.currency
        return f"{money.text(plan.stands, currency)} {currency}"

    @admin.display(description="Parcels", ordering="there")
    def parcels_there(self, plan: Any) -> int:
        """Return how many parcels are there."""
        return plan.there

    @admin.display(description="Missing")
    def missing(self, plan: Any) -> int:
        """Return how many parcels were bought besides, whose transactions are deleted."""
        return plan.parcels - plan.there

    @admin.display(description="Parcels")
    def table(self, plan: InstallmentPlan) -> str:
        """Return the parcels with what became of them."""
        told = installments.detail(plan, plan.book.day(timezone.now()))
        return render_to_string("admin/house/parcels.html", {"plan": told})

    @admin.display(description="History")
    def history(self, plan: InstallmentPlan) -> str:
        """Return what happened to the plan."""
        return timeline(plan)

    def has_correct_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the member of staff may change plans."""
        return request.user.has_perm("invoices.change_installmentplan")

    @action(description="Pay ahead", permissions=["correct"], url_path="prepay")
    def prepay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Bring its last parcels to an earlier statement."""
        plan = _found(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            services.prepay(
                book=plan.book,
                by=actor(request),
                plan_id=plan.pk,
                today=plan.book.day(timezone.now()),
                parcels=sent["parcels"],
                on=sent["date"],
                discount=sent["discount"],
                reason=sent["reason"],
            )
            return _page_of(plan)

        return ask(
            request,
            book=plan.book,
            title=f"Pay parcels of {plan.description} ahead",
            verb="Pay ahead",
            back=_page_of(plan),
            does=does,
            form=Prepayment,
            sentence="The last parcels come to the day and its statement, today if none is said.",
        )

    @action(description="Cancel the rest", permissions=["correct"], url_path="cancel-rest")
    def cancel_rest(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Bring what is left, and a refund of as much, to one statement."""
        plan = _found(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            today = plan.book.day(timezone.now())
            by, on = actor(request), sent["date"]
            services.cancel(
                book=plan.book, by=by, plan_id=plan.pk, today=today, on=on, reason=sent["reason"]
            )
            return _page_of(plan)

        return ask(
            request,
            book=plan.book,
            title=f"Cancel the rest of {plan.description}",
            verb="Cancel the rest",
            back=_page_of(plan),
            does=does,
            form=Cancellation,
            sentence="What is not billed yet and a refund of as much come to one day and bill.",
        )

    @action(description="Delete", permissions=["correct"], url_path="delete-plan")
    def delete_plan(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Delete it with its transactions, if nothing of it has been billed."""
        plan = _found(object_id)

        def does(sent: dict[str, Any], table: Any) -> str:
            today = plan.book.day(timezone.now())
            services.delete_plan(
                book=plan.book, by=actor(request), plan_id=plan.pk, today=today,
                reason=sent["reason"],
            )  # fmt: skip
            return reverse("admin:invoices_installmentplan_changelist")

        return ask(
            request,
            book=plan.book,
            title=f"Delete {plan.description}",
            verb="Delete",
            back=_page_of(plan),
            does=does,
            sentence="Its transactions go with it, as if nothing had been bought.",
        )


def _found(object_id: str) -> InstallmentPlan:
    rows = InstallmentPlan.objects.select_related("card__account", "book")
    found = rows.filter(pk=object_id).first()
    if found is None:
        raise Http404
    return found


def _page_of(plan: InstallmentPlan) -> str:
    return reverse("admin:invoices_installmentplan_change", args=[plan.pk])
