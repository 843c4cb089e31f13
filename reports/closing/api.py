"""The API of a month's end."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.rest.documents import MONTHS, parameter
from buffet.rest.responses import Response
from reports.asking import month
from reports.closing import documents, serializers
from reports.known.doors import KNOWN_ON, ReportView
from reports.queries.closing import month_end, month_to_close
from transactions.queries.months import closings


class MonthEndView(ReportView):
    """What is left to do before a month is closed."""

    parameters = {"get": {"month": month}}

    @extend_schema(
        operation_id="reports_month_end",
        summary="What is left to do before a month is closed",
        parameters=[
            parameter(
                "month",
                "YYYY-MM; when left out, the latest that is over and not closed, else the last "
                "closed one.",
                {"type": "string", "pattern": MONTHS},
            ),
            KNOWN_ON,
        ],
        responses=serializers.MonthToCloseRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with the month's accounts, and with what is left to look at.

        It is a calendar month, as all that are closed, also in a book whose `month_start_day` has
        the months of other reports begin on another day.
        """
        known = closings(self.book_id)
        asked = self.query.get("month") or month_to_close(known, self.today)
        found = month_end(self.book_id, asked, self.today, known)
        return Response(documents.month_end(found, self.seat.version))
