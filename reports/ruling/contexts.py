"""What the templates of rules are given: each rule and each difference in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from accounts.models import Account
from buffet.money import Money
from reports.requests import PageRequest
from reports.ruling.forms import plain
from reports.words import said
from transactions.models import Direction, Rule, RuleRun, Vendor
from transactions.services.trying import Difference, Trial

#: How many differences and how many runs a page shows.
SHOWN, RUNS = 100, 10


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the list: what it asks, in words."""

    rule: Rule
    asks: Sequence[str]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A transaction in a trial: what it is and what it would be; an empty text stays."""

    found: Any
    amount: Money
    category: str
    vendor: str
    rule: str
    refused: str


def lines(rules: Sequence[Rule]) -> list[Line]:
    """Return the rules in words."""
    last = len(rules) - 1
    return [Line(rule, asked(rule), place == 0, place == last) for place, rule in enumerate(rules)]


def asked(rule: Rule) -> list[str]:
    """Return the conditions of a rule in words."""
    found = []
    if rule.contains:
        found.append(gettext("the text contains “{text}”").format(text=rule.contains))
    if rule.regex:
        found.append(gettext("the text matches {pattern}").format(pattern=rule.regex))
    if rule.direction == Direction.OUT:
        found.append(gettext("money goes out"))
    elif rule.direction == Direction.IN:
        found.append(gettext("money comes in"))
    if rule.amount_min is not None:
        found.append(gettext("from {amount}").format(amount=plain(rule.amount_min) or "0"))
    if rule.amount_max is not None:
        found.append(gettext("up to {amount}").format(amount=plain(rule.amount_max) or "0"))
    if rule.account is not None:
        found.append(gettext("on {account}").format(account=rule.account.name))
    return found


def trial(request: PageRequest, found: Trial, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the context of what rules would change."""
    shown = found.differences[:SHOWN]
    categories = _names(Account, request, {one.category_id for one in shown})
    vendors = _names(Vendor, request, {one.vendor_id for one in shown})
    names = {f"rule:{rule.id}": rule.name for rule in rules}
    return {
        "changes": [_change(one, categories, vendors, names) for one in shown],
        "would_change": len(found.differences) - len(found.refused),
        "refused": len(found.refused),
        "kept": found.kept,
        "more": found.more,
        "looked_at": found.looked_at,
        "shown": SHOWN if len(found.differences) > SHOWN else 0,
    }


def _change(
    one: Difference, categories: dict[Any, str], vendors: dict[Any, str], names: dict[str, str]
) -> Change:
    return Change(
        one.found,
        Money(one.found.amount, one.found.currency),
        categories.get(one.category_id, ""),
        vendors.get(one.vendor_id, ""),
        names.get(one.category_reason or one.vendor_reason, ""),
        said(one.refusal.detail) if one.refusal else "",
    )


def _names(model: Any, request: PageRequest, ids: set[Any]) -> dict[Any, str]:
    rows = model.objects.filter(book=request.book, id__in=ids - {None})
    return dict(rows.values_list("id", "name"))


def runs(request: PageRequest) -> list[RuleRun]:
    """Return the latest runs."""
    return list(RuleRun.objects.filter(book=request.book).order_by("-id")[:RUNS])
