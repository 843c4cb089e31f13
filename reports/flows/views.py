"""The pages of the reports of periods: read the request, ask one question, set it."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import render

from accounts.models import AccountType, Kind
from buffet.rest import query
from buffet.rest.pagination import Cursor, read_cursor
from reports import asking, faces
from reports.asking import Asked
from reports.book_page import FACES, read, report_page
from reports.content import content
from reports.flows import contexts, days, documents, entries, worth, worth_documents
from reports.flows import faces as own
from reports.flows.api import CASH_FLOW, NET_WORTH, SPENDING, TIMELINE, TRIAL_BALANCE
from reports.flows.picking import Picker
from reports.periods import EARLIER
from reports.queries.behind import behind, change
from reports.queries.cash_flow import cash_flow
from reports.queries.exchanging import rate_effects
from reports.queries.figures import Behind, Change
from reports.queries.net_worth import net_worth
from reports.queries.parts import Part
from reports.queries.rows import PAGE, Row, every, rows
from reports.queries.spending import spending
from reports.queries.sums import SIDES
from reports.queries.timeline import Timeline, timeline
from reports.queries.trial_balance import trial_balance
from reports.requests import PageRequest
from transactions.models import Status
from transactions.queries.months import closings


class Report:
    """A report of a period on a page: one question, four faces.

    One that is about something in the book is called by it: `is_named`.
    """

    def __init__(
        self,
        name: str,
        default: str,
        ask: Callable[[Asked], Any],
        document: Callable[[Asked], dict[str, Any]],
        lines: Callable[[Any], Iterable[list[object]]],
        context: Callable[[Any], dict[str, Any]],
        known: Mapping[str, query.Reader] = asking.PARAMETERS,
        *,
        is_named: bool = False,
    ) -> None:
        self.name, self.default, self.ask = name, default, ask
        self.document, self.lines, self.context = document, lines, context
        self.known, self.is_named = known, is_named

    def answer(self, request: PageRequest) -> HttpResponseBase:
        """Answer a request with the face that it asks for."""
        sent = read(request, {"format": FACES, **self.known})
        asked = asking.of_page(request, sent, self.default)
        if sent["format"] == "json":
            return faces.as_json(self.document(asked))
        if sent["format"] in faces.TABLES:
            period = asked.period
            name = f"{self.name}-{period.since}-{period.until}"
            return faces.as_table(sent["format"], name, self.lines(self.ask(asked)))
        found = cache(lambda: self.ask(asked))
        context = {
            "asked": asked,
            "body": content(
                request,
                f"reports/flows/{self.name}.html",
                lambda: (
                    self.context(found())
                    | {"asked": asked, "picker": Picker.of(request, asked.period)}
                    | {"closed": closings(asked.book_id)}
                ),
            ),
        }
        if self.is_named:
            template = f"reports/flows/{self.name}_name.html"
            context["name"] = content(request, template, lambda: {"report": found()})
        return render(request, f"reports/{self.name}.html", context)


#: What a report of what one is worth can be asked for: categories are worth nothing.
_OF_WORTH = {name: one for name, one in asking.PARAMETERS.items() if name != "categories"}
_CASH_FLOW = Report(
    "cash-flow",
    CASH_FLOW,
    cash_flow,
    documents.of_cash_flow,
    own.cash_flow_rows,
    contexts.cash_flow,
)
_SPENDING = Report(
    "spending",
    SPENDING,
    spending,
    documents.of_spending,
    own.spending_rows,
    contexts.spending,
)
_NET_WORTH = Report(
    "net-worth",
    NET_WORTH,
    net_worth,
    worth_documents.of_net_worth,
    own.net_worth_rows,
    worth.net_worth,
    _OF_WORTH,
)
_RATE_EFFECTS = Report(
    "net-worth-rates",
    NET_WORTH,
    rate_effects,
    worth_documents.of_rate_effects,
    own.rate_effect_rows,
    worth.rate_effects,
    _OF_WORTH,
)
_TRIAL_BALANCE = Report(
    "trial-balance",
    TRIAL_BALANCE,
    trial_balance,
    documents.of_trial_balance,
    own.trial_balance_rows,
    contexts.trial_balance,
)


@report_page
def cash_flow_page(request: PageRequest) -> HttpResponseBase:
    """What came in, what went out, and what was kept?"""
    return _CASH_FLOW.answer(request)


@report_page
def spending_page(request: PageRequest) -> HttpResponseBase:
    """Where did the money go?"""
    return _SPENDING.answer(request)


@report_page
def net_worth_page(request: PageRequest) -> HttpResponseBase:
    """How did I come to be worth this?"""
    return _NET_WORTH.answer(request)


@report_page
def rate_effects_page(request: PageRequest) -> HttpResponseBase:
    """What did exchange rates make of what I am worth?"""
    return _RATE_EFFECTS.answer(request)


@report_page
def trial_balance_page(request: PageRequest) -> HttpResponseBase:
    """Does every account of the chart add up?"""
    return _TRIAL_BALANCE.answer(request)


#: An account is told in its own currency; and in another if one is asked for.
_OF_ACCOUNT = {name: one for name, one in _OF_WORTH.items() if name != "accounts"}


@report_page
def account_days_page(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What was on it at the end of each day, and what moved it?"""

    def ask(asked: Asked) -> Timeline:
        return timeline(asked, id, asked.currency if request.GET.get("currency") else "")

    return Report(
        "account-days",
        TIMELINE,
        ask,
        lambda asked: documents.of_timeline(asked, ask(asked)),
        own.timeline_rows,
        days.account_days,
        _OF_ACCOUNT,
        is_named=True,
    ).answer(request)


#: Which rows can be asked for.
_PART = {
    "account": query.uuid,
    "category": query.uuid,
    "kind": query.one_of(*(str(one) for one in Kind.values)),
    "type": query.one_of(*(str(one) for one in AccountType.values)),
    "status": query.one_of(*(str(one) for one in Status.values)),
    "flow": query.one_of(*Part.FLOWS),
    "side": query.one_of(*SIDES),
    "held": asking.currency,
    "balance": query.one_of(*Part.BALANCES),
}


@report_page
def rows_page(request: PageRequest) -> HttpResponseBase:
    """Which entries make this figure, or how it changed against an earlier period?"""
    sent = read(
        request,
        {
            "format": FACES,
            "cursor": str,
            "against": query.one_of(*EARLIER),
            **asking.PARAMETERS,
            **_PART,
        },
    )
    asked = asking.of_page(request, sent, TRIAL_BALANCE)
    part = Part(**{name: sent[name] for name in _PART if name in sent})
    against = sent.get("against")
    of_change = [query.one_of(*_SIDES)] if against else []
    cursor = read_cursor(sent.get("cursor"), query.day, UUID, UUID, *of_change)

    def ask() -> Behind | Change:
        if against:
            return change(asked, part, EARLIER[against](asked.period))
        return behind(asked, part)

    if sent["format"] in faces.TABLES:
        period = asked.period
        name = f"rows-{period.since}-{period.until}{f'-against-{against}' if against else ''}"
        lines = own.entry_rows(every(ask()), is_change=bool(against))
        return faces.as_table(sent["format"], name, lines)
    if sent["format"] == "json":
        return faces.as_json(documents.of_rows(*_page(ask(), cursor)))

    def context() -> dict[str, Any]:
        found, page, older = _page(ask(), cursor)
        return entries.rows(found, page, closings(asked.book_id)) | {
            "asked": asked,
            "older": older,
            "is_first": cursor is None,
            "picker": Picker.of(request, asked.period),
        }

    body = content(request, "reports/flows/rows.html", context)
    return render(request, "reports/rows.html", {"asked": asked, "body": body})


#: Which period of a change a page of rows has reached.
_SIDES = ("now", "then")


def _page(
    found: Behind | Change, cursor: Cursor | None
) -> tuple[Behind | Change, list[Row], Cursor | None]:
    """Return what rows come to, a page of them, and where those before them begin."""
    after = None
    if cursor:
        date, transaction, entry, *side = cursor.key
        after = (date, transaction, entry, side == ["then"])
    page = rows(found, after)
    kept, older = page[:PAGE], None
    if len(page) > PAGE:
        last = kept[-1]
        side = [_SIDES[last.is_against]] if isinstance(found, Change) else []
        key = (last.date.isoformat(), str(last.transaction_id), str(last.entry_id), *side)
        older = Cursor(key)
    return found, kept, older
