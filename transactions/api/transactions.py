"""The API of transactions."""

from datetime import date
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts import services as chart_services
from accounts.api import DELETED
from buffet.rest import fields, query
from buffet.rest.documents import (
    AMOUNT,
    DAY,
    FLAG,
    IDENTITY,
    PAGING,
    TEXT,
    component,
    parameter,
    sort,
)
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.views import BookView
from transactions import bodies, serializers, services
from transactions.api import expanding
from transactions.models import Status, Transaction
from transactions.queries import transactions as queries

_SORTS = ("-date", "date")
_STATUSES = tuple(str(status) for status in Status.values)


#: Whose amount a list is narrowed by, which need not be the one that its rows show.
_OF_ENTRY = (
    "of an entry: with `account` of the one on it; else with a `category` of the one on that, "
    "where what was spent is positive; else of any on an account that holds money, so that a "
    "transfer is found by what left and by what arrived, of which its `amount` shows one. "
    "Currencies are not converted."
)


class TransactionsView(BookView):
    """The book's transactions, newest first."""

    shape = Shape(
        serializers.TransactionRead,
        {
            "account": expanding.accounts,
            "category": expanding.categories,
            "transfer_to": expanding.accounts,
            "vendor": expanding.vendors,
        },
    )
    parameters = {
        "get": PARAMETERS
        | {
            "account": query.uuid,
            "category": lambda text: text if text == "none" else query.uuid(text),
            "vendor": query.uuid,
            "date_from": query.day,
            "date_to": query.day,
            "amount": query.amount,
            "amount_min": query.amount,
            "amount_max": query.amount,
            "status": query.one_of(*_STATUSES),
            "q": query.words,
            "total": query.flag,
            "sort": query.one_of(*_SORTS),
        }
    }

    @extend_schema(
        operation_id="transactions_list",
        summary="List transactions",
        parameters=[
            *PAGING,
            sort(*_SORTS),
            parameter("account", "Only those with an entry on this account.", IDENTITY),
            parameter(
                "category",
                'Only those of this category and all below it; "none" for the uncategorised.',
                {"anyOf": [IDENTITY, {"type": "string", "const": "none"}]},
            ),
            parameter("vendor", "Only those of this vendor.", IDENTITY),
            parameter("date_from", "The first day.", DAY),
            parameter("date_to", "The last day.", DAY),
            parameter("amount", "The amount, in or out, of the same entry.", AMOUNT),
            parameter("amount_min", f"The least signed amount {_OF_ENTRY}", AMOUNT),
            parameter("amount_max", "The greatest signed amount of the same entry.", AMOUNT),
            parameter(
                "status",
                "How far the bank agrees with an entry: with `account` the one on it, else any on "
                "an account that holds money.",
                component("EntryStatus"),
            ),
            parameter(
                "q",
                "Parts of description, notes or vendor, whatever their order, case and accents.",
                TEXT,
            ),
            parameter("total", "Also count what the filters find, which takes longer.", FLAG),
        ],
        responses=serializers.TransactionsPage,
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of transactions."""
        filters = self._filters()
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), date.fromisoformat, UUID)
        back = cursor is not None and cursor.back
        rows = queries.page(
            self.book_id,
            filters,
            limit=limit + 1,
            place=queries.Place(*cursor.key) if cursor else None,
            falling=(self.query.get("sort") == "date") == back,
            version=self.seat.version,
        )
        answer = page(
            request,
            rows,
            limit=limit,
            cursor=cursor,
            key=lambda row: (row["date"].isoformat(), str(row["id"])),
        )
        if self.query.get("total"):
            answer["total"] = queries.count(self.book_id, filters)
        return Response(answer)

    def _filters(self) -> queries.Filters:
        """Return the filters; an account or category of another book is not found."""
        sent = self.query
        account_id, category = sent.get("account"), sent.get("category")
        categories: tuple[UUID, ...] = ()
        if account_id is not None:
            chart_services.get_account(self.book, account_id)
        if isinstance(category, UUID):
            chart_services.get_category(self.book, category)
            categories = tuple(sorted(chart_services.subtree_ids(self.book, category)))
        return queries.Filters(
            account_id=account_id,
            category_ids=categories,
            uncategorized=category == "none",
            vendor_id=sent.get("vendor"),
            date_from=sent.get("date_from"),
            date_to=sent.get("date_to"),
            amount=sent.get("amount"),
            amount_min=sent.get("amount_min"),
            amount_max=sent.get("amount_max"),
            status=sent.get("status", ""),
            text=sent.get("q", ""),
        )

    @extend_schema(
        operation_id="transactions_create",
        summary="Record a transaction",
        request=serializers.TransactionCreate,
        responses={201: serializers.TransactionRead},
    )
    def post(self, request: Request) -> Response:
        """Record a transaction.

        One that is dated in a closed month is refused. One of an open month before a closed one is
        not, and is carried into its balances.
        """
        wanted = bodies.draft(request.data)
        recorded = services.record_one(book=self.book, by=self.actor, draft=wanted)
        return Response(recorded, status=201)


class TransactionView(BookView):
    """One transaction."""

    row = Transaction
    shape = TransactionsView.shape

    @extend_schema(
        operation_id="transactions_read",
        summary="Read a transaction",
        responses=serializers.TransactionRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the transaction and its entries."""
        return Response(queries.get(self.book_id, id))

    @extend_schema(
        operation_id="transactions_change",
        summary="Correct a transaction",
        request=serializers.TransactionChange,
        responses=serializers.TransactionRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent; the history keeps what was before."""
        queries.refuse_unknown(self.book_id, id)
        wanted = bodies.changes(request.data)
        services.correct(book=self.book, by=self.actor, transaction_id=id, changes=wanted)
        return Response(queries.get(self.book_id, id))

    @extend_schema(
        operation_id="transactions_delete", summary="Delete a transaction", responses=DELETED
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete it; its history can bring it back."""
        services.delete(book=self.book, by=self.actor, transaction_ids=[id])
        return Response(status=204)


class TransactionMergeView(BookView):
    """Make one transfer of two transactions."""

    shape = TransactionsView.shape

    @extend_schema(
        operation_id="transactions_merge",
        summary="Make one transfer of two transactions",
        request=serializers.TransactionMerge,
        responses=serializers.TransactionRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Merge it into another that tells of the same movement; answer the other.

        What left one account and arrived on another often comes as two, one of each account's
        statement. The other is a transfer then, with its own day and description; on the account
        of the one that is merged it has the amount, the status and the `external_id` which that
        had. It may be a transfer between both already, of which no statement has told there. An
        amount that arrives in another currency is what arrived. The one that is merged is deleted;
        the imports that brought it know it as the other's side. What was recorded by hand is not
        merged into what an import brought, which takes that away again: merge it the other way.
        """
        queries.refuse_unknown(self.book_id, id)
        known: dict[str, fields.Reader] = {"into": fields.identity, "date": fields.day}
        sent = fields.read(request.data, known, required=("into",))
        into = services.merge_into_transfer(
            book=self.book,
            by=self.actor,
            source_id=id,
            target_id=sent["into"],
            on=sent.get("date"),
        )
        return Response(queries.get(self.book_id, into))


class TransactionSeparateView(BookView):
    """Separate a transfer into the two of which it was made."""

    shape = TransactionsView.shape

    @extend_schema(
        operation_id="transactions_separate",
        summary="Separate what was merged into a transaction",
        request=None,
        responses=serializers.TransactionRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Separate what was merged into it last; answer the one that comes back.

        That is as it was before. The other is of the category that it had, or of none.
        """
        found = services.separate(book=self.book, by=self.actor, transaction_id=id)
        return Response(queries.get(self.book_id, found))


class TransactionRestoreView(BookView):
    """Bring a deleted transaction back."""

    @extend_schema(
        operation_id="transactions_restore",
        summary="Restore a deleted transaction",
        request=None,
        responses=serializers.TransactionRead,
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Bring it back as it last was, and what hung on it.

        It pays the due date of its subscription again, is a parcel of its installment plan and
        stands on the statement that it was moved to, where these are still there and nothing took
        its place.
        """
        services.restore(book=self.book, by=self.actor, transaction_id=id)
        return Response(queries.get(self.book_id, id))
