"""The API of the reports."""

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.errors import invalid
from buffet.money import BadCurrency, parse_currency
from buffet.rest import query
from buffet.rest.documents import AMOUNT, DAY, IDENTITY, ON, parameter
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from reports import documents, queries, serializers
from reports.queries.forecast import DAYS, WhatIf, forecast


def currency(text: str) -> str:
    """Read the code of a currency."""
    try:
        return parse_currency(text)
    except BadCurrency as error:
        raise query.Malformed(str(error)) from None


class PortfolioOverviewView(BookView):
    """What am I worth?"""

    parameters = {"get": {"on": query.day, "currency": currency}}

    @extend_schema(
        operation_id="reports_portfolio_overview",
        summary="Balances, net worth and its history",
        parameters=[
            ON,
            parameter(
                "currency", "The report's currency; the book's when left out.", {"type": "string"}
            ),
        ],
        responses=serializers.PortfolioOverviewRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with the overview at the end of a day."""
        report = queries.portfolio_overview(
            self.book, self.query.get("on", self.today), self.query.get("currency", "")
        )
        return Response(documents.portfolio_overview(report, self.book.version))


class ForecastView(BookView):
    """What is to come, and where does it lead?"""

    parameters = {
        "get": {
            "until": query.day,
            "what_if": query.amount,
            "what_if_on": query.day,
            "what_if_account": query.uuid,
        }
    }

    @extend_schema(
        operation_id="reports_forecast",
        summary="What is to come, and the daily balance it leads to",
        parameters=[
            parameter("until", f"The last day; {DAYS} days from today when left out.", DAY),
            parameter(
                "what_if", "An extra expense that nobody has decided on; writes nothing.", AMOUNT
            ),
            parameter("what_if_on", "The day of that expense; tomorrow when left out.", DAY),
            parameter(
                "what_if_account", "The account it leaves; one that pays when left out.", IDENTITY
            ),
        ],
        responses=serializers.ForecastRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with all that is to come until a day."""
        asked = self.query
        what_if = None
        if "what_if" in asked:
            on = asked.get("what_if_on", self.today + timedelta(days=1))
            what_if = WhatIf(asked["what_if"], on, asked.get("what_if_account"))
        elif "what_if_on" in asked or "what_if_account" in asked:
            raise invalid("?what_if", "required", "Say how much.")
        until = asked.get("until", self.today + timedelta(days=DAYS))
        return Response(documents.forecast(forecast(self.book_id, self.today, until, what_if)))
