"""The API of brokers and of the category tree."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from accounts import queries, serializers, services
from accounts.models import CATEGORY_TYPES, Account, BilledAs, Broker
from buffet.errors import NotFound
from buffet.rest import fields, query
from buffet.rest.documents import PAGING, TEXT, component, parameter, sort
from buffet.rest.named import SORT, SORTS, containing, named_page
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of

DELETED = {204: OpenApiResponse(description="It is deleted.")}
_BROKER = {
    "name": fields.text(100, least=1),
    "notes": fields.cleared(fields.text(2000, lines=True)),
}
_TYPES = tuple(sorted(str(type) for type in CATEGORY_TYPES))


class BrokersView(BookView):
    """The book's brokers."""

    shape = Shape(serializers.BrokerRead, {})
    parameters = {"get": PARAMETERS | SORT | {"q": query.words}}

    @extend_schema(
        operation_id="brokers_list",
        summary="List brokers",
        parameters=[*PAGING, sort(*SORTS), parameter("q", "Parts of the name.", TEXT)],
        responses=page_of(serializers.BrokerRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of brokers, by name."""
        rows = containing(Broker.objects.filter(book=self.book), self.query.get("q", ""))
        return Response(named_page(request, self.query, rows, broker_row))

    @extend_schema(
        operation_id="brokers_create",
        summary="Add a broker",
        request=serializers.BrokerCreate,
        responses={201: serializers.BrokerRead},
    )
    def post(self, request: Request) -> Response:
        """Add a broker."""
        sent = fields.read(request.data, _BROKER, required=("name",))
        broker = services.create_broker(book=self.book, by=self.actor, **sent)
        return Response(broker_row(broker), status=201)


class BrokerView(BookView):
    """One broker."""

    row = Broker
    shape = BrokersView.shape

    @extend_schema(
        operation_id="brokers_read", summary="Read a broker", responses=serializers.BrokerRead
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the broker."""
        return Response(broker_row(services.get_broker(self.book, id)))

    @extend_schema(
        operation_id="brokers_change",
        summary="Change a broker",
        request=serializers.BrokerChange,
        responses=serializers.BrokerRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent."""
        services.get_broker(self.book, id)
        sent = fields.read(request.data, _BROKER)
        broker = services.change_broker(book=self.book, by=self.actor, broker_id=id, **sent)
        return Response(broker_row(broker))

    @extend_schema(operation_id="brokers_delete", summary="Delete a broker", responses=DELETED)
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a broker at which no account is held."""
        services.delete_broker(book=self.book, by=self.actor, broker_id=id)
        return Response(status=204)


def broker_row(broker: Broker) -> dict[str, Any]:
    """Return a broker as the API shows it."""
    return {
        "id": broker.id,
        "name": broker.name,
        "notes": broker.notes,
        "version": broker.version,
        "created_at": instant(broker.created_at),
        "updated_at": instant(broker.updated_at),
    }


_BILLED_AS = tuple(str(one) for one in BilledAs.values)


class CategoriesView(BookView):
    """The tree of categories."""

    shape = Shape(serializers.CategoryRead, {})
    parameters = {"get": PARAMETERS | {"type": query.one_of(*_TYPES)}}

    @extend_schema(
        operation_id="categories_list",
        summary="List the category tree",
        parameters=[
            *PAGING,
            parameter("type", "Only income or expenses.", component("CategoryType")),
        ],
        responses=page_of(serializers.CategoryRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of categories, each after the one it is below."""
        tree = queries.category_tree(self.book, of_type=self.query.get("type", ""))
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), UUID)
        if cursor is not None:
            places = [row["id"] for row in tree]
            place = places.index(cursor.key[0]) if cursor.key[0] in places else len(tree)
            tree = tree[:place][::-1] if cursor.back else tree[place + 1 :]
        return Response(
            page(
                request,
                tree[: limit + 1],
                limit=limit,
                cursor=cursor,
                key=lambda row: (str(row["id"]),),
            )
        )

    @extend_schema(
        operation_id="categories_create",
        summary="Add a category",
        request=serializers.CategoryCreate,
        responses={201: serializers.CategoryRead},
    )
    def post(self, request: Request) -> Response:
        """Add a category, at the top or below another."""
        sent = fields.read(
            request.data,
            {
                "name": fields.text(100, least=1),
                "type": fields.one_of(*_TYPES),
                "parent": fields.optional(fields.identity),
                "billed_as": fields.one_of(*_BILLED_AS),
                "notes": fields.text(2000, lines=True),
            },
            required=("name", "type"),
        )
        sent["parent_id"] = sent.pop("parent", None)
        category = services.create_category(book=self.book, by=self.actor, **sent)
        return Response(queries.category(self.book, category.id), status=201)


class CategoryView(BookView):
    """One category."""

    row = Account
    shape = CategoriesView.shape

    @extend_schema(
        operation_id="categories_read",
        summary="Read a category",
        responses=serializers.CategoryRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the category."""
        found = queries.category(self.book, id)
        if found is None:
            raise NotFound("There is no such category in this book.")
        return Response(found)

    @extend_schema(
        operation_id="categories_change",
        summary="Rename or move a category",
        request=serializers.CategoryChange,
        responses=serializers.CategoryRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent."""
        services.get_category(self.book, id)
        sent = fields.read(
            request.data,
            {
                "name": fields.text(100, least=1),
                "parent": fields.optional(fields.identity),
                "billed_as": fields.one_of(*_BILLED_AS),
                "notes": fields.cleared(fields.text(2000, lines=True)),
            },
        )
        if "parent" in sent:
            sent["parent_id"] = sent.pop("parent")
        services.change_category(book=self.book, by=self.actor, category_id=id, **sent)
        return Response(queries.category(self.book, id))
