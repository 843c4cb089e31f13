"""The pages of rules: read the request, do what was sent, ask what would change, set the page."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from buffet.errors import Fault, NotFound, Refusal, invalid
from buffet.rest import query
from reports import faces
from reports.book_page import FACES, book_form, read
from reports.deeds import who
from reports.requests import PageRequest
from reports.ruling import contexts
from reports.ruling.forms import RuleForm
from transactions import services
from transactions.api.rules import rule_row
from transactions.models import Rule

_YEAR = timedelta(days=365)
_TRIAL = {"try": query.one_of("1"), "again": query.one_of("1")}


@book_form
def rule_list(request: PageRequest) -> HttpResponseBase:
    """Which rules are there, what would they change, and what did they?"""
    sent = read(request, {"format": FACES, **_TRIAL})
    rows = Rule.objects.filter(book=request.book).select_related("account", "category", "vendor")
    rules = list(rows.order_by("position", "id"))
    if sent["format"] != "html":
        return faces.as_json({"results": [rule_row(rule) for rule in rules]})
    first, last = _days(request, sent)
    status, told = 200, {}
    if request.method == "POST":
        try:
            told = _done(request, first, last, again="again" in sent)
        except NotFound:
            raise
        except Refusal as refusal:
            faults = refusal.faults or (Fault("", refusal.code, refusal.detail),)
            status, told = 400, {"faults": faults}
        if not told:
            return _to("rules")
    context: dict[str, Any] = {
        "rules": contexts.lines(rules),
        "runs": contexts.runs(request),
        "first": first,
        "last": last,
        "again": "again" in sent,
        "may_write": request.may_write and request.known_on is None,
        **told,
    }
    if "try" in sent and request.method != "POST" and request.known_on is None:
        trial = services.try_rules(
            book=request.book, first=first, last=last, only_uncategorized="again" not in sent
        )
        context["trial"] = contexts.trial(request, trial, rules)
    return render(request, "reports/ruling/list.html", context, status=status)


def _days(request: PageRequest, sent: dict[str, Any]) -> tuple[date, date]:
    last = sent.get("date_to", request.today)
    first = sent.get("date_from", last - _YEAR)
    if last < first:
        raise invalid("?date_to", "wrong_order", "The last day lies before the first.")
    return first, last


def _done(request: PageRequest, first: date, last: date, *, again: bool) -> dict[str, Any]:
    """Do what was sent; return what is to be told of it, nothing if it went as asked.

    :raises Refusal: if the service will not.
    """
    action, sent = request.POST.get("action", ""), request.POST.get("id", "")
    if action == "apply":
        services.apply_rules(**who(request), first=first, last=last, only_uncategorized=not again)
        return {}
    id = _id(sent)
    if action in ("up", "down"):
        services.move_rule(**who(request), rule_id=id, up=action == "up")
        return {}
    if action == "undo":
        _, left = services.undo_run(**who(request), run_id=id, now=timezone.now())
        return {"left": left} if left else {}
    raise NotFound("There is no such thing to do here.")


def _id(sent: str) -> UUID:
    try:
        return UUID(sent)
    except ValueError:
        raise NotFound("There is no such thing to do here.") from None


def _to(name: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse(name)})


@book_form
def new_rule(request: PageRequest) -> HttpResponseBase:
    """What does a new rule ask and give?"""
    sent = read(request, {"contains": query.words, "category": query.uuid, "vendor": query.uuid})
    names = ("contains", "category", "vendor")
    return _form(request, None, {name: sent[name] for name in names if name in sent})


@book_form
def one_rule(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What does this rule ask and give?"""
    read(request, {})
    return _form(request, services.get_rule(request.book, id))


def _form(
    request: PageRequest, rule: Rule | None, first: Mapping[str, Any] | None = None
) -> HttpResponseBase:
    if rule is not None and request.POST.get("action") == "delete":
        services.delete_rule(**who(request), rule_id=rule.id)
        return _to("rules")
    form, status = RuleForm(request, rule, first or {}), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                if rule is None:
                    services.create_rule(**who(request), **form.wanted)
                else:
                    services.change_rule(**who(request), rule_id=rule.id, **form.wanted)
                return _to("rules")
            except Refusal as refusal:
                form.refuse(refusal)
    may_write = request.may_write and request.known_on is None
    context: dict[str, Any] = {"form": form, "rule": rule, "may_write": may_write}
    if rule is not None:
        context["asks"] = contexts.asked(rule)
    return render(request, "reports/ruling/rule.html", context, status=status)
