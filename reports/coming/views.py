"""The page of what is coming: read the request, ask one question, set it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from buffet.errors import Invalid
from buffet.rest import query
from reports import faces, periods
from reports.asking import currency, identities
from reports.book_page import FACES, read, report_page
from reports.coming import asking as supposing
from reports.coming import calendar, contexts
from reports.coming import faces as own
from reports.coming.supposing import PARAMETERS, Supposing
from reports.content import content, rendered
from reports.flows.links import with_accounts
from reports.queries.forecast import Forecast, forecast
from reports.queries.forecast_together import Together, together
from reports.queries.month import Row, of_month
from reports.requests import PageRequest
from transactions.queries.months import Closings, closings
from transactions.queries.subscriptions import Missed


@report_page
def coming(request: PageRequest, month: date | None = None) -> HttpResponseBase:
    """What is to come this month, and where does it lead?"""
    today = request.today
    shown = month or today.replace(day=1)
    is_now = shown == today.replace(day=1)
    is_page = request.GET.get("format", "html") == "html"
    # The page answers in its form, to what people type; the other faces as the API does.
    known: dict[str, query.Reader] = (
        {"until": query.day, **(PARAMETERS if is_page else _OF_FACES)} if is_now else {}
    )
    sent = read(request, {"format": FACES, "currency": currency, "accounts": identities, **known})
    if not is_page:
        return _face(request, shown, sent)
    if not PARAMETERS.keys() & sent.keys():
        body = content(
            request, _CONTENT, lambda: _asked(request, shown, sent).context(_closed(request))
        )
        return _page(request, shown, body)
    asked = _asked(request, shown, sent)
    body = rendered(_CONTENT, asked.context(_closed(request)), request)
    status = 400 if asked.form and asked.form.errors else 200
    return _page(request, shown, body, status)


_CONTENT = "reports/content/coming.html"
#: A table is the month's list, or what the forecast says of each account and day.
_OF_FACES = {**supposing.SUPPOSING, "of": query.one_of("month", "forecast")}


def _face(request: PageRequest, shown: date, sent: Mapping[str, Any]) -> HttpResponseBase:
    """Answer with JSON or a table: the month's list, and where it leads with what is supposed."""
    asked, today = _asked(request, shown, sent), request.today
    if asked.refused:
        raise asked.refused
    what_if = supposing.supposed(sent, today)
    found = asked.found if what_if is None else asked.found.supposing(what_if)
    if sent["format"] == "json":
        brought = asked.brought(found) if asked.form else None
        return faces.as_json(own.document(shown, asked.rows, asked.missed, brought))
    if sent.get("of") == "forecast":
        rows = own.forecast_rows(asked.brought(found))
        return faces.as_table(sent["format"], f"forecast-{today}", rows)
    rows = own.csv_rows(shown, asked.rows)
    return faces.as_table(sent["format"], f"coming-{shown:%Y-%m}", rows)


def _closed(request: PageRequest) -> Closings:
    return closings(request.book.id)


def _page(request: PageRequest, shown: date, body: str, status: int = 200) -> HttpResponse:
    context = {"month": shown, "body": body, "as_of": request.today}
    return render(request, "reports/coming.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A month with what is to come in it, which `ahead` tells; and `found`, where it leads.

    In a currency, and of some accounts alone if they were asked for; `along` is what goes along to
    other months. `missed` is what was expected and did not come; `refused` says why the forecast
    does not end with the period that a page came with.
    """

    shown: date
    rows: Sequence[Row]
    ahead: Forecast
    found: Forecast
    form: Supposing | None
    missed: Sequence[Missed]
    book_id: UUID
    currency: str
    accounts: tuple[UUID, ...]
    along: str
    refused: Invalid | None

    def brought(self, found: Forecast) -> Together:
        """Return what a forecast comes to in one currency."""
        return together(found, self.book_id, self.currency)

    def context(self, closed: Closings) -> dict[str, Any]:
        """Return the context of the page's content."""
        found = contexts.month(self.shown, self.rows, self.ahead)
        found |= contexts.missed(self.missed)
        found |= {"form": self.form, "as_of": self.found.as_of, "closed": closed, "said": {}}
        found |= {"asked": self, "along": self.along}
        if self.form:
            supposed = self.form.supposed()
            found |= contexts.forecast(self.found, supposed)
            found |= contexts.together(self.brought(supposed or self.found))
            found["said"] = self.form.said()
            if self.refused:
                # Programs are refused what the page leaves out.
                found["said"] |= dict.fromkeys(periods.PARAMETERS)
        return found


def _asked(request: PageRequest, shown: date, sent: Mapping[str, Any]) -> _Asked:
    """Return a month, and where it leads: until a day, or as far as it is foreseen by itself."""
    book, today = request.book, request.today
    is_now = shown == today.replace(day=1)
    accounts = sent.get("accounts", ())
    until, refused = sent.get("until"), None
    if is_now:
        try:
            until = supposing.until(book, today, sent)
        except Invalid as refusal:
            if "until" in sent:
                raise
            refused = refusal
    foreseen = calendar.foreseen_until(shown, today)
    whole = forecast(book.id, today, max(foreseen, until or foreseen)).narrowed(accounts)
    ahead = whole.ending(foreseen)
    found = ahead if until is None else whole.ending(until)
    end = calendar.end_of(shown)
    return _Asked(
        shown=shown,
        rows=of_month(ahead, shown, end),
        ahead=ahead,
        found=found,
        form=Supposing(request, found) if is_now else None,
        missed=[one for one in whole.missed if is_now or shown <= one.due_on <= end],
        book_id=book.id,
        currency=sent.get("currency") or book.base_currency,
        accounts=accounts,
        along=with_accounts(request.kept, accounts),
        refused=refused,
    )
