"""The sentences of services, which are in English, in the reader's language."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from django.utils.translation import get_language, gettext, gettext_noop, pgettext_lazy
from django.utils.translation.trans_real import translation

from reports.templatetags import figures

#: The context of sentences in the catalog that name something: "{account} is archived."
NAMING = "naming"
#: A sentence about a line of a file, and what places in others are called that hold a sentence.
_PLACED = re.compile(r"Line (\d+): (.+)", re.DOTALL)
_REASONS = ("reason",)
#: Places that hold an amount as services write it, and those that hold a word for a thing.
_AMOUNTS = ("by_point", "by_comma", "plain", "other")
_THINGS = ("thing",)
_AMOUNT = re.compile(r"[-+]?[0-9]{1,15}(?:\.([0-9]{1,12}))?", re.ASCII)
#: A month at the beginning of a sentence, as services write it.
_OF_MONTH = re.compile(r"\d{4}-\d{2}(?= )")
#: Places that hold several words, and the words that places may hold.
_SEVERAL = ("missed", "name___names_name_join")
_WORDS = {
    *(gettext_noop("a date"), gettext_noop("an amount (or debits and credits)")),
    *(gettext_noop("day, month, year"), gettext_noop("month, day, year")),
    *(gettext_noop("year, month, day"), gettext_noop("no names")),
}
#: What the answers to a question about a file may be.
ANSWERS = (
    *(gettext_noop("money in"), gettext_noop("money out")),
    *(gettext_noop("part of the amount"), gettext_noop("on top of it")),
    *(gettext_noop("A comma is decimal"), gettext_noop("A point is decimal")),
    pgettext_lazy("naming", "The day comes first: {early}"),
    pgettext_lazy("naming", "The month comes first: {late}"),
    pgettext_lazy("naming", "the sheet {name}"),
)
#: What services call a column that has no heading.
_UNNAMED = re.compile(r"number (\d+)", re.ASCII)


def said(sentence: str) -> str:
    """Return a sentence that a service said in the reader's language, if it is known there."""
    if not sentence or (language := get_language()) is None:
        return sentence
    if language == "en":
        return _beginning(sentence)
    if placed := _PLACED.fullmatch(sentence):
        return gettext("Line {number}: {why}").format(number=placed[1], why=said(placed[2]))
    found = gettext(sentence)
    if found != sentence:
        return found
    for pattern, words in _naming(language):
        if match := pattern.fullmatch(sentence):
            return words.format(
                **{one: _value(one, text) for one, text in match.groupdict().items()}
            )
    return _unnamed(sentence) or _day(sentence) or sentence


def _beginning(sentence: str) -> str:
    """Return a sentence that begins with a month as its reader names it."""
    found = _OF_MONTH.match(sentence)
    return (_day(found[0]) or found[0]) + sentence[found.end() :] if found else sentence


def _value(name: str, text: str) -> str:
    if name in _REASONS:
        return said(text)
    if name in _AMOUNTS:
        return amount_said(text) or text
    if name in _THINGS:
        return gettext(text)
    if name in _SEVERAL:
        return ", ".join(_value("", one) for one in text.split(", "))
    if text in _WORDS:
        return gettext(text)
    return _unnamed(text) or _day(text) or text


def _unnamed(text: str) -> str | None:
    """Return what a column without a heading is called; None if it is something else."""
    found = _UNNAMED.fullmatch(text)
    return gettext("number {number}").format(number=found[1]) if found else None


def amount_said(text: str) -> str | None:
    """Return an amount that services write as 1234.50 as its reader does; None if it is none."""
    found = _AMOUNT.fullmatch(text)
    return figures.number(Decimal(text), len(found[1] or "")) if found else None


def _day(text: str) -> str | None:
    """Return a day that services write as 2026-04-03 or as 3 April 2026, or a month as 2026-04.

    None if it is neither.
    """
    try:
        if len(text) == 7:
            return figures.month(date.fromisoformat(f"{text}-01"))
        if text[4:5] == "-":
            return figures.short_day(date.fromisoformat(text))
        return figures.day(datetime.strptime(text, "%d %B %Y").replace(tzinfo=UTC))
    except ValueError:
        return None


@cache
def _naming(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the sentences that name something as patterns, those that say the most first."""
    # Django keeps it to itself, and has no other way to all of its messages.
    known = translation(language)._catalog.items()  # type: ignore[attr-defined]
    naming = [(key[len(NAMING) + 1 :], words) for key, words in known if _names(key)]
    naming.sort(key=lambda one: len(re.sub(r"{\w+}", "", one[0])), reverse=True)
    return [(_pattern(sentence), words) for sentence, words in naming]


def _names(key: object) -> bool:
    return isinstance(key, str) and key.startswith(f"{NAMING}\x04")


def _pattern(sentence: str) -> re.Pattern[str]:
    places = re.split(r"{(\w+)}", sentence)
    return re.compile(
        "".join(f"(?P<{one}>.+?)" if n % 2 else re.escape(one) for n, one in enumerate(places)),
        re.DOTALL,
    )
