"""How figures and days stand on a page: in the reader's format, with a true minus."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

from buffet.money import Money, decimals

register = template.Library()
MINUS = "−"
NAMES = {
    "checking": "Checking",
    "savings": "Savings",
    "cash": "Cash",
    "investment": "Investments",
    "receivable": "Receivables",
    "property": "Property",
    "other": "Other",
    "credit_card": "Credit cards",
    "loan": "Loans",
    "asset": "Assets",
    "liability": "Liabilities",
}
STANDING = {
    "open": "open",
    "coming": "to come",
    "closed": "to pay",
    "partially_paid": "partly paid",
    "paid": "paid",
    "overdue": "overdue",
    "expected": "expected",
    "dated_ahead": "dated ahead",
}
SOURCES = {
    "statement": "Card statement",
    "subscription": "Subscription",
    "installment": "Instalment",
    "transaction": "Transaction",
    "what_if": "What if",
}
BRANDS = {"amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay", "other": ""}
# English readers are of two minds about the order of day and month: the month is a word.
_ENGLISH = {"day": "j F Y", "short_day": "j M Y", "month": "F Y", "short_month": "M Y"}
_OTHERS = {
    "day": "DATE_FORMAT",
    "short_day": "SHORT_DATE_FORMAT",
    "month": "YEAR_MONTH_FORMAT",
    "short_month": "m/Y",
}


def number(value: Decimal, places: int) -> str:
    """Return a number in the reader's format, rounded to so many decimals."""
    rounded = round(value, places)
    text = number_format(abs(rounded), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if rounded < 0 else text


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
    return "" if value is None else f"{number(value, 1)} %"


@register.filter
def rate(value: Decimal) -> str:
    """Return an exchange rate with four decimals, or as many as show four digits."""
    return number(value, max(4, 3 - value.adjusted()))


@register.filter
def short(value: Decimal) -> str:
    """Return a round figure of an axis: thousands as k, millions as M."""
    for unit, letter in ((Decimal(1_000_000_000), "G"), (Decimal(1_000_000), "M"), (1000, "k")):
        if abs(value) >= unit:
            part = Decimal(value) / unit
            return f"{number(part, 0 if part == part.to_integral_value() else 1)} {letter}"
    return number(value, 0 if value == value.to_integral_value() else 2)


@register.filter
def coordinate(value: float) -> str:
    """Return a number as SVG reads it, whatever the reader's decimal mark."""
    return f"{value:.1f}"


@register.filter
def name(value: str) -> str:
    """Return the heading of a kind or type of account."""
    return NAMES.get(value, value)


@register.filter
def standing(status: str) -> str:
    """Return where a statement stands, in a word or two."""
    return STANDING.get(status, status)


@register.filter
def source(value: str) -> str:
    """Return what something comes from, in words."""
    return SOURCES.get(value, value)


@register.filter
def brand(value: str) -> str:
    """Return the name of a card's brand."""
    return BRANDS.get(value, value.capitalize())


def _written(value: date, form: str) -> str:
    english = (get_language() or "en").startswith("en")
    return date_format(value, (_ENGLISH if english else _OTHERS)[form])


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
