"""How figures stand on a page: in the reader's format, with a true minus."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

from buffet.money import Money, decimals

register = template.Library()
MINUS = "−"
KINDS = {
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


@register.filter
def figure(value: Money | None) -> str:
    """Return an amount with its currency's decimals, without the currency."""
    return "" if value is None else number(value.amount, decimals(value.currency))


@register.filter
def amount(value: Decimal, currency: str) -> str:
    """Return an amount with the decimals of `currency`, without the currency."""
    return number(value, decimals(currency))


@register.filter
def money(value: Money | None) -> str:
    """Return an amount with its currency."""
    return "" if value is None else f"{figure(value)} {value.currency}"


@register.filter
def signed(value: Money) -> str:
    """Return an amount with its sign, plus or minus, and its currency."""
    return f"+{money(value)}" if value.amount > 0 else money(value)


@register.filter
def percent(value: Decimal | None) -> str:
    """Return a percentage."""
    return "" if value is None else f"{number(value, 1)} %"


@register.filter
def short(value: Decimal) -> str:
    """Return a round figure of an axis: thousands as k, millions as M."""
    for unit, letter in ((Decimal(1_000_000), "M"), (Decimal(1000), "k")):
        if abs(value) >= unit:
            places = 0 if value % unit == 0 else (2 if letter == "M" else 1)
            return f"{number(value / unit, places)} {letter}"
    return number(value, 0)


@register.filter
def unlocalized(value: float) -> str:
    """Return a coordinate as SVG reads it, whatever the reader's decimal mark."""
    return f"{value:.1f}"


@register.filter
def kind(value: str) -> str:
    """Return the heading of a kind or type of account."""
    return KINDS.get(value, value)


def number(value: Decimal, places: int) -> str:
    """Return a number in the reader's format, rounded to so many decimals."""
    text = number_format(abs(value), decimal_pos=places, use_l10n=True, force_grouping=True)
    is_zero = not any(sign in "123456789" for sign in text)
    return text if value >= 0 or is_zero else f"{MINUS}{text}"
