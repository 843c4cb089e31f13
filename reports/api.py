"""The API of the reports."""

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.serializers import REAL_KIND_CHOICES, REAL_TYPE_CHOICES
from buffet.rest import query
from buffet.rest.documents import CODE, parameter
from buffet.rest.responses import Response
from reports import asking, documents, queries, serializers
from reports.asking import ACCOUNTS, BROKER, IDENTITIES
from reports.balance_serializers import BalancesRead
from reports.cards import asking as card_asking
from reports.cards import faces as card_faces
from reports.cards.serializers import CardsReportRead
from reports.coming import asking as supposing
from reports.coming.serializers import ForecastRead
from reports.known.doors import ReportView
from reports.queries.cards_together import cards_together
from reports.queries.forecast import DAYS, forecast
from reports.queries.forecast_together import together
from reports.queries.portfolio_part import PARTS, part_of


class PortfolioOverviewView(ReportView):
    """What am I worth?"""

    parameters = {"get": {**asking.OF_A_DAY, "accounts": asking.identities}}

    @extend_schema(
        operation_id="reports_portfolio_overview",
        summary="Balances, net worth and its history",
        parameters=[*asking.DOCUMENTS_OF_A_DAY, ACCOUNTS],
        responses=serializers.PortfolioOverviewRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with the overview at the end of a day: of all accounts, or of these alone."""
        report = queries.portfolio_overview(
            self.book,
            asking.day(self.book, self.today, self.query),
            self.query.get("currency", ""),
            self.query.get("accounts", ()),
        )
        return Response(documents.portfolio_overview(report, self.seat.version))


class BalancesView(ReportView):
    """What is on my accounts?"""

    parameters = {"get": {**asking.OF_A_DAY, "since": query.day, **PARTS}}

    @extend_schema(
        operation_id="reports_account_balances",
        summary="What is on every account at the end of a day",
        parameters=[
            *asking.DOCUMENTS_OF_A_DAY,
            asking.SINCE,
            parameter("type", "Only of this type.", {"type": "string", "enum": REAL_TYPE_CHOICES}),
            parameter("kind", "Only of this kind.", {"type": "string", "enum": REAL_KIND_CHOICES}),
            BROKER,
            parameter(
                "held", "Only what is held in this currency.", {"type": "string", "pattern": CODE}
            ),
            ACCOUNTS,
            parameter("without", "All but these accounts, separated by commas.", IDENTITIES),
        ],
        responses=BalancesRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with balances in the accounts' currencies and in the report's.

        The accounts are all, or those that are asked for; net worth and sums are theirs alone.
        With `since`, what they were at the end of that day stands `before`, with each `change`.
        """
        on, version = asking.day(self.book, self.today, self.query), self.seat.version
        currency, since = self.query.get("currency", ""), asking.since(self.query, on)
        if since is not None:
            changed = queries.portfolio_since(self.book, since, on, currency, self.query)
            return Response(documents.balances_since(changed, version))
        part = part_of(queries.portfolio_overview(self.book, on, currency), self.query)
        return Response(documents.balances(part, version))


class CardsView(ReportView):
    """What do I owe on cards?"""

    parameters = {"get": card_asking.PARAMETERS}

    @extend_schema(
        operation_id="reports_cards",
        summary="Cards, what is owed on them and their statements",
        parameters=card_asking.DOCUMENTS,
        responses=CardsReportRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with every card and its unpaid, current and coming statements.

        Or with the cards that are asked for, and the statements that close in a period. What they
        come to is also told in the report's currency, at today's rates; each amount is rounded.
        """
        report = cards_together(self.book, self.today, self.query)
        return Response(card_faces.report_document(report))


class ForecastView(ReportView):
    """What is to come, and where does it lead?"""

    parameters = {"get": supposing.PARAMETERS}

    @extend_schema(
        operation_id="reports_forecast",
        summary="What is to come, and the daily balance it leads to",
        parameters=supposing.DOCUMENTS,
        responses=ForecastRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with all that is to come until a day, or with what moves some accounts.

        What those that are projected come to together is told in the report's currency, at today's
        rates: nobody knows later ones.
        """
        book, sent = self.book, self.query
        what_if = supposing.supposed(sent, self.today)
        until = supposing.until(book, self.today, sent) or self.today + timedelta(days=DAYS)
        found = forecast(book.id, self.today, until).narrowed(sent.get("accounts", ()))
        shown = found if what_if is None else found.supposing(what_if)
        currency = sent.get("currency") or book.base_currency
        return Response(documents.forecast(together(shown, book.id, currency)))
