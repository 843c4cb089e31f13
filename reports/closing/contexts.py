"""What the template of a month's end is given: figures in the order they are read."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from buffet.errors import NotFound
from buffet.models import Role
from reports.closing.forms import Closing, OfMonth, Opening, Reconciling
from reports.closing.pointing import Pointing
from reports.flows.links import known
from reports.flows.picking import dates
from reports.periods import DAY
from reports.queries.closing import Left, MonthToClose, Task
from reports.queries.closing_accounts import AccountLine
from reports.requests import PageRequest
from transactions.queries import points
from transactions.queries.balances import month_after


@dataclass(frozen=True, slots=True)
class Row:
    """An account in the table: its figures, where their rows are, and why it was not reconciled."""

    line: AccountLine
    balance_url: str
    pending_url: str
    uncategorised_url: str
    refused: Sequence[str]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to look at, and where."""

    task: Task
    url: str


def month_end(
    request: PageRequest, found: MonthToClose, account: UUID | None, sent: OfMonth | None
) -> dict[str, Any]:
    """Return the context of the page; `account` is the one whose balance is to be typed first."""
    month, today = found.month, request.today
    following = month_after(month)
    may_write = request.may_write and request.known_on is None and request.user.is_authenticated
    forms: dict[str, OfMonth | None] = {
        "closing": _form(sent, Closing, request, found),
        "opening": _form(sent, Opening, request, found),
        "pointing": sent if isinstance(sent, Pointing) else Pointing(request, found, account),
    }
    return {
        "found": found,
        "month": month,
        "before": (month - DAY).replace(day=1),
        "after": following if following <= today else None,
        "as_of": today,
        "ahead_url": _ahead_url(request),
        "address": reverse("month-end-of", args=(month,)),
        "reported": _reported(month, request.book.month_start_day),
        "left": [Item(task, _where(request, found, task)) for task in found.left],
        "rows": [_row(request, found, line, sent) for line in found.accounts],
        "may_write": may_write,
        "may_reopen": may_write and request.seat.role == Role.OWNER,
        **forms,
    }


def saved(request: PageRequest, found: MonthToClose, id: UUID | None) -> dict[str, Any]:
    """Return the balance that was typed just now, and whether a debt has got no minus sign."""
    point = None
    if id is not None:
        with suppress(NotFound):
            point = points.get(request.book.id, id)
    debts = {line.id for line in found.accounts if line.is_debt}
    is_positive = point is not None and point.account_id in debts and point.expected > 0
    return {"saved": point, "is_positive": is_positive}


def _reported(month: date, start_day: int) -> tuple[date, date] | None:
    """Return which days reports call by the name of a month; None where these are its own."""
    if start_day == 1:
        return None
    return month.replace(day=start_day), month_after(month).replace(day=start_day) - DAY


def _form(
    sent: OfMonth | None, kind: type[OfMonth], request: PageRequest, found: MonthToClose
) -> OfMonth | None:
    return sent if isinstance(sent, kind) else kind(request, found)


def _rows_url(request: PageRequest, since: date, until: date, **part: Any) -> str:
    sent = {**part, **dates(since, until), **known(request.known_on)}
    return f"{reverse('rows')}?{urlencode(sent)}"


def _transactions_url(request: PageRequest, found: MonthToClose, **part: Any) -> str:
    """Return where transactions of the month are sorted."""
    sent = {**part, **dates(*_days(found)), **known(request.known_on)}
    return f"{reverse('transactions')}?{urlencode(sent)}"


def _ahead_url(request: PageRequest) -> str:
    """Return where the transactions are that are dated after today."""
    sent = {"date_from": (request.today + DAY).isoformat(), **known(request.known_on)}
    return f"{reverse('transactions')}?{urlencode(sent)}"


def _row(request: PageRequest, found: MonthToClose, line: AccountLine, sent: OfMonth | None) -> Row:
    refused: list[str] = []
    if isinstance(sent, Reconciling) and sent.account_id == line.id:
        refused = [str(one) for several in sent.errors.values() for one in several]
    rows = partial(_rows_url, request, *_days(found))
    balance = urlencode({"on": found.until.isoformat(), **known(request.known_on)})
    return Row(
        line,
        f"{reverse('account', args=[line.id])}?{balance}",
        rows(account=line.id, status="pending") if line.pending else "",
        rows(kind="uncategorized", accounts=line.id) if line.uncategorised else "",
        refused,
    )


def _days(found: MonthToClose) -> tuple[date, date]:
    return found.month, month_after(found.month) - DAY


def _where(request: PageRequest, found: MonthToClose, task: Task) -> str:
    """Return where to look at something."""
    if task.what == Left.PENDING:
        return _transactions_url(request, found, status="pending")
    if task.what == Left.UNCATEGORISED:
        return _transactions_url(request, found, category="none")
    if task.what == Left.MISSED:
        asked = urlencode(known(request.known_on))
        return f"{reverse('coming-in', args=(found.month,))}{asked and f'?{asked}'}#missed"
    if task.statement:
        invoice = task.statement.invoice
        return f"{reverse('statement', args=(invoice.card_id, invoice.month))}"
    line = task.account
    if line is None:
        return ""
    if task.what == Left.DIFFERS and line.check:
        since = line.check.differs_from or found.month
        until = line.check.differs_until or found.today
        return _rows_url(request, since, until, account=line.id)
    if task.what == Left.NOT_VALUED:
        return f"?account={line.id}#point"
    return f"#account-{line.id}"
