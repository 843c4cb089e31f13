"""The page's door to the accountant's pack."""

from django.http import HttpResponseBase

from reports import asking
from reports.book_page import read, report_page
from reports.pack.api import DEFAULT, PARAMETERS
from reports.pack.building import packed
from reports.requests import PageRequest


@report_page
def accountants_pack(request: PageRequest) -> HttpResponseBase:
    """Give everything of a period to whoever keeps the books."""
    sent = read(request, PARAMETERS)
    return packed(request.book, asking.of_page(request, sent, DEFAULT))
