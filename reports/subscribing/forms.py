"""The form of a subscription: a new one, and one as it should be."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from buffet.audit import writing
from reports.deeds import who
from reports.forms import Entrance, amount_typed, as_typed
from reports.meanwhile import Amending
from reports.once import Once
from reports.recording import fields
from reports.requests import PageRequest
from transactions import services
from transactions.models import Subscription
from transactions.recurring import MOST_PERIODS, Cadence

_CADENCES = (
    (str(Cadence.WEEKLY), pgettext_lazy("cadence", "weeks")),
    (str(Cadence.MONTHLY), pgettext_lazy("cadence", "months")),
    (str(Cadence.QUARTERLY), pgettext_lazy("cadence", "quarters")),
    (str(Cadence.YEARLY), pgettext_lazy("cadence", "years")),
)
_EVERY = dict.fromkeys(
    ("required", "invalid", "min_value", "max_value"), _("A whole number, up to 120.")
)
#: What the services call what the form calls otherwise.
_REFERENCES = ("account", "category")
#: What says only together when it comes again.
_RHYTHM = {"every", "cadence"}


class LastDay(fields.Day):
    """The day after which nothing falls due, if there is one."""

    def clean(self, value: Any) -> Any:
        """Return the day; None if it goes on.

        :raises forms.ValidationError: if it is no day.
        """
        return super().clean(value) if value else None


class OwnSubscription(Entrance):
    """What is said of a subscription, its amount in the currency of the account that pays."""

    name = fields.Text(150, label=_("Name"), help_text=_("What you call it, such as “Rent”."))
    amount = forms.CharField(
        label=_("Amount each time"),
        max_length=40,
        widget=fields.number(),
        help_text=_("Without a sign, in the currency of the account."),
        error_messages={"required": _("Say how much.")},
    )
    account = fields.Chosen(
        label=_("Account or card that pays"),
        error_messages={"required": _("Say on which account.")},
    )
    category = fields.Chosen(
        label=_("Category"),
        required=False,
        help_text=_("With one for income, it is money that comes in."),
    )
    every = forms.IntegerField(
        label=_("Comes again every"),
        min_value=1,
        max_value=MOST_PERIODS,
        error_messages=_EVERY,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    cadence = forms.ChoiceField(label=pgettext_lazy("cadence", "Period"), choices=_CADENCES)
    starts_on = fields.Day(
        label=_("First due on"), help_text=_("The 31st stays the 31st, or the month's last day.")
    )
    ends_on = LastDay(
        label=_("Last day"), required=False, help_text=_("Leave it empty if it goes on.")
    )
    vendor = fields.vendor()
    notes = fields.notes()

    def offer(self, request: PageRequest, kept: Subscription | None = None) -> None:
        """Let one choose among the open accounts and categories, and those that it has already."""
        rows = Account.objects.real().filter(book=request.book, archived_at__isnull=True)
        self.accounts = {row.id: row for row in rows.order_by("name", "id")}
        if kept is not None:
            self.accounts[kept.account_id] = kept.account
        self.let_choose("account", fields.accounts(self.accounts.values()))
        category = kept.category if kept else None
        known = (str(category.id), category.name) if category else None
        self.let_choose("category", fields.categories(request, known))

    def clean(self) -> dict[str, Any]:
        """Return what was typed, the amount in its currency."""
        super().clean()
        wanted = self.cleaned_data
        if wanted.get("amount"):
            account = self.accounts.get(wanted["account"]) if wanted.get("account") else None
            try:
                amount = amount_typed(wanted["amount"], account.currency if account else None)
                wanted["amount"] = fields.unsigned(amount)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return wanted

    def given(self, request: PageRequest, *names: str) -> dict[str, Any]:
        """Return what was typed of these as the services take it; a new vendor is added."""
        wanted = self.cleaned_data
        found = {
            f"{name}_id" if name in _REFERENCES else name: wanted[name]
            for name in names
            if name != "vendor"
        }
        if "vendor" in names:
            vendor = wanted["vendor"]
            made = services.named_vendor(**who(request), name=vendor) if vendor else None
            found["vendor_id"] = made
        return found


class Keeping(Once, OwnSubscription):
    """To keep a new one; what it is made of is its first payment."""

    request: PageRequest
    field_order = tuple(OwnSubscription.base_fields)

    def __init__(self, request: PageRequest, paid: Mapping[str, Any] | None) -> None:
        self.request, self.paid = request, paid
        first: dict[str, Any] = {"every": 1, "cadence": str(Cadence.MONTHLY)}
        first["starts_on"] = request.today.isoformat()
        sent = request.POST if request.method == "POST" else None
        super().__init__(sent, initial=first | _as_paid(paid), auto_id="keep_%s")
        self.offer(request)

    def carry_out(self) -> UUID:
        """Keep it, once however often the form is sent; return its id.

        :raises Refusal: if the services will not, or the form has kept another.
        """
        return self.once(self._kept)

    def _kept(self) -> UUID:
        own = who(self.request)
        given = self.given(self.request, *OwnSubscription.base_fields)
        made = services.create_subscription(**own, **given).id
        if self.paid is not None:
            paid = UUID(self.paid["id"])
            services.link_payment(**own, subscription_id=made, transaction_id=paid)
        return made


def _as_paid(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a subscription begins with that is made of a transaction."""
    if row is None:
        return {}
    return {
        "name": (row["vendor_name"] or row["description"])[:150],
        "amount": as_typed(abs(Decimal(row["amount"])), row["currency"]),
        "account": row["account"],
        "starts_on": row["date"].isoformat(),
        "category": row["category"] or "",
        "vendor": row["vendor_name"] or "",
    }


class Changing(Amending, OwnSubscription):
    """A subscription as it should be; what somebody else changed since it was shown stays so."""

    action = "change"
    field_order = tuple(OwnSubscription.base_fields)

    def __init__(self, request: PageRequest, kept: Subscription) -> None:
        self.kept = kept
        super().__init__(request)
        self.offer(request, kept)
        self.show_what_was()

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold of the subscription as it was read last."""
        kept = self.kept
        return {
            "name": kept.name,
            "amount": as_typed(kept.amount, kept.account.currency),
            "account": str(kept.account_id),
            "every": kept.every,
            "cadence": kept.cadence,
            "starts_on": kept.starts_on.isoformat(),
            "ends_on": kept.ends_on.isoformat() if kept.ends_on else "",
            "category": str(kept.category_id or ""),
            "vendor": kept.vendor.name if kept.vendor else "",
            "notes": kept.notes,
        }

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises ChangedMeanwhile: if somebody else changed the same since.
        :raises Refusal: if the service will not.
        """
        book, changed = self.who["book"], set(self.changed_data)
        with writing(book.id, by=self.who["by"]):
            # Whoever held the book until now may have changed it after this request had read it.
            self.kept = services.get_subscription(book, self.kept.id)
            self.agree(changed | _RHYTHM if _RHYTHM & changed else changed)
            given = self.given(self.request, *changed)
            services.change_subscription(**self.who, subscription_id=self.kept.id, **given)
