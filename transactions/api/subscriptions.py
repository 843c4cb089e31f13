"""The API of subscriptions."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet import money
from buffet.errors import NotFound
from buffet.rest import fields, query
from buffet.rest.documents import PAGING, TEXT, parameter, sort
from buffet.rest.named import SORT, SORTS, containing, named_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import services
from transactions import subscription_serializers as serializers
from transactions.api import expanding
from transactions.models import Subscription
from transactions.queries import subscriptions as queries
from transactions.recurring import MOST_PERIODS, Cadence

_SUBSCRIPTION = {
    "name": fields.text(150, least=1),
    "account": fields.identity,
    "amount": fields.amount,
    "cadence": fields.one_of(*map(str, Cadence.values)),
    "every": fields.whole(1, MOST_PERIODS),
    "starts_on": fields.day,
    "ends_on": fields.optional(fields.day),
    "vendor": fields.optional(fields.identity),
    "category": fields.optional(fields.identity),
    "notes": fields.cleared(fields.text(2000, lines=True)),
}
_NEEDED = ("name", "account", "amount", "cadence", "starts_on")
_REFERENCES = ("account", "vendor", "category")


def _body(sent: object, *, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a body as the services take it."""
    found = fields.read(sent, _SUBSCRIPTION, required=required)
    return {f"{name}_id" if name in _REFERENCES else name: one for name, one in found.items()}


class OfSubscriptionView(BookView):
    """A view of one subscription."""

    def found(self, id: UUID) -> dict[str, Any]:
        """Return a subscription of the book as it stands today.

        :raises NotFound: if the book has no such subscription.
        """
        row = queries.of_book(self.book_id, self.today).filter(id=id).first()
        if row is None:
            raise NotFound("There is no such subscription in this book.")
        return subscription_row(queries.standing(row, self.today))


class SubscriptionsView(OfSubscriptionView):
    """The book's subscriptions."""

    shape = Shape(
        serializers.SubscriptionRead,
        {
            "account": expanding.accounts,
            "category": expanding.categories,
            "vendor": expanding.vendors,
        },
    )
    parameters = {"get": PARAMETERS | SORT | {"q": query.words}}

    @extend_schema(
        operation_id="subscriptions_list",
        summary="List subscriptions",
        parameters=[*PAGING, sort(*SORTS), parameter("q", "Parts of the name.", TEXT)],
        responses=page_of(serializers.SubscriptionRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of subscriptions, by name, each as it stands today."""
        rows = containing(queries.of_book(self.book_id, self.today), self.query.get("q", ""))
        return Response(
            named_page(
                request,
                self.query,
                rows,
                lambda row: subscription_row(queries.standing(row, self.today)),
            )
        )

    @extend_schema(
        operation_id="subscriptions_create",
        summary="Add a subscription",
        request=serializers.SubscriptionCreate,
        responses={201: serializers.SubscriptionRead},
    )
    def post(self, request: Request) -> Response:
        """Add a subscription."""
        sent = _body(request.data, required=_NEEDED)
        made = services.create_subscription(book=self.book, by=self.actor, **sent)
        return Response(self.found(made.id), status=201)


class SubscriptionView(OfSubscriptionView):
    """One subscription."""

    row = Subscription
    shape = SubscriptionsView.shape

    @extend_schema(
        operation_id="subscriptions_read",
        summary="Read a subscription",
        responses=serializers.SubscriptionRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the subscription as it stands today."""
        return Response(self.found(id))

    @extend_schema(
        operation_id="subscriptions_change",
        summary="Change a subscription",
        request=serializers.SubscriptionChange,
        responses=serializers.SubscriptionRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; linked payments stay as they are."""
        services.get_subscription(self.book, id)
        sent = _body(request.data)
        services.change_subscription(book=self.book, by=self.actor, subscription_id=id, **sent)
        return Response(self.found(id))

    @extend_schema(
        operation_id="subscriptions_delete", summary="Delete a subscription", responses=DELETED
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a subscription that has no linked payments."""
        services.delete_subscription(book=self.book, by=self.actor, subscription_id=id)
        return Response(status=204)


class SubscriptionEndView(OfSubscriptionView):
    """The end of a subscription."""

    @extend_schema(
        operation_id="subscriptions_end",
        summary="End a subscription",
        request=serializers.SubscriptionEnd,
        responses=serializers.SubscriptionRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Let nothing fall due after a day; what was paid stays."""
        services.get_subscription(self.book, id)
        sent = fields.read(request.data, {"on": fields.day}, required=("on",))
        services.end_subscription(book=self.book, by=self.actor, subscription_id=id, on=sent["on"])
        return Response(self.found(id))


class SubscriptionPaymentsView(OfSubscriptionView):
    """What was paid for a subscription."""

    @extend_schema(
        operation_id="subscriptions_link_payment",
        summary="Link a transaction as a payment",
        request=serializers.SubscriptionPaymentCreate,
        responses={201: serializers.SubscriptionRead},
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Say that a transaction paid what was due on a day; each only once."""
        services.get_subscription(self.book, id)
        known = {"transaction": fields.identity, "due_on": fields.day}
        sent = fields.read(request.data, known, required=("transaction",))
        services.link_payment(
            book=self.book,
            by=self.actor,
            subscription_id=id,
            transaction_id=sent["transaction"],
            due_on=sent.get("due_on"),
        )
        return Response(self.found(id), status=201)


class SubscriptionPaymentView(BookView):
    """One payment of a subscription."""

    @extend_schema(
        operation_id="subscriptions_unlink_payment",
        summary="Unlink a payment",
        responses=DELETED,
    )
    def delete(self, request: Request, id: UUID, transaction: UUID) -> Response:
        """Take back that a transaction paid for it; the transaction stays."""
        services.unlink_payment(
            book=self.book, by=self.actor, subscription_id=id, transaction_id=transaction
        )
        return Response(status=204)


def subscription_row(found: queries.Standing) -> dict[str, Any]:
    """Return a subscription as the API shows it."""
    row, currency = found.subscription, found.subscription.account.currency
    paid, price = found.last_payment, found.price_change
    return {
        "id": row.id,
        "name": row.name,
        "type": type_of(row),
        "amount": money.text(row.amount, currency),
        "currency": currency,
        "cadence": row.cadence,
        "every": row.every,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "account": row.account_id,
        "account_name": row.account.name,
        "category": row.category_id,
        "category_name": row.category.name if row.category else None,
        "vendor": row.vendor_id,
        "vendor_name": row.vendor.name if row.vendor else None,
        "notes": row.notes,
        "status": found.status,
        "next_due_on": found.next_due_on,
        "missed": found.missed,
        "last_payment": paid
        and {
            "transaction": paid.transaction_id,
            "due_on": paid.due_on,
            "date": paid.date,
            "amount": money.text(paid.amount, currency),
        },
        "price_change": price
        and {
            "from": money.text(price.before, currency),
            "to": money.text(price.after, currency),
            "since": price.since,
            "percent": str(price.percent),
        },
        "monthly_burn": money.text(found.monthly_burn, currency),
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def type_of(row: Subscription) -> str:
    """Return whether a subscription takes or brings money."""
    return "income" if queries.sign_of(row) > 0 else "expense"
