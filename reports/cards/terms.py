"""The page on which a card's terms are changed: its days, its limit, who pays its bill."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import CardBrand
from buffet.audit import writing
from buffet.errors import NotFound
from buffet.rest.query import Malformed
from invoices import services
from invoices.api.cards import last_four
from invoices.queries import statements
from invoices.queries.reading import Terms
from invoices.queries.statements import CardStatements
from reports.book_page import book_form, read
from reports.cards.paying import payers
from reports.deeds import done
from reports.forms import amount_typed, as_typed
from reports.meanwhile import Amending
from reports.recording import fields
from reports.requests import PageRequest
from reports.templatetags.figures import brand, month
from reports.words import said

#: How many statements before the current one, and after it, new days may hold from.
BEFORE, AFTER = 12, 12
_DAY_OF_MONTH = dict.fromkeys(
    ("invalid", "min_value", "max_value"), _("A day from 1 to 31; 31 is the last of each month.")
)
_SAME, _NEXT = "same", "next"
_ON_CLOSING_DAY = (
    (_SAME, _("on the statement that closes")),
    (_NEXT, _("on the next statement")),
)
_DAYS = ("closing_day", "due_day")
#: What the service calls what the form calls otherwise.
_GIVEN = {"paying_account": "paying_account_id"}


def _day_of_month(label: Any) -> forms.IntegerField:
    messages: dict[str, Any] = dict(_DAY_OF_MONTH)
    return forms.IntegerField(label=label, min_value=1, max_value=31, error_messages=messages)


class Changing(Amending):
    """A card as it should be; its days hold from the statement of a month on."""

    action = "keep"

    closing_day = _day_of_month(_("Closes on day"))
    due_day = _day_of_month(_("Due on day"))
    from_month = forms.ChoiceField(
        label=_("From the statement of"),
        help_text=_(
            "New days hold from this statement on, and purchases follow them. Earlier statements "
            "stay, and so do those whose own dates were changed."
        ),
    )
    closing_day_is_next = forms.ChoiceField(
        label=_("Purchases on the closing day"),
        choices=_ON_CLOSING_DAY,
        help_text=_("A change holds from the current statement on."),
    )
    limit = forms.CharField(
        max_length=40,
        required=False,
        widget=fields.number(),
        help_text=_("Leave it empty if you do not know it."),
    )
    paying_account = fields.Chosen(label=_("Account that pays its bill"), required=False)
    name = fields.Text(
        100, label=_("Name"), help_text=_("What you call it; each account has a name of its own.")
    )
    brand = forms.ChoiceField(label=_("Brand"))
    last_four = forms.CharField(
        label=_("Last four digits"),
        max_length=4,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, request: PageRequest, found: CardStatements) -> None:
        self.found, self.today = found, request.today
        super().__init__(request)
        card = found.card
        currency = card.account.currency
        self.fields["limit"].label = gettext("Limit, {currency}").format(currency=currency)
        self.let_choose("from_month", _months(found, request.today))
        self.let_choose(
            "paying_account",
            [
                ("", pgettext_lazy("account that pays", "None yet")),
                *(
                    (str(row.id), f"{row.name} ({row.currency})")
                    for row in payers(request.book, card.paying_account_id)
                ),
            ],
        )
        brands = [(one, brand(one)) for one in map(str, CardBrand.values) if brand(one)]
        self.let_choose("brand", [*brands, (str(CardBrand.OTHER), gettext("Another one"))])
        self.show_what_was()

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold of the card as it was read last."""
        card, terms = self.found.card, self.found.terms_on(self.today)
        limit, payer = card.limit, card.paying_account_id
        return {
            "closing_day": terms.closing_day,
            "due_day": terms.due_day,
            "from_month": f"{_current(self.found, self.today):%Y-%m}",
            "closing_day_is_next": _NEXT if card.closing_day_is_next else _SAME,
            "limit": "" if limit is None else as_typed(limit, card.account.currency),
            "paying_account": str(payer) if payer else "",
            "name": card.account.name,
            "brand": card.brand,
            "last_four": card.last_four,
        }

    def clean_limit(self) -> Decimal | None:
        """Return the limit, in the card's currency."""
        sent = self.cleaned_data["limit"]
        return amount_typed(sent, self.found.card.account.currency) if sent else None

    def clean_last_four(self) -> str:
        """Return the digits."""
        try:
            return last_four(self.cleaned_data["last_four"].strip())
        except Malformed as error:
            raise forms.ValidationError(said(str(error))) from None

    def clean_from_month(self) -> date:
        """Return the first day of the month."""
        return date.fromisoformat(f"{self.cleaned_data['from_month']}-01")

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises ChangedMeanwhile: if somebody else changed the same since.
        :raises Refusal: if the service will not.
        """
        changed, wanted = set(self.changed_data), self.cleaned_data
        if changed & {*_DAYS, "from_month"}:
            # Both days are said with the month from which on they hold.
            changed |= {"from_month", *(_DAYS if "from_month" in changed else ())}
        with writing(self.who["book"].id, by=self.who["by"]):
            # Whoever held the book until now may have changed it after this request had read it.
            self.found = _found(self.request, self.found.card.id)
            self.agree(changed - {"from_month"})
            given = {_GIVEN.get(name, name): wanted[name] for name in changed}
            if "closing_day_is_next" in given:
                given["closing_day_is_next"] = wanted["closing_day_is_next"] == _NEXT
            services.change_card(**self.who, card_id=self.found.card.id, today=self.today, **given)


def _found(request: PageRequest, id: UUID) -> CardStatements:
    found = statements.of_cards(request.book.id, request.today, [id]).get(id)
    if found is None:
        raise NotFound("There is no such card in this book.")
    return found


def _current(found: CardStatements, today: date) -> date:
    """Return the month of the statement that collects purchases on a day."""
    current = found.current(today)
    return current.invoice.month if current else today.replace(day=1)


def _months(found: CardStatements, today: date) -> list[tuple[str, str]]:
    """Return the months that new days may hold from, as they are sent and as they are called."""
    current = _current(found, today)
    first = current.year * 12 + current.month - 1
    numbers = range(first - BEFORE, first + AFTER + 1)
    months = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    return [(f"{one:%Y-%m}", month(one)) for one in months]


def _other_days(found: CardStatements, today: date) -> Sequence[Terms]:
    """Return the days that hold, and those that will from later statements on, if there are any."""
    held = found.terms_on(today)
    later = [one for one in found.terms if one.from_month > held.from_month]
    return [held, *later] if later else ()


@book_form
def change_card(request: PageRequest, id: UUID) -> HttpResponseBase:
    """On which days does this card close and fall due, what is its limit, and who pays it?"""
    read(request, {})
    found = _found(request, id)
    form = None
    if request.may_write and request.known_on is None:
        form = Changing(request, found)
    status = 200
    if request.method == "POST":
        sent = form if form is not None and form.is_bound else None
        status = done(sent)
        if not status:
            along = f"&{request.kept}" if request.kept else ""
            where = f"{reverse('card', args=(id,))}?told=changed{along}#content"
            return HttpResponse(status=303, headers={"Location": where})
    context: dict[str, Any] = {
        "card": found.card,
        "form": form,
        "days": _other_days(found, request.today),
    }
    return render(request, "reports/cards/change.html", context, status=status)
