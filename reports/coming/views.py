"""The page of what is coming: read the request, ask one question, set it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from buffet.rest import query
from reports import faces
from reports.asking import currency
from reports.book_page import FACES, read, report_page
from reports.coming import asking as supposing
from reports.coming import calendar, contexts
from reports.coming import faces as own
from reports.coming.supposing import PARAMETERS, Supposing
from reports.content import content, rendered
from reports.queries.forecast import Forecast, forecast
from reports.queries.month import Row, of_month
from transactions.queries.months import Closings, closings


@report_page
def coming(request: HttpRequest, month: date | None = None) -> HttpResponseBase:
    """What is to come this month, and where does it lead?"""
    today = request.today
    shown = month or today.replace(day=1)
    is_now = shown == today.replace(day=1)
    is_page = request.GET.get("format", "html") == "html"
    # The page answers in its form, to what people type; the other faces as the API does.
    known = {"until": query.day, **(PARAMETERS if is_page else _OF_FACES)} if is_now else {}
    sent = read(request, {"format": FACES, "currency": currency, **known})
    if not is_page:
        return _face(request, shown, sent)
    until = sent.get("until")
    if not PARAMETERS.keys() & sent.keys():
        body = content(
            request, _CONTENT, lambda: _asked(request, shown, until).context(_closed(request))
        )
        return _page(request, shown, body)
    asked = _asked(request, shown, until)
    body = rendered(_CONTENT, asked.context(_closed(request)), request)
    status = 400 if asked.form and asked.form.errors else 200
    return _page(request, shown, body, status)


_CONTENT = "reports/content/coming.html"
#: A table is the month's list, or what the forecast says of each account and day.
_OF_FACES = {**supposing.PARAMETERS, "of": query.one_of("month", "forecast")}


def _face(request: HttpRequest, shown: date, sent: Mapping[str, Any]) -> HttpResponseBase:
    """Answer with JSON or a table: the month's list, and where it leads with what is supposed."""
    asked, today = _asked(request, shown, sent.get("until")), request.today
    what_if = supposing.supposed(sent, today)
    found = asked.found if what_if is None else asked.found.supposing(what_if)
    if sent["format"] == "json":
        return faces.as_json(own.document(shown, asked.rows, found if asked.form else None))
    if sent.get("of") == "forecast":
        return faces.as_table(sent["format"], f"forecast-{today}", own.forecast_rows(found))
    rows = own.csv_rows(shown, asked.rows)
    return faces.as_table(sent["format"], f"coming-{shown:%Y-%m}", rows)


def _closed(request: HttpRequest) -> Closings:
    return closings(request.book.id)


def _page(request: HttpRequest, shown: date, body: str, status: int = 200) -> HttpResponse:
    context = {"month": shown, "body": body, "as_of": request.today}
    return render(request, "reports/coming.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A month with what is to come in it, which `ahead` tells; and `found`, where it leads."""

    shown: date
    rows: Sequence[Row]
    ahead: Forecast
    found: Forecast
    form: Supposing | None

    def context(self, closed: Closings) -> dict[str, Any]:
        """Return the context of the page's content."""
        found = contexts.month(self.shown, self.rows, self.ahead)
        found |= {"form": self.form, "as_of": self.found.as_of, "closed": closed, "said": {}}
        if self.form:
            found |= contexts.forecast(self.found, self.form.supposed())
            found["said"] = self.form.said()
        return found


def _asked(request: HttpRequest, shown: date, until: date | None = None) -> _Asked:
    """Return a month, and where it leads: until a day, or as far as it is foreseen by itself."""
    today = request.today
    ahead = forecast(request.book.id, today, calendar.foreseen_until(shown, today))
    rows = of_month(ahead, shown, calendar.end_of(shown))
    found = ahead if until is None else forecast(request.book.id, today, until)
    form = Supposing(request, found) if shown == today.replace(day=1) else None
    return _Asked(shown, rows, ahead, found, form)
