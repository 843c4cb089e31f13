"""The API of coverage."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.rest.responses import Response
from reports import asking
from reports.coverage import documents, serializers
from reports.known.doors import ReportView

#: The period that the report is about when none is asked for.
DEFAULT = "last-12-months"
_NO_PART = ("currency", "categories")
PARAMETERS = {name: one for name, one in asking.PARAMETERS.items() if name not in _NO_PART}
DOCUMENTS = [one for one in asking.DOCUMENTS if one.name not in _NO_PART]


class CoverageView(ReportView):
    """Which days statements back."""

    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="reports_coverage",
        summary="Which days of which account are backed by a statement",
        parameters=DOCUMENTS,
        responses=serializers.CoverageRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with each account's months, gaps, and statements that do not join."""
        return Response(documents.of_coverage(asking.of_view(self, DEFAULT)))
