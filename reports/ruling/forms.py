"""The form of a rule: what it asks, and what it gives."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import get_format
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import queries as chart
from accounts.models import Account
from reports.forms import Entrance, amount_typed
from reports.requests import PageRequest
from transactions.models import Direction, Rule, Vendor

_IN_FORCE = (("on", pgettext_lazy("rule", "In force")), ("", pgettext_lazy("rule", "Off")))
#: What money does, as the account sees it.
DIRECTIONS = (
    (str(Direction.ANY), _("Either way")),
    (str(Direction.OUT), _("Money that goes out")),
    (str(Direction.IN), _("Money that comes in")),
)


def plain(amount: Decimal | None) -> str:
    """Return an amount that has no currency as its reader would type it."""
    return f"{amount.normalize():f}".replace(".", get_format("DECIMAL_SEPARATOR")) if amount else ""


def _number() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class RuleForm(Entrance):
    """A rule as it is typed."""

    name = forms.CharField(label=_("Name"), max_length=100)
    contains = forms.CharField(
        label=_("The text contains"),
        max_length=200,
        required=False,
        help_text=_("Whatever its case and accents."),
    )
    regex = forms.CharField(
        label=_("The text matches"),
        max_length=200,
        required=False,
        help_text=_("A regular expression, such as ^uber (eats|trip). Leave it empty if in doubt."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS)
    amount_min = forms.CharField(
        label=_("From the amount"),
        max_length=40,
        required=False,
        widget=_number(),
        help_text=_("Without a sign."),
    )
    amount_max = forms.CharField(
        label=_("Up to the amount"), max_length=40, required=False, widget=_number()
    )
    account = forms.ChoiceField(label=_("Account"), required=False)
    category = forms.ChoiceField(label=_("Category that it gives"), required=False)
    vendor = forms.ChoiceField(label=_("Vendor that it gives"), required=False)
    is_active = forms.ChoiceField(label=_("Status"), choices=_IN_FORCE, required=False)

    def __init__(self, request: PageRequest, rule: Rule | None, first: Mapping[str, Any]) -> None:
        sent = request.POST if request.POST.get("action") == "keep" else None
        super().__init__(sent, initial=_first(rule, first), auto_id="rule_%s")
        book = request.book
        accounts = Account.objects.filter(book=book, archived_at__isnull=True).real()
        vendors = Vendor.objects.filter(book=book).order_by("name", "id")
        any_account = gettext("Any account")
        no_category = pgettext("category", "None of its own")
        no_vendor = pgettext("vendor", "None of its own")
        choices: dict[str, list[tuple[str, Any]]] = {
            "account": [("", any_account), *_named(accounts.order_by("name", "id"))],
            "category": [("", no_category), *_categories(request)],
            "vendor": [("", no_vendor), *_named(vendors)],
        }
        # What a rule names and one would not choose anew stays in its list.
        for name in choices:
            kept = getattr(rule, name, None)
            if kept is not None and str(kept.id) not in str(choices[name]):
                choices[name].append((str(kept.id), kept.name))
            self.let_choose(name, choices[name])

    def _id(self, name: str) -> UUID | None:
        sent = self.cleaned_data.get(name)
        return UUID(sent) if sent else None

    def _amount(self, name: str) -> Decimal | None:
        sent = self.cleaned_data[name]
        return amount_typed(sent) if sent else None

    def clean_amount_min(self) -> Decimal | None:
        """Return the least amount."""
        return self._amount("amount_min")

    def clean_amount_max(self) -> Decimal | None:
        """Return the greatest amount."""
        return self._amount("amount_max")

    @property
    def wanted(self) -> dict[str, Any]:
        """Return the rule as the services take it."""
        given = dict(self.cleaned_data)
        for name in ("account", "category", "vendor"):
            given.pop(name)
            given[f"{name}_id"] = self._id(name)
        return given | {"is_active": given["is_active"] == "on"}


def _first(rule: Rule | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields begin with: a rule as it is, or what a new one is wanted for."""
    if rule is None:
        return {"is_active": "on", "name": wanted.get("contains", "")[:100], **wanted}
    return {
        "name": rule.name,
        "contains": rule.contains,
        "regex": rule.regex,
        "direction": rule.direction,
        "amount_min": plain(rule.amount_min),
        "amount_max": plain(rule.amount_max),
        "account": rule.account_id,
        "category": rule.category_id,
        "vendor": rule.vendor_id,
        "is_active": "on" if rule.is_active else "",
    }


def _named(rows: Any) -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in rows]


def _categories(request: PageRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the open categories, by type, each with its way down the tree."""
    return [
        (
            gettext(heading),
            [
                (str(row["id"]), row["path"])
                for row in chart.category_tree(request.book, of_type=type)
                if row["archived_at"] is None
            ],
        )
        for heading, type in (("Expenses", "expense"), ("Income", "income"))
    ]
