"""What the template of the page of transactions is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from buffet.money import Money
from reports import ledger
from reports.finding.asking import UNCATEGORISED, Wanted
from reports.finding.sorting import Sorting
from reports.forms import amount_typed
from reports.ledger import Page
from reports.recording import fields
from reports.requests import PageRequest
from reports.templatetags.figures import short_day
from reports.templatetags.words import ENTRY_STATUS, entry_status
from transactions.models import Status
from transactions.queries import transactions
from transactions.queries.earlier import changed_by
from transactions.queries.months import closings
from transactions.queries.reading import own_entries, takes_category


class Finding(forms.Form):
    """What transactions are looked for by, as it stands in the fields of the page."""

    q = forms.CharField(
        label=_("In descriptions, notes and vendors"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "maxlength": 200}),
    )
    account = forms.CharField(label=_("Account"), required=False, widget=forms.Select)
    category = forms.CharField(label=_("Category"), required=False, widget=forms.Select)
    status = forms.CharField(label=_("Status"), required=False, widget=forms.Select)
    typed = forms.CharField(label=_("Amount"), required=False, widget=fields.number())
    date_from = forms.CharField(
        label=_("First day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    date_to = forms.CharField(
        label=_("Last day"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, request: PageRequest, wanted: Wanted, categories: fields.Choices) -> None:
        filters = wanted.filters
        super().__init__(
            {
                "q": filters.text,
                "account": filters.account_id or "",
                "category": wanted.sent.get("category", ""),
                "status": filters.status,
                "typed": wanted.mistyped or _typed(wanted),
                "date_from": _written(filters.date_from),
                "date_to": "" if wanted.is_until_today else _written(filters.date_to),
            },
            auto_id="find_%s",
            # It is an address, not something that is filled in.
            use_required_attribute=False,
        )
        rows = Account.objects.filter(book=request.book).real().order_by("name", "id")
        (_first, *accounts) = fields.accounts(rows)
        self.fields["account"].widget.choices = [("", gettext("All accounts")), *accounts]
        self.fields["category"].widget.choices = [("", gettext("All categories")), *categories]
        self.fields["status"].widget.choices = [
            ("", pgettext("status", "Any")),
            *ENTRY_STATUS.items(),
        ]

    def clean_typed(self) -> Decimal | None:
        """Return the amount.

        :raises forms.ValidationError: if it is none.
        """
        sent = self.cleaned_data["typed"]
        return amount_typed(sent) if sent else None


#: What is looked for by beside a text.
_FURTHER = {"account", "category", "status", "amount", "period", "date_from", "date_to", "on"}


def _written(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _typed(wanted: Wanted) -> str:
    amount = wanted.filters.amount
    return "" if amount is None else f"{amount:f}".replace(".", get_format("DECIMAL_SEPARATOR"))


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to many at once, and which version they came to have by that.

    `count` is to how many of those that are still there; `rows` are they, if a page has so many.
    """

    id: UUID
    version: int
    count: int
    rows: Sequence[dict[str, Any]]

    @classmethod
    def of(cls, book_id: UUID, id: UUID, version: int | None = None) -> "Step":
        """Return a step of a book's history; one that was done just now says itself its version."""
        changed = changed_by(book_id, id)
        if version is None:
            # What was changed by now once more has a later one.
            version = min(changed.values(), default=0)
        rows = transactions.by_ids(book_id, list(changed)) if len(changed) <= ledger.PAGE else ()
        return cls(id, version, len(changed), rows)

    def __str__(self) -> str:
        """Return what names it in an address."""
        return f"{self.id}.{self.version}"

    def given(self, name: str) -> str:
        """Return what all of them have by now: an id; empty if they differ."""
        values = {row[name] for row in self.rows}
        return (values.pop() or "") if len(values) == 1 else ""


def asked_for(wanted: Wanted) -> str:
    """Return what is looked for, in words; empty if it is all up to today."""
    filters, said = wanted.filters, []
    if filters.text:
        said.append(f"“{filters.text}”")
    said += [one.name for one in (wanted.account, wanted.category) if one]
    if filters.uncategorized:
        said.append(gettext("Uncategorised"))
    said += [wanted.vendor, entry_status(filters.status), _typed(wanted)]
    if not wanted.is_until_today:
        days = (filters.date_from, filters.date_to)
        said.append(" – ".join(short_day(day) if day else "…" for day in days if any(days)))
    elif filters.date_from:
        said.append(f"{short_day(filters.date_from)} –")
    return " · ".join(filter(None, said))


def _month_end(wanted: Wanted) -> date | None:
    """Return the month whose end asks for what is looked for: of one month, and to be sorted."""
    filters = wanted.filters
    since, until = filters.date_from, filters.date_to
    if not (filters.uncategorized or filters.status == Status.PENDING) or not (since and until):
        return None
    month = since.replace(day=1)
    return month if month == until.replace(day=1) else None


def _sums(rows: Sequence[dict[str, Any]], account_id: UUID | None) -> list[Money]:
    """Return what transactions come to, by currency: on an account, or on all that hold money.

    A transfer comes to nothing on all of them, but where it changes currencies.
    """
    sums: dict[str, Decimal] = {}
    for row in rows:
        for entry in own_entries(row, account_id):
            currency = entry["currency"]
            sums[currency] = sums.get(currency, Decimal(0)) + Decimal(entry["amount"])
    return [Money(total, currency) for currency, total in sorted(sums.items())]


def found(
    request: PageRequest, wanted: Wanted, page: Page, sorting: Sorting | None, step: Step | None
) -> dict[str, Any]:
    """Return the context of the page."""
    closed = closings(request.book.id)
    account_id = wanted.filters.account_id
    open_rows = [row for row in page.rows if row["date"].replace(day=1) not in closed.closed]
    categories = _categories(request, wanted)
    if sorting is not None:
        sorting.offer(categories)
    known = urlencode(
        {} if request.known_on is None else {"known_on": request.known_on.isoformat()}
    )
    address = f"{reverse('transactions')}?{known}"
    return {
        "finding": Finding(request, wanted, categories),
        "is_until_today": wanted.is_until_today,
        "is_narrowed": wanted.is_narrowed,
        "has_further": bool(wanted.sent.keys() & _FURTHER) or bool(wanted.mistyped),
        "mistyped": wanted.mistyped,
        "vendor": wanted.vendor,
        "all_url": address,
        "vendor_url": f"{address}{'&' if known else ''}vendor=",
        "groups": [
            (month, month in closed.closed, [_Row.of(row, account_id) for row in several])
            for month, several in groupby(page.rows, key=lambda row: row["date"].replace(day=1))
        ],
        "count": len(page.rows),
        "newer": page.newer,
        "older": page.older,
        "is_first": wanted.cursor is None,
        "is_back": wanted.cursor is not None and wanted.cursor.back,
        "closed": closed,
        "sorting": sorting,
        "open": len(open_rows),
        "shown": ",".join(f"{row['id']}:{row['version']}" for row in open_rows),
        "vendors": fields.vendors(request) if sorting and open_rows else (),
        "rule_url": _rule(wanted, step),
        "step": step,
        "month_end": _month_end(wanted),
        "asked_for": asked_for(wanted),
        "sums": _sums(page.rows, account_id) if not (page.newer or page.older) else None,
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """A transaction in the list: its own amount, what it is about, and how far the bank agrees."""

    row: dict[str, Any]
    amount: Money
    about: str
    status: str
    is_bare: bool

    @classmethod
    def of(cls, row: dict[str, Any], account_id: UUID | None) -> "_Row":
        """Return a transaction, as an account sees it if one is asked for."""
        return cls(
            row,
            Money(row["amount"], row["currency"]),
            ledger.about(row),
            ledger.status(row, account_id),
            row["category"] is None and takes_category(row),
        )


def _categories(request: PageRequest, wanted: Wanted) -> fields.Choices:
    """Return the open categories, the one that is looked for, and that there is none."""
    kept = (str(wanted.category.id), wanted.category.name) if wanted.category else None
    (_none, *found) = fields.categories(request, kept)
    return [(UNCATEGORISED, gettext("Uncategorised")), *found]


def _rule(wanted: Wanted, step: Step | None) -> str:
    """Return where a rule begins that gives to a text what was given now; empty without a text."""
    if step is None or not wanted.filters.text:
        return ""
    given = {name: id for name in ("category", "vendor") if (id := step.given(name))}
    return f"{reverse('new-rule')}?{urlencode({'contains': wanted.filters.text} | given)}"
