"""How figures and days stand on a page: in the reader's format, with a true minus.

A page has hundreds of them, many of them twice: in a chart and in its table. So what is written is
kept, and is known to have nothing in it that a page would have to escape.
"""

from datetime import date, datetime
from decimal import Context, Decimal
from functools import lru_cache

from django import template
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from accounts.rates import digits
from buffet.money import Money, decimals
from reports.reader import language, word

register = template.Library()
MINUS = "−"
#: Wide enough for the largest amounts at the largest rates.
_WIDE = Context(prec=80)
_PERCENT = gettext_noop("{number} %")
NAMES = {
    "checking": _("Checking"),
    "savings": _("Savings"),
    "cash": _("Cash"),
    "investment": _("Investments"),
    "receivable": _("Receivables"),
    "property": _("Property"),
    "other": pgettext_lazy("accounts", "Other"),
    "credit_card": _("Credit cards"),
    "loan": _("Loans"),
    "asset": _("Assets"),
    "liability": _("Liabilities"),
    "income": _("Income"),
    "expense": _("Expenses"),
    "equity": _("Equity"),
    "category": _("Categories"),
    "uncategorized": _("Uncategorised"),
    "opening_balances": _("Opening balances"),
    "conversion": _("Currency conversion"),
    "adjustments": _("Adjustments"),
    "valuation": _("Unrealised gains"),
    "pending": _("Pending entries"),
    "cleared": _("Cleared entries"),
    "reconciled": _("Reconciled entries"),
    "saved": pgettext_lazy("kept", "Saved"),
    "invested": _("Invested"),
    "opened": _("Opening balances"),
    "transferred": _("Transfers"),
    "chart": _("All accounts"),
}
#: What one account of a kind is, where its kind's heading is of several.
ONE = {
    "checking": _("Checking account"),
    "savings": _("Savings account"),
    "investment": _("Investment account"),
    "receivable": _("Receivable"),
    "credit_card": _("Credit card"),
    "loan": _("Loan"),
}
STANDING = {
    "open": pgettext_lazy("statement", "open"),
    "coming": pgettext_lazy("statement", "to come"),
    "closed": pgettext_lazy("statement", "to pay"),
    "partially_paid": pgettext_lazy("statement", "partly paid"),
    "paid": pgettext_lazy("statement", "paid"),
    "overdue": pgettext_lazy("statement", "overdue"),
    "expected": pgettext_lazy("subscription", "expected"),
    "dated_ahead": pgettext_lazy("transaction", "dated ahead"),
}
SOURCES = {
    "statement": _("Card statement"),
    "subscription": _("Subscription"),
    "installment": _("Instalment"),
    "transaction": _("Transaction"),
    "what_if": _("What if"),
}
#: Sources of rates that are ours to name; others are as the book or the file calls them.
_QUOTED_BY = {"ecb": _("ECB"), "own": _("the book's own")}
BRANDS = {"amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay", "other": ""}
_UNITS = (
    (1_000_000_000, pgettext_lazy("billions", "G")),
    (1_000_000, pgettext_lazy("millions", "M")),
    (1000, pgettext_lazy("thousands", "k")),
)
# English readers are of two minds about the order of day and month: the month is a word.
_ENGLISH = {"day": "j F Y", "short_day": "j M Y", "month": "F Y", "short_month": "M Y", "name": "M"}
_OTHERS = {
    "day": "DATE_FORMAT",
    "short_day": "SHORT_DATE_FORMAT",
    "month": "YEAR_MONTH_FORMAT",
    "short_month": "b/Y",
    "name": "M",
}

# Words of Django's that are written otherwise in Portuguese: months begin with a small letter.
_OF_DJANGO = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July")),
    *(_("August"), _("September"), _("October"), _("November"), _("December"), _("Sat")),
)


def number(value: Decimal, places: int) -> str:
    """Return a number in the reader's format, rounded to so many decimals."""
    return _number(value, places, language())


@lru_cache(maxsize=16_384)
def _number(value: Decimal, places: int, language: str) -> SafeString:
    rounded = value.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    text = number_format(abs(rounded), decimal_pos=places, use_l10n=True, force_grouping=True)
    return mark_safe(f"{MINUS}{text}" if rounded < 0 else text)


@register.filter
def amount(value: Decimal, currency: str) -> str:
    """Return an amount with the decimals of `currency`, without the currency."""
    return number(value, decimals(currency))


@register.filter
def figure(value: Money | None) -> str:
    """Return an amount with its currency's decimals, without the currency."""
    return "" if value is None else amount(value.amount, value.currency)


@register.filter
def money(value: Money | None) -> str:
    """Return an amount with its currency."""
    return "" if value is None else f"{figure(value)} {value.currency}"


@register.filter
def signed(value: Money) -> str:
    """Return an amount with its sign, plus or minus, without the currency."""
    return f"+{figure(value)}" if value.amount > 0 else figure(value)


@register.filter
def percent(value: Decimal | None) -> str:
    """Return a percentage; its space does not break."""
    if value is None:
        return ""
    return word(_PERCENT).format(number=number(value, 1)).replace(" ", "\xa0")


@register.filter
def signed_percent(value: Decimal) -> str:
    """Return a percentage with its sign, plus or minus."""
    return f"+{percent(value)}" if value > 0 else percent(value)


@register.filter
def growth(value: Decimal | None) -> str:
    """Return a return in percent, to its hundredths and with its sign; its space does not break."""
    if value is None:
        return ""
    text = f"+{number(value, 2)}" if value > 0 else number(value, 2)
    return word(_PERCENT).format(number=text).replace(" ", "\xa0")


@register.filter
def rate(value: Decimal) -> str:
    """Return an exchange rate as precisely as what was converted at it: as JSON has it.

    Four decimals at the least, or as many as show four digits; no zeros follow.
    """
    decimals = digits(value).rstrip("0").partition(".")[2]
    return number(value, max(4, 3 - value.adjusted(), len(decimals)))


@register.filter
def short(value: Decimal) -> str:
    """Return a round figure of an axis: thousands as k, millions as M."""
    for unit, letter in _UNITS:
        if abs(value) >= unit:
            part = Decimal(value) / unit
            return f"{number(part, 0 if part == part.to_integral_value() else 1)} {letter}"
    return number(value, 0 if value == value.to_integral_value() else 2)


@register.filter
def coordinate(value: float) -> str:
    """Return a number as SVG reads it, whatever the reader's decimal mark."""
    return mark_safe(f"{value:.1f}")


@register.filter
def name(value: str) -> str:
    """Return the heading of a kind or type of account."""
    return str(NAMES.get(value, value))


@register.filter
def one_of_kind(value: str) -> str:
    """Return what an account of a kind is."""
    return str(ONE.get(value) or name(value))


@register.filter
def standing(status: str) -> str:
    """Return where a statement stands, in a word or two."""
    return str(STANDING.get(status, status))


@register.filter
def source(value: str) -> str:
    """Return what something comes from, in words."""
    return str(SOURCES.get(value, value))


@register.filter
def quoted_by(value: str) -> str:
    """Return who told a rate, or both halves of a cross, in words."""
    return ", ".join(str(_QUOTED_BY.get(one, one)) for one in value.split(", "))


@register.filter
def brand(value: str) -> str:
    """Return the name of a card's brand."""
    return BRANDS.get(value, value.capitalize())


def _written(value: date, form: str) -> str:
    # Instants that are equal may be of two days, in two time zones.
    on = value.date() if isinstance(value, datetime) else value
    return _day(on, form, language())


@lru_cache(maxsize=16_384)
def _day(value: date, form: str, language: str) -> SafeString:
    if language == "pt-br" and form == "day" and value.day == 1:
        form = r"j\º \d\e F \d\e Y"
    else:
        form = (_ENGLISH if language.startswith("en") else _OTHERS)[form]
    return mark_safe(date_format(value, form))


@register.filter
def day(value: date) -> str:
    """Return a day in full."""
    return _written(value, "day")


@register.filter
def short_day(value: date) -> str:
    """Return a day for a column."""
    return _written(value, "short_day")


@register.filter
def month(value: date) -> str:
    """Return a month with its year."""
    return _written(value, "month")


@register.filter
def short_month(value: date) -> str:
    """Return a month with its year, short."""
    return _written(value, "short_month")


@register.filter
def name_of_month(value: date) -> str:
    """Return a month without its year, short, as where it stands in a row of months."""
    return _written(value, "name")
