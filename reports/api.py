"""The API of the reports."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from buffet.money import BadCurrency, parse_currency
from buffet.rest import query
from buffet.rest.documents import ON, parameter
from buffet.rest.views import BookView
from reports import documents, queries, serializers


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
