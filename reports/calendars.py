"""What is coming as a calendar: an iCalendar file under a private link."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import icalendar
from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet import limits, services
from buffet.models import Book, CalendarLink
from buffet.money import text
from buffet.rest.documents import PAGING
from buffet.rest.named import id_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from reports import serializers
from reports.queries.coming import Coming, Source
from reports.queries.forecast import forecast

#: How many days ahead the calendar reaches.
AHEAD = 366
#: What moves money by itself; what a statement includes is on the day of the statement.
_SHOWN = (Source.STATEMENT, Source.SUBSCRIPTION)


def _link(row: CalendarLink) -> dict[str, Any]:
    return {"id": row.id, "created_at": instant(row.created_at)}


class CalendarLinksView(BookView):
    """The caller's private links to the book's calendar.

    Its answers are not kept for a second attempt: a new link's address is a secret.
    """

    keeps_answers = False
    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="calendar_links_list",
        summary="List my private calendar links",
        parameters=PAGING,
        responses=page_of(serializers.CalendarLinkRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of links, the newest first; their addresses are told to nobody."""
        rows = services.current_calendars(self.caller.id, self.book_id)
        return Response(id_page(request, self.query, rows, _link))

    @extend_schema(
        operation_id="calendar_links_create",
        summary="Make a private calendar link",
        request=None,
        responses={201: serializers.NewCalendarLinkRead},
    )
    def post(self, request: Request) -> Response:
        """Make a link for a calendar program; its address is in this answer alone."""
        made = services.open_calendar(by=self.actor, user_id=self.caller.id, book_id=self.book_id)
        path = f"/calendar/{made.secret}.ics"
        address = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else (
            request._request.build_absolute_uri(path)
        )  # fmt: skip
        return Response(_link(made.link) | {"url": address}, status=201)


class CalendarLinkView(BookView):
    """One private link."""

    keeps_answers = False

    @extend_schema(
        operation_id="calendar_links_revoke",
        summary="Revoke a private calendar link",
        responses=DELETED,
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """End it, at once."""
        services.revoke_calendar(
            by=self.actor, user_id=self.caller.id, book_id=self.book_id, link_id=id
        )
        return Response(status=204)


@require_safe
def calendar(request: limits.CountedRequest, token: str) -> HttpResponse:
    """Answer with the calendar of the book that the private link is about."""
    limits.anonymous(request)
    book = services.book_of_calendar(token)
    if book is None:
        raise Http404("There is no such calendar.")
    response = HttpResponse(written(book), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    return response


def written(book: Book) -> bytes:
    """Return what is coming in a book as an iCalendar file (RFC 5545)."""
    today = book.day(timezone.now())
    found = icalendar.Calendar()
    found.add("prodid", "-//Better Call Buffet//what is coming//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", book.name)
    for one in forecast(book.id, today, today + timedelta(days=AHEAD)).coming:
        if one.source in _SHOWN:
            found.add_component(_event(one, today))
    return found.to_ical()


def _event(one: Coming, today: date) -> icalendar.Event:
    event = icalendar.Event()
    amount = f"{text(abs(one.amount), one.currency)} {one.currency}"
    event.add("uid", f"{one.source}-{one.id}-{one.on:%Y%m%d}@better-call-buffet")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(days=1))
    event.add("summary", f"{one.title}: {amount}")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [str(one.source)])
    return event
