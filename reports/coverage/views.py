"""The page of coverage: one question, four faces."""

from django.http import HttpRequest, HttpResponseBase

from reports.book_page import report_page
from reports.coverage import contexts, documents
from reports.coverage.api import DEFAULT, PARAMETERS
from reports.flows.views import Report
from reports.queries.coverage import coverage

_COVERAGE = Report(
    "coverage",
    DEFAULT,
    coverage,
    documents.of_coverage,
    documents.coverage_rows,
    contexts.coverage,
    PARAMETERS,
)


@report_page
def coverage_page(request: HttpRequest) -> HttpResponseBase:
    """Which days of my accounts does a statement back?"""
    return _COVERAGE.answer(request)
