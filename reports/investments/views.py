"""The page of investments: one question, four faces."""

from django.http import HttpRequest, HttpResponseBase

from reports.book_page import report_page
from reports.flows.views import Report
from reports.investments import contexts, documents, faces
from reports.investments.api import DEFAULT, PARAMETERS
from reports.queries.performance import performance

_INVESTMENTS = Report(
    "investments",
    DEFAULT,
    performance,
    documents.of_performance,
    faces.performance_rows,
    contexts.performance,
    PARAMETERS,
)


@report_page
def investments(request: HttpRequest) -> HttpResponseBase:
    """How did my investments do?"""
    return _INVESTMENTS.answer(request)
