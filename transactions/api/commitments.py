"""The API of all subscriptions together: what is to come, what looks paid, what it costs."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet import money
from buffet.errors import invalid
from buffet.rest import query
from buffet.rest.documents import DAY, PAGING, parameter
from buffet.rest.pagination import DEFAULT_LIMIT, PARAMETERS, page, read_cursor
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import subscription_serializers as serializers
from transactions.api.subscriptions import type_of
from transactions.queries import subscriptions as queries
from transactions.queries.proposals import proposals

#: How many days may be asked for at once, and how many are shown when nobody says.
MOST_DAYS, DAYS = 731, 90


class UpcomingView(BookView):
    """Payments to come."""

    parameters = {"get": PARAMETERS | {"date_from": query.day, "date_to": query.day}}

    @extend_schema(
        operation_id="subscriptions_upcoming",
        summary="List payments to come",
        parameters=[
            *PAGING,
            parameter("date_from", "The first day; today in the book when left out.", DAY),
            parameter("date_to", "The last day, two years on at most; else 90 days on.", DAY),
        ],
        responses=page_of(serializers.UpcomingRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with the unpaid due dates of all subscriptions, in their order."""
        first = self.query.get("date_from", self.today)
        last = self.query.get("date_to", min(first + timedelta(days=DAYS), date(2199, 12, 31)))
        if last < first:
            raise invalid("?date_to", "wrong_order", "The last day lies before the first.")
        if (last - first).days > MOST_DAYS:
            raise invalid("?date_to", "too_far", "Two years can be asked for at once.")
        limit = self.query.get("limit", DEFAULT_LIMIT)
        cursor = read_cursor(self.query.get("cursor"), date.fromisoformat, str, UUID)
        rows = queries.upcoming(self.book_id, first, last)
        if cursor is not None and cursor.back:
            rows = [one for one in reversed(rows) if _place(one) < cursor.key]
        elif cursor is not None:
            rows = [one for one in rows if _place(one) > cursor.key]
        shown = [_upcoming(one) for one in rows[: limit + 1]]
        return Response(
            page(
                request,
                shown,
                limit=limit,
                cursor=cursor,
                key=lambda row: (row["due_on"].isoformat(), row["name"], str(row["subscription"])),
            )
        )


class ProposalsView(BookView):
    """Payments that nobody has linked yet."""

    @extend_schema(
        operation_id="subscriptions_proposals",
        summary="List transactions that look like payments",
        responses=page_of(serializers.ProposalRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with up to 200 of the last 400 days, the surest leading, each with the reason."""
        rows = [
            {
                "subscription": one.subscription_id,
                "name": one.name,
                "due_on": one.due_on,
                "transaction": one.transaction_id,
                "date": one.date,
                "description": one.description,
                "amount": money.text(one.amount, one.currency),
                "currency": one.currency,
                "score": one.score,
                "reason": one.reason,
            }
            for one in proposals(self.book_id, self.today)
        ]
        return Response(_whole(rows))


class BurnView(BookView):
    """What subscriptions cost per month."""

    @extend_schema(
        operation_id="subscriptions_burn",
        summary="Read what subscriptions cost per month",
        responses=page_of(serializers.BurnRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a sum for each currency, and the running subscriptions that make it."""
        rows = [
            {
                "currency": one.currency,
                "expenses": money.text(one.expenses, one.currency),
                "income": money.text(one.income, one.currency),
                "subscriptions": [_part(row, one.currency) for row in one.rows],
            }
            for one in queries.burn(self.book_id, self.today)
        ]
        return Response(_whole(rows))


def _whole(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer of a list that has one page."""
    return {"results": rows, "next": None, "previous": None}


def _place(one: queries.Expected) -> tuple[date, str, UUID]:
    return one.due_on, one.name, one.subscription_id


def _upcoming(one: queries.Expected) -> dict[str, Any]:
    return {
        "subscription": one.subscription_id,
        "name": one.name,
        "due_on": one.due_on,
        "amount": money.text(one.amount, one.currency),
        "currency": one.currency,
        "account": one.account_id,
        "category": one.category_id,
        "vendor": one.vendor_id,
    }


def _part(found: queries.Standing, currency: str) -> dict[str, Any]:
    row = found.subscription
    return {
        "subscription": row.id,
        "name": row.name,
        "type": type_of(row),
        "amount": money.text(row.amount, currency),
        "cadence": row.cadence,
        "every": row.every,
        "monthly_burn": money.text(found.monthly_burn, currency),
    }
