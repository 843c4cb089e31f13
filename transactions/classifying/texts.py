"""Texts of banks, as they are compared."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]+")
#: A word without a digit, and what hides the digits of a card.
_WORD = re.compile(r"(?<!\w)[^\W\d]+(?!\w)")
_MASKED = re.compile(r"x{2,}")


def fold(text: str) -> str:
    """Return a text without case and accents, its blanks single: what `contains` looks in."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(text.casefold().split())


def key(text: str) -> str:
    """Return what stays the same when something comes again: its words.

    Dates, times, numbers of cards, receipts and parcels go, with case, accents and punctuation. A
    text of nothing else stays as it is.
    """
    folded = fold(text)
    words = [word for word in _WORD.findall(folded) if not _MASKED.fullmatch(word)]
    return " ".join(words) or folded
