"""The API of purchases in parcels."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from accounts.models import CreditCard
from buffet.errors import invalid
from buffet.rest import fields, query
from buffet.rest.documents import IDENTITY, PAGING, parameter
from buffet.rest.named import id_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from buffet.serializers import page_of
from invoices import installment_serializers as serializers
from invoices import services
from invoices.api.cards import month
from invoices.models import CentsOn, InstallmentPlan
from invoices.queries import installments
from invoices.services.cards import get_card
from invoices.services.installments import MOST_PARCELS, get_plan

_HOW = {
    "parcels": fields.whole(2, MOST_PARCELS),
    "first_month": fields.optional(month),
    "cents_on": fields.one_of(*(str(one) for one in CentsOn.values)),
    "notes": fields.text(2000, lines=True),
}
NEW = _HOW | {
    "card": fields.identity,
    "description": fields.text(480, least=1),
    "total": fields.amount,
    "date": fields.day,
    "category": fields.optional(fields.identity),
    "vendor": fields.optional(fields.identity),
    "transaction": fields.identity,
}
_PURCHASE = ("card", "description", "total", "date")


class InstallmentPlansView(BookView):
    """The book's purchases in parcels."""

    parameters = {"get": PARAMETERS | {"card": query.uuid}}

    @extend_schema(
        operation_id="installment_plans_list",
        summary="List instalment plans",
        parameters=[*PAGING, parameter("card", "Only those of this card.", IDENTITY)],
        responses=page_of(serializers.InstallmentPlanSummaryRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of plans, the newest first."""
        rows = InstallmentPlan.objects.filter(book=self.book).select_related("card__account")
        if "card" in self.query:
            rows = rows.filter(card=get_card(self.book, self.query["card"]))
        found = id_page(request, self.query, rows, lambda row: {"id": row.id, "row": row})
        plans = [one["row"] for one in found["results"]]
        parcels = installments.of_plans(self.book_id, [plan.id for plan in plans])
        today = self.today
        found["results"] = [installments.summary(plan, parcels[plan.id], today) for plan in plans]
        return Response(found)

    @extend_schema(
        operation_id="installment_plans_create",
        summary="Buy in parcels, or put a purchase in parcels",
        request=serializers.InstallmentPlanCreate,
        responses={201: serializers.InstallmentPlanRead},
    )
    def post(self, request: Request) -> Response:
        """Record a purchase in parcels, each on a statement of its own."""
        sent = fields.read(request.data, NEW, required=("parcels",))
        if "transaction" in sent:
            for name in (*_PURCHASE, "category", "vendor"):
                if name in sent:
                    sentence = "The transaction already says this."
                    raise invalid(f"/{name}", "has_transaction", sentence)
            sent["transaction_id"] = sent.pop("transaction")
            plan = services.split_purchase(book=self.book, by=self.actor, **sent)
        else:
            fields.read(request.data, NEW, required=("parcels", *_PURCHASE))
            if not self._has_card(sent["card"]):
                raise invalid("/card", "not_found", "There is no such card in this book.")
            plan = services.create_plan(
                book=self.book,
                by=self.actor,
                card_id=sent.pop("card"),
                purchased_on=sent.pop("date"),
                category_id=sent.pop("category", None),
                vendor_id=sent.pop("vendor", None),
                **sent,
            )
        return Response(installments.detail(get_plan(self.book, plan.id), self.today), status=201)

    def _has_card(self, id: UUID) -> bool:
        return CreditCard.objects.filter(book=self.book, id=id).exists()


class CommittedView(BookView):
    """What parcels still come to."""

    @extend_schema(
        operation_id="installment_plans_committed",
        summary="What instalments are still to come",
        responses=serializers.CommittedRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with what is to come by card and month, and in all."""
        return Response(installments.committed(self.book_id, self.today))


class InstallmentPlanView(BookView):
    """One purchase in parcels."""

    row = InstallmentPlan

    def _shown(self, id: UUID) -> dict[str, Any]:
        return installments.detail(get_plan(self.book, id), self.today)

    @extend_schema(
        operation_id="installment_plans_read",
        summary="Read an instalment plan",
        responses=serializers.InstallmentPlanRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the plan and its parcels."""
        return Response(self._shown(id))

    @extend_schema(
        operation_id="installment_plans_change",
        summary="Change what an instalment plan is called",
        request=serializers.InstallmentPlanChange,
        responses=serializers.InstallmentPlanRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent."""
        get_plan(self.book, id)
        known = {
            "description": fields.text(480, least=1),
            "notes": fields.cleared(fields.text(2000, lines=True)),
        }
        sent = fields.read(request.data, known)
        services.change_plan(book=self.book, by=self.actor, plan_id=id, **sent)
        return Response(self._shown(id))

    @extend_schema(
        operation_id="installment_plans_delete",
        summary="Delete an instalment plan",
        responses=DELETED,
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete it with its transactions, if nothing of it has been billed."""
        services.delete_plan(book=self.book, by=self.actor, plan_id=id, today=self.today)
        return Response(status=204)


class InstallmentPlanPrepayView(BookView):
    """Pay parcels ahead."""

    @extend_schema(
        operation_id="installment_plans_prepay",
        summary="Bring the last parcels to an earlier statement",
        request=serializers.InstallmentPrepayment,
        responses=serializers.InstallmentPlanRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Bring them, and answer with the plan."""
        get_plan(self.book, id)
        known = {
            "parcels": fields.whole(1, MOST_PARCELS),
            "date": fields.day,
            "discount": fields.optional(fields.amount),
        }
        sent = fields.read(request.data, known, required=("parcels",))
        services.prepay(
            book=self.book,
            by=self.actor,
            plan_id=id,
            today=self.today,
            parcels=sent["parcels"],
            on=sent.get("date"),
            discount=sent.get("discount"),
        )
        return Response(installments.detail(get_plan(self.book, id), self.today))


class InstallmentPlanCancelView(BookView):
    """Cancel the rest."""

    @extend_schema(
        operation_id="installment_plans_cancel",
        summary="Cancel the rest of an instalment plan",
        request=serializers.InstallmentCancellation,
        responses=serializers.InstallmentPlanRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Bring the rest and a refund of as much to one statement, and answer with the plan."""
        get_plan(self.book, id)
        sent = fields.read(request.data, {"date": fields.day})
        services.cancel(
            book=self.book, by=self.actor, plan_id=id, today=self.today, on=sent.get("date")
        )
        return Response(installments.detail(get_plan(self.book, id), self.today))
