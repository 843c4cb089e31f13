"""The API of the accountant's pack."""

from collections.abc import Mapping
from dataclasses import replace

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.rest import query
from reports import asking, periods
from reports.known.doors import ReportView
from reports.pack.building import Pack, packed

#: The period that it is of when none is asked for.
DEFAULT = "last-year"
PARAMETERS: Mapping[str, query.Reader] = {**periods.PARAMETERS, "currency": asking.currency}


class AccountantsPackView(ReportView):
    """All that an accountant asks for."""

    parameters = {"get": PARAMETERS}
    remembers = False

    @extend_schema(
        operation_id="reports_accountants_pack",
        summary="Everything of a period for an accountant, as a zip",
        parameters=[one for one in asking.DOCUMENTS if one.name in {*PARAMETERS, "known_on"}],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> Pack:
        """Answer with the trial balance, the ledger, statements and reports, and their digests."""
        asked = replace(asking.of_view(self, DEFAULT), known_on=self.query.get("known_on"))
        return packed(self.book, asked)
