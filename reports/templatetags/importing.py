"""What stands on the pages of imports for the names that programs know."""

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext_lazy, pgettext_lazy

register = template.Library()
FORMATS = {
    "ofx": "OFX",
    "csv": "CSV",
    "xlsx": "Excel",
    "qif": "QIF",
    "camt": "CAMT.053",
    "mt940": "MT940",
}
STATUS = {
    "preview": pgettext_lazy("import", "to look at"),
    "committing": pgettext_lazy("import", "being imported"),
    "committed": pgettext_lazy("import", "imported"),
    "reverting": pgettext_lazy("import", "being taken back"),
    "reverted": pgettext_lazy("import", "taken back"),
}
VERDICTS = {
    "new": pgettext_lazy("line", "New"),
    "transfer": pgettext_lazy("line", "Transfer"),
    "posted": pgettext_lazy("line", "Posted"),
    "duplicate": pgettext_lazy("line", "There already"),
    "ignored": pgettext_lazy("line", "Ignored"),
}
COUNTED = {
    "new": npgettext_lazy("lines", "%(count)s new", "%(count)s new", "count"),
    "transfer": npgettext_lazy("lines", "%(count)s transfer", "%(count)s transfers", "count"),
    "posted": npgettext_lazy("lines", "%(count)s posted", "%(count)s posted", "count"),
    "duplicate": npgettext_lazy(
        "lines", "%(count)s there already", "%(count)s there already", "count"
    ),
    "ignored": npgettext_lazy("lines", "%(count)s ignored", "%(count)s ignored", "count"),
}
RECORDED = pgettext_lazy("line", "Recorded")
REASONS = {
    "not_in_the_book": _("not in the book yet"),
    "moves_no_money": _("it moves no money"),
    "same_bank_id": _("the bank's number of it is in the book"),
    "repeated_in_file": _("the file says it twice under one number"),
    "same_date_amount_and_text": _("the book has it with this day, amount and text"),
    "recorded_as_transfer": _("the book has it as a transfer"),
    "other_side_of_card_payment": _("the other side of a card's payment"),
    "told_before": _("a file before said it, under the same number"),
    "bank_id_of_another_row": _("new; the bank's number of it is that of another row"),
    "pending_has_posted": _("what was pending is posted now"),
    "instalment_due": _("an instalment that was due"),
    "subscription_due": _("pays a subscription that was due"),
    "chosen": _("you said so"),
    "chosen_before": _("you said so of the same line before"),
}
WHY = {
    "history": _("as before"),
    "rule": _("by a rule"),
    "subscription": _("of the subscription"),
    "file": _("the file says so"),
    "chosen": _("you said so"),
}


@register.filter
def format_name(value: str) -> str:
    """Return how a file's format is called."""
    return FORMATS.get(value, value.upper())


@register.filter
def import_status(value: str) -> str:
    """Return where an import stands, in a word or three."""
    return str(STATUS.get(value, value))


@register.filter
def verdict(value: str) -> str:
    """Return what a line is."""
    return str(VERDICTS.get(value, value))


@register.simple_tag
def recorded() -> str:
    """Return what a new line is once it is recorded."""
    return str(RECORDED)


@register.filter
def counted(count: int, verdict: str) -> str:
    """Return how many lines are what, in words that agree with their number."""
    return str(COUNTED[verdict] % {"count": count})


@register.filter
def reason(value: str) -> str:
    """Return why a line is taken for what it is."""
    return str(REASONS.get(value, value.replace("_", " ")))


@register.filter
def why_category(value: str) -> str:
    """Return who proposed a category; of a rule or of history there may be more behind a colon."""
    return str(WHY.get(value.partition(":")[0], value.replace("_", " ")))
