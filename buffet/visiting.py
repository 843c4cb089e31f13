"""The pages of a book as a member sees them, for staff: read only, for a while, on record."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_cache_control

from buffet.requests import Request
from buffet.services.visits import current_visit, end_visit, note_page

#: The session's word for the visit that goes on.
KEPT = "visit"
STOP = "stop-visit"
#: What a visitor may send: it ends the visit, the session, or changes how pages look to them.
MAY_SEND = frozenset((STOP, "sign-out", "scheme", "language"))
#: What takes a whole book along, which seeing it does not need.
TAKES_ALONG = frozenset(("export-file", "export-link", "accountants-pack"))
#: Addresses beside the pages: the API knows no sessions, and staff are themselves in the admin.
BESIDE = ("/api/", "/admin/", "/health", settings.STATIC_URL)
READS = frozenset(("GET", "HEAD", "OPTIONS"))

Next = Callable[[HttpRequest], HttpResponseBase]


class Visits:
    """Let a visitor read the pages of the book, and send nothing."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        # Who comes without a session is no visitor, and need not be looked up.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not has_session or request.path.startswith(BESIDE) or KEPT not in request.session:
            return self.get_response(request)
        return self._visited(request)

    def _visited(self, request: Request) -> HttpResponseBase:
        name = _name(request.path)
        if name == STOP and request.method == "POST":
            return _stopped(request)
        known = {"visit_id": request.session[KEPT], "staff": request.user}
        found = current_visit(**known) if request.user.is_authenticated else None
        if found is None:
            return _stopped(request)
        # For the pages and their banner.
        request.visit, request.visited_as = found
        if (request.method not in READS and name not in MAY_SEND) or name in TAKES_ALONG:
            return _no_store(render(request, "reports/visit_refused.html", status=403))
        if request.method in READS:
            note_page(visit_id=found[0].id, address=request.get_full_path())
        # What a visitor sees is kept by no browser, and made anew each time.
        request.META.pop("HTTP_IF_NONE_MATCH", None)
        return _no_store(self.get_response(request))


def _name(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


def _stopped(request: HttpRequest) -> HttpResponseBase:
    """End the visit, and go back to where visits are listed."""
    visit_id = request.session.pop(KEPT)
    if request.user.is_authenticated:
        end_visit(visit_id=visit_id, staff_id=request.user.pk)
    return _no_store(HttpResponseRedirect(reverse("admin:buffet_visit_changelist")))


def _no_store(response: HttpResponseBase) -> HttpResponseBase:
    response.headers.pop("ETag", None)
    patch_cache_control(response, private=True, no_store=True)
    return response
