"""The page of coverage: one question, four faces."""

from django.http import HttpResponseBase

from reports.book_page import report_page
from reports.coverage import contexts, documents
from reports.coverage.api import DEFAULT, PARAMETERS
from reports.flows.views import Report
from reports.queries.coverage import coverage
from reports.requests import PageRequest

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
def coverage_page(request: PageRequest) -> HttpResponseBase:
    """Which days of my accounts does a statement back?"""
    return _COVERAGE.answer(request)
