"""What stands on a page for the names that programs know."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buffet.errors import Fault, Refusal
from reports import words

register = template.Library()
register.filter("said", words.said)

ENTRY_STATUS = {
    "pending": pgettext_lazy("entry", "pending"),
    "cleared": pgettext_lazy("entry", "cleared"),
    "reconciled": pgettext_lazy("entry", "reconciled"),
}
PARCEL_STATES = {
    "billed": pgettext_lazy("parcel", "billed"),
    "open": pgettext_lazy("parcel", "to come"),
    "prepaid": pgettext_lazy("parcel", "paid early"),
    "cancelled": pgettext_lazy("parcel", "cancelled"),
}
#: The accounts that every book has; the names of all others are their people's.
SYSTEM_ACCOUNTS = {
    "Opening balances": _("Opening balances"),
    "Currency conversion": _("Currency conversion"),
    "Adjustments": _("Adjustments"),
    "Unrealised gains": _("Unrealised gains"),
    "Uncategorised expenses": _("Uncategorised expenses"),
    "Uncategorised income": _("Uncategorised income"),
}
#: What parameters of an address are called in the forms that send them.
PARAMETERS = {
    "on": _("At the end of"),
    "known_on": _("As known on"),
    "period": _("Period"),
    "date_from": _("First day"),
    "date_to": _("Last day"),
    "since": _("First day"),
    "currency": _("Currency"),
    "amount": _("Amount"),
    "typed": _("Amount"),
    "q": _("In descriptions, notes and vendors"),
    "account": _("Account"),
    "accounts": _("Accounts"),
    "category": _("Category"),
    "categories": _("Categories"),
    "vendor": _("Vendor"),
    "status": _("Status"),
}
DEEDS = {
    "recorded": _("Recorded"),
    "changed": _("Changed"),
    "deleted": pgettext_lazy("transaction", "Deleted"),
    "restored": pgettext_lazy("transaction", "Brought back"),
}
DOORS = {
    "api": _("through the API"),
    "page": _("through a page"),
    "admin": _("through the admin"),
    "command": _("through a command"),
}


@register.filter
def entry_status(status: str) -> str:
    """Return how far the bank and its customer agree on an entry."""
    return str(ENTRY_STATUS.get(status, status))


@register.filter
def parcel_state(state: str) -> str:
    """Return what became of a parcel."""
    return str(PARCEL_STATES.get(state, state))


@register.filter
def account_name(value: str) -> str:
    """Return the name of an account or category; of those that every book has, what they are."""
    return str(SYSTEM_ACCOUNTS.get(value, value))


@register.filter
def parameter(fault: Fault | Refusal) -> str:
    """Return what a page calls the parameter that is wrong, or its name where it has no other."""
    label = PARAMETERS.get(fault.pointer.removeprefix("?"))
    if label and fault.code != "unknown_parameter":
        return format_html("<b>{}:</b>", label)
    return format_html("<code>{}</code>", fault.pointer) if fault.pointer else ""


@register.filter
def account_names(value: str) -> str:
    """Return the names of several accounts, a comma between them."""
    return ", ".join(account_name(one) for one in value.split(", "))


@register.filter
def deed(value: str) -> str:
    """Return what someone did to a transaction."""
    return str(DEEDS.get(value, value))


@register.filter
def door(value: str) -> str:
    """Return through which door something was written."""
    return str(DOORS.get(value, _("through the database")))
