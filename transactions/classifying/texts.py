"""Texts of banks, as they are compared."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_MASKED = re.compile(r"x{2,}")


def fold(text: str) -> str:
    """Return a text without case and accents, its blanks single: what `contains` looks in."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return " ".join(text.casefold().split())


def key(text: str) -> str:
    """Return what stays the same when something comes again: its words.

    Dates, times, numbers of cards, receipts and parcels go, with case, accents and punctuation. A
    text of nothing else stays as it is.
    """
    folded = fold(text)
    words = [
        word
        for word in _WORD.findall(folded)
        if not any(sign.isdigit() for sign in word) and not _MASKED.fullmatch(word)
    ]
    return " ".join(words) or folded
