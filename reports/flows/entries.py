"""What the page of the rows behind a figure is given."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountType, Kind
from reports.flows.links import rows_url
from reports.flows.picking import dates
from reports.queries.figures import Behind, Change
from reports.queries.rows import Row
from transactions.models import Status
from transactions.queries.months import Closings


def _report_of(found: Behind | Change) -> tuple[str, Any]:
    """Return the report that has such a figure: its address by name, and what it is called."""
    part = found.part
    type = found.node.type if found.node else part.type
    if part.status:
        return "month-end", _("Month end")
    if part.side or part.balance or part.held or type == AccountType.EQUITY:
        return "trial-balance", _("Trial balance")
    if type == AccountType.EXPENSE:
        return "spending", _("Spending")
    if type == AccountType.INCOME or part.flow in ("saved", "invested"):
        return "cash-flow", _("Cash flow")
    return "net-worth", _("Net worth")


def _sorted_at(found: Behind) -> str:
    """Return where what is uncategorised or pending in these days is sorted; empty for others."""
    if Kind.UNCATEGORIZED in (found.part.kind, found.node and found.node.kind):
        part = {"category": "none"}
    elif found.part.status == Status.PENDING:
        part = {"status": found.part.status}
    else:
        return ""
    if found.node and found.node.kind != Kind.UNCATEGORIZED:
        part["account"] = found.node.id
    sent = part | dates(found.asked.period.since, found.asked.period.until)
    return f"{reverse('transactions')}?{urlencode(sent)}"


def rows(found: Behind | Change, page: Sequence[Row], closed: Closings) -> dict[str, Any]:
    """Return the context of the rows behind a figure, or behind its change.

    Each of a closed month says so, unless the whole period is closed and says it once.
    """
    return {
        "closed": closed,
        "found": found,
        "compared": [(one, _plain_url(one)) for one in _parts(found)]
        if isinstance(found, Change)
        else (),
        "name": found.node.name
        if found.node
        else found.part.kind or found.part.type or found.part.flow or found.part.status or "chart",
        "is_named": found.node is not None,
        "parent": _report_of(found),
        "sorted_at": "" if isinstance(found, Change) else _sorted_at(found),
        "groups": _groups(found, page, closed),
        "has_foreign": any(one.currency != found.asked.currency for one in found.sums),
    }


def _groups(
    found: Behind | Change, page: Sequence[Row], closed: Closings
) -> list[tuple[Behind, list[Row], bool]]:
    """Return the rows of each period that the page has some of, and whether each says it is closed.

    Those of the period first, then those that count against them.
    """
    groups = []
    for is_against, part in enumerate(_parts(found)):
        period = part.asked.period
        own = [row for row in page if row.is_against == bool(is_against)]
        if own:
            groups.append((part, own, not closed.cover(period.since, period.until)))
    return groups


def _parts(found: Behind | Change) -> Sequence[Behind]:
    return (found.now, found.then) if isinstance(found, Change) else (found,)


def _plain_url(found: Behind) -> str:
    """Return where the rows of one period are by themselves."""
    sent = {name: str(value) for name, value in asdict(found.part).items() if value}
    period = found.asked.period
    return rows_url(found.asked)(period.since, period.until, **sent)
