"""The pages: read the request, ask one question, set it."""

from collections.abc import Container
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from buffet.money import Money
from buffet.rest import query
from buffet.rest.pagination import read_cursor
from reports import (
    asking,
    changing,
    documents,
    faces,
    ledger,
    pages,
    periods,
    queries,
    valuing,
)
from reports.asking import Asked, currency
from reports.book_page import FACES, read, report_page
from reports.content import content
from reports.going_back import way_back
from reports.queries import AccountPast, PortfolioOverview, PortfolioSince
from reports.queries.account import Standing, standing
from reports.queries.portfolio_part import PARTS, PortfolioPart, part_of
from reports.requests import PageRequest
from transactions.queries import balances
from transactions.queries.months import closings

SCHEMES = ("light", "dark")


@report_page
def overview(request: PageRequest) -> HttpResponseBase:
    """What am I worth?"""
    sent = read(request, {"format": FACES, "currency": currency, "accounts": asking.identities})
    on, accounts = sent["on"], sent.get("accounts", ())

    def report() -> PortfolioOverview:
        return queries.portfolio_overview(request.book, on, sent.get("currency", ""), accounts)

    if sent["format"] == "json":
        return faces.as_json(documents.portfolio_overview(report(), request.seat.book.version))
    if sent["format"] in faces.TABLES:
        return faces.as_table(sent["format"], f"overview-{on}", faces.overview_rows(report()))

    def context() -> dict[str, Any]:
        asked = _asked(request, sent)
        return pages.overview(report(), asked, request.kept) | _of_day(request, on)

    body = content(request, "reports/content/overview.html", context)
    return render(request, "reports/overview.html", {"on": on, "body": body})


def _of_day(request: PageRequest, on: date) -> dict[str, Any]:
    """Return what the head of a page about the end of a day says, and which months are closed."""
    closed = closings(request.book.id)
    return pages.stepper(on, request.today, request.book.month_start_day) | {
        "on": on,
        "closed": closed,
    }


def _asked(request: PageRequest, sent: dict[str, Any]) -> Asked:
    """Return what a page of a day is asked for: its day is chosen, whatever period it came of."""
    narrowed = {name: one for name, one in sent.items() if name not in periods.PARAMETERS}
    return asking.of_page(request, narrowed, "this-month")


@report_page
def account_list(request: PageRequest) -> HttpResponseBase:
    """Where is my money?"""
    sent = read(request, {"format": FACES, "currency": currency, "since": query.day, **PARTS})
    on = sent["on"]
    wanted = {name: sent[name] for name in PARTS if name in sent}
    since = asking.since(sent, on)
    if since is not None:
        return _accounts_since(request, since, sent, wanted)

    def part() -> PortfolioPart:
        report = queries.portfolio_overview(request.book, on, sent.get("currency", ""))
        return part_of(report, wanted)

    if sent["format"] == "json":
        return faces.as_json(documents.balances(part(), request.seat.book.version))
    if sent["format"] in faces.TABLES:
        return faces.as_table(sent["format"], f"accounts-{on}", faces.account_lines(part()))
    template = "reports/content/accounts.html"
    body = content(request, template, lambda: pages.accounts(part(), wanted) | _of_day(request, on))
    return render(request, "reports/accounts.html", {"on": on, "body": body})


def _accounts_since(
    request: PageRequest, since: date, sent: dict[str, Any], wanted: dict[str, Any]
) -> HttpResponseBase:
    """Answer how the accounts that are wanted changed since the end of a day."""
    on = sent["on"]

    def found() -> PortfolioSince:
        return queries.portfolio_since(request.book, since, on, sent.get("currency", ""), wanted)

    if sent["format"] == "json":
        return faces.as_json(documents.balances_since(found(), request.seat.book.version))
    if sent["format"] in faces.TABLES:
        lines = faces.changed_lines(found())
        return faces.as_table(sent["format"], f"accounts-{since}-{on}", lines)

    def context() -> dict[str, Any]:
        asked, day = _asked(request, sent), _of_day(request, on)
        before = day["before"] if day["before"] > since else None
        return changing.accounts(found(), asked, wanted) | day | {"before": before}

    body = content(request, "reports/content/accounts_since.html", context)
    return render(request, "reports/accounts.html", {"on": on, "body": body})


@report_page
def account(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What is on it, and what moved it?"""
    sent = read(request, {"format": FACES, "cursor": str, "currency": currency})
    on = sent["on"]
    cursor = read_cursor(sent.get("cursor"), date.fromisoformat, UUID)

    @cache
    def asked() -> tuple[dict[str, Any], AccountPast, ledger.Page, Standing]:
        found = balances.account(request.book.id, id, on)
        past = queries.account_past(request.book.id, id, on)
        balance = Money(Decimal(found["balance"]), found["currency"])
        target = sent.get("currency", request.book.base_currency)
        stands = standing(request.book.id, past, balance, target)
        return found, past, ledger.page(request.book.id, found, on, cursor), stands

    def context() -> dict[str, Any]:
        return {
            **pages.account(*asked(), cursor is not None),
            "apart": valuing.of_account(request.book.id, id, on),
            **_of_day(request, on),
        }

    if sent["format"] in faces.TABLES:
        found = balances.account(request.book.id, id, on)
        rows = ledger.every(request.book.id, found, on)
        return faces.as_table(sent["format"], f"account-{on}", faces.account_rows(rows))
    if sent["format"] == "json":
        return faces.as_json(pages.account_document(*asked()))
    body = content(request, "reports/content/account.html", context)
    name = content(request, "reports/content/account_name.html", lambda: {"account": asked()[0]})
    return render(request, "reports/account.html", {"on": on, "name": name, "body": body})


@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of light or dark, or leave it to their system, and go back."""
    return _kept(request, "scheme", SCHEMES)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of a language, or leave it to their browser, and go back."""
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, dict(settings.LANGUAGES))


def _kept(request: HttpRequest, name: str, choices: Container[str]) -> HttpResponse:
    """Keep what was chosen in a cookie of that name, and go back to the page."""
    response = HttpResponse(status=303, headers={"Location": way_back(request)})
    chosen = request.POST.get(name, "")
    if chosen in choices:
        response.set_cookie(name, chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(name, samesite="Lax")
    return response
