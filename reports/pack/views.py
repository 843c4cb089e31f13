"""The page's door to the accountant's pack."""

from django.http import HttpRequest, HttpResponseBase

from reports import asking
from reports.book_page import read, report_page
from reports.pack.api import DEFAULT, PARAMETERS
from reports.pack.building import packed


@report_page
def accountants_pack(request: HttpRequest) -> HttpResponseBase:
    """Give everything of a period to whoever keeps the books."""
    sent = read(request, PARAMETERS)
    return packed(request.book, asking.of_page(request, sent, DEFAULT))
