"""What the template of the page of transactions is given."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
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
from reports.ledger import Page
from reports.recording import fields
from reports.templatetags.words import ENTRY_STATUS
from transactions.models import Vendor
from transactions.queries.months import Closings, closings


class Finding(forms.Form):
    """What transactions are looked for by, as it stands in the fields of the page."""

    q = forms.CharField(
        label=_("In descriptions, notes and vendors"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    account = forms.ChoiceField(label=_("Account"))
    category = forms.ChoiceField(label=_("Category"))
    status = forms.ChoiceField(label=_("Status"))
    typed = forms.CharField(label=_("Amount"), max_length=40, widget=fields.number())
    date_from = forms.CharField(label=_("First day"), widget=forms.DateInput({"type": "date"}))
    date_to = forms.CharField(label=_("Last day"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, request: HttpRequest, wanted: Wanted, categories: fields.Choices) -> None:
        filters = wanted.filters
        super().__init__(
            initial={
                "q": filters.text,
                "account": filters.account_id or "",
                "category": wanted.sent.get("category", ""),
                "status": filters.status,
                "typed": _typed(wanted),
                "date_from": _written(filters.date_from),
                "date_to": "" if wanted.is_until_today else _written(filters.date_to),
            },
            auto_id="find_%s",
            # As an address, not as something that is filled in.
            use_required_attribute=False,
        )
        rows = Account.objects.filter(book=request.book).real().order_by("name", "id")
        (_first, *accounts) = fields.accounts(rows)
        self.fields["account"].choices = [("", gettext("All accounts")), *accounts]
        self.fields["category"].choices = [("", gettext("All categories")), *categories]
        self.fields["status"].choices = [("", pgettext("status", "Any")), *ENTRY_STATUS.items()]


#: What is looked for by beside a text.
_FURTHER = {"account", "category", "status", "amount", "period", "date_from", "date_to", "on"}


def _written(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _typed(wanted: Wanted) -> str:
    amount = wanted.filters.amount
    return "" if amount is None else f"{amount:f}".replace(".", get_format("DECIMAL_SEPARATOR"))


def found(
    request: HttpRequest, wanted: Wanted, page: Page, sorting: Sorting | None
) -> dict[str, Any]:
    """Return the context of the page."""
    closed = closings(request.book.id)
    open_rows = [row for row in page.rows if row["date"].replace(day=1) not in closed.closed]
    if sorting is not None and not open_rows:
        sorting = None
    categories = _categories(request, wanted)
    if sorting is not None:
        sorting.offer(categories)
    return {
        "finding": Finding(request, wanted, categories),
        "is_until_today": wanted.is_until_today,
        "is_narrowed": wanted.is_narrowed,
        "has_further": bool(wanted.sent.keys() & _FURTHER),
        "vendor": _vendor(request, wanted.filters.vendor_id),
        "groups": _groups(page.rows, closed),
        "count": len(page.rows),
        "newer": page.newer,
        "older": page.older,
        "is_first": wanted.cursor is None,
        "closed": closed,
        "sorting": sorting,
        "open": len(open_rows),
        "shown": ",".join(f"{row['id']}:{row['version']}" for row in open_rows),
        "vendors": fields.vendors(request) if sorting else (),
        **{name: wanted.sent.get(name) for name in ("changed", "taken")},
        "rule_url": _rule(wanted),
    }


def _categories(request: HttpRequest, wanted: Wanted) -> fields.Choices:
    """Return the open categories, the one that is looked for, and that there is none."""
    kept = (str(wanted.category.id), wanted.category.name) if wanted.category else None
    (_none, *found) = fields.categories(request, kept)
    return [(UNCATEGORISED, gettext("Uncategorised")), *found]


def _groups(
    rows: Sequence[dict[str, Any]], closed: Closings
) -> list[tuple[Any, bool, list[tuple[dict[str, Any], Money, str]]]]:
    """Return the rows by month, and whether that is closed."""
    return [
        (
            month,
            month in closed.closed,
            [(row, Money(row["amount"], row["currency"]), ledger.about(row)) for row in several],
        )
        for month, several in groupby(rows, key=lambda row: row["date"].replace(day=1))
    ]


def _vendor(request: HttpRequest, id: UUID | None) -> str:
    """Return the name of a vendor of the book; empty for none."""
    names = Vendor.objects.filter(book=request.book, id=id).values_list("name", flat=True)
    return (names.first() or "") if id else ""


def _rule(wanted: Wanted) -> str:
    """Return where a rule begins that asks for the text that was found; empty without a text."""
    text = wanted.filters.text
    return f"{reverse('new-rule')}?{urlencode({'contains': text})}" if text else ""
