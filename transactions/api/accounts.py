"""The API of accounts with their balances, and of what entries decide about categories."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts import queries as chart
from accounts import serializers
from accounts import services as chart_services
from accounts.api import DELETED, CategoryView
from accounts.models import REAL_KINDS, Account
from buffet.rest import fields, query
from buffet.rest.documents import FLAG, ON, PAGING, parameter, sort
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import services
from transactions.api import expanding
from transactions.queries import balances

_KINDS = tuple(sorted(str(kind) for kind in REAL_KINDS))
_SORTS = ("name", "-name")
_NOTES = fields.text(2000, lines=True)
CHANGES = {
    "name": fields.text(100, least=1),
    "broker": fields.optional(fields.identity),
    "opened_on": fields.optional(fields.day),
    "number": fields.cleared(fields.text(64)),
    "notes": fields.cleared(_NOTES),
}
NEW = CHANGES | {
    "kind": fields.one_of(*_KINDS),
    "currency": fields.currency,
    "opening_balance": fields.amount,
}


def _columns(sent: dict[str, Any]) -> dict[str, Any]:
    if "broker" in sent:
        sent["broker_id"] = sent.pop("broker")
    return sent


class AccountsView(BookView):
    """The accounts that hold money."""

    shape = Shape(serializers.AccountRead, {"broker": expanding.brokers})
    parameters = {
        "get": PARAMETERS | {"on": query.day, "archived": query.flag, "sort": query.one_of(*_SORTS)}
    }

    @extend_schema(
        operation_id="accounts_list",
        summary="List accounts with their balances",
        parameters=[
            *PAGING,
            ON,
            sort(*_SORTS),
            parameter("archived", "Only archived accounts, or only those in use.", FLAG),
        ],
        responses=page_of(serializers.AccountRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of accounts, by name."""
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), str, UUID)
        rows = balances.accounts(
            self.book_id,
            self.query.get("on", self.today),
            archived=self.query.get("archived"),
            after=cursor.key if cursor else None,
            falling=(self.query.get("sort") == "-name") != (cursor is not None and cursor.back),
            limit=limit + 1,
        )
        return Response(
            page(
                request,
                rows,
                limit=limit,
                cursor=cursor,
                key=lambda row: (row["name"], str(row["id"])),
            )
        )

    @extend_schema(
        operation_id="accounts_create",
        summary="Open an account",
        request=serializers.AccountCreate,
        responses={201: serializers.AccountRead},
    )
    def post(self, request: Request) -> Response:
        """Open an account; an opening balance is a transaction against equity."""
        sent = fields.read(request.data, NEW, required=("name", "kind", "currency"))
        fields.in_currency(sent, "opening_balance", request.data.get("opening_balance"))
        account = services.open_account(
            book=self.book, by=self.actor, today=self.today, **_columns(sent)
        )
        return Response(balances.account(self.book_id, account.id, self.today), status=201)


class AccountView(BookView):
    """One account."""

    row = Account
    shape = AccountsView.shape
    parameters = {"get": {"on": query.day}}

    @extend_schema(
        operation_id="accounts_read",
        summary="Read an account with its balance",
        parameters=[ON],
        responses=serializers.AccountRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the account."""
        return Response(balances.account(self.book_id, id, self.query.get("on", self.today)))

    @extend_schema(
        operation_id="accounts_change",
        summary="Change an account",
        request=serializers.AccountChange,
        responses=serializers.AccountRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; null clears."""
        chart_services.get_real_account(self.book, id)
        sent = fields.read(request.data, CHANGES)
        chart_services.change_account(
            book=self.book, by=self.actor, account_id=id, **_columns(sent)
        )
        return Response(balances.account(self.book_id, id, self.today))

    @extend_schema(operation_id="accounts_delete", summary="Delete an account", responses=DELETED)
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete an account without entries; one with entries is archived instead."""
        chart_services.get_real_account(self.book, id)
        services.delete_account(book=self.book, by=self.actor, account_id=id)
        return Response(status=204)


class AccountArchiveView(BookView):
    """Archive an account."""

    @extend_schema(
        operation_id="accounts_archive",
        summary="Archive an account",
        request=None,
        responses=serializers.AccountRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Archive it: it takes no more entries."""
        chart_services.get_real_account(self.book, id)
        chart_services.archive_account(book=self.book, by=self.actor, account_id=id)
        return Response(balances.account(self.book_id, id, self.today))


class AccountReopenView(BookView):
    """Reopen an archived account."""

    @extend_schema(
        operation_id="accounts_reopen",
        summary="Reopen an archived account",
        request=None,
        responses=serializers.AccountRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Take it back into use."""
        chart_services.get_real_account(self.book, id)
        chart_services.reopen_account(book=self.book, by=self.actor, account_id=id)
        return Response(balances.account(self.book_id, id, self.today))


class LedgerCategoryView(CategoryView):
    """One category, with what its entries have a say in."""

    @extend_schema(operation_id="categories_delete", summary="Delete a category", responses=DELETED)
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a category without entries and with none below it."""
        chart_services.get_category(self.book, id)
        services.delete_account(book=self.book, by=self.actor, account_id=id)
        return Response(status=204)


class CategoryArchiveView(BookView):
    """Archive a category."""

    @extend_schema(
        operation_id="categories_archive",
        summary="Archive a category",
        request=None,
        responses=serializers.CategoryRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Archive it: it takes no more entries."""
        chart_services.get_category(self.book, id)
        chart_services.archive_account(book=self.book, by=self.actor, account_id=id)
        return Response(chart.category(self.book, id))


class CategoryReopenView(BookView):
    """Reopen an archived category."""

    @extend_schema(
        operation_id="categories_reopen",
        summary="Reopen an archived category",
        request=None,
        responses=serializers.CategoryRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Take it back into use."""
        chart_services.get_category(self.book, id)
        chart_services.reopen_account(book=self.book, by=self.actor, account_id=id)
        return Response(chart.category(self.book, id))


class CategoryMergeView(BookView):
    """Merge a category into another."""

    @extend_schema(
        operation_id="categories_merge",
        summary="Merge a category into another",
        request=serializers.CategoryMerge,
        responses=serializers.CategoryRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Move its entries and sub-categories into the other and delete it; answer the other."""
        chart_services.get_category(self.book, id)
        sent = fields.read(request.data, {"into": fields.identity}, required=("into",))
        services.merge_categories(
            book=self.book, by=self.actor, source_id=id, target_id=sent["into"]
        )
        return Response(chart.category(self.book, sent["into"]))
