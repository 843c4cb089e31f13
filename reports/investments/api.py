"""The API of the performance of investments."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.rest import query
from buffet.rest.responses import Response
from reports import asking
from reports.investments import documents, serializers
from reports.known.doors import ReportView

#: The period that the report is about when none is asked for.
DEFAULT = "last-12-months"
PARAMETERS = {
    **{name: one for name, one in asking.PARAMETERS.items() if name != "categories"},
    "broker": query.words,
}
DOCUMENTS = [*(one for one in asking.DOCUMENTS if one.name != "categories"), asking.BROKER]


class PerformanceView(ReportView):
    """How investments did."""

    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="reports_investment_performance",
        summary="What investments grew by, and their returns",
        parameters=DOCUMENTS,
        responses=serializers.PerformanceRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with the performance of investments."""
        return Response(documents.of_performance(asking.of_view(self, DEFAULT)))
