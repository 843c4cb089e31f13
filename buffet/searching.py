"""Texts that people search for, as PostgreSQL looks for them: words in any order.

Neither case nor accents matter, in what is typed as in what is written: who types "cafe" finds
"Café", and the other way round. Each word is a regular expression without repetition but for marks,
which PostgreSQL reads in one pass over a text, about twice as long as ILIKE does. It has no need of
an extension, nor of the database's collation.
"""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache

#: Where Latin letters with marks lie; the second are those of Vietnamese.
_LATIN = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
#: Letters with a stroke, which Unicode does not take apart.
_STROKES = str.maketrans("łŁøØđĐħĦŧŦıİ", "lLoOdDhHtTiI")
#: What stands apart behind its letter in texts that are not composed, as files of a Mac have them.
_MARKS = "[\u0300-\u036f]*"
_APART = re.compile(f"([A-Za-z]){_MARKS}")


def patterns(text: str) -> list[str]:
    """Return a regular expression for each word of a text, all of which are to be found."""
    words = (_APART.sub(r"\1", word) for word in text.split())
    return ["".join(map(_sign, word)) for word in dict.fromkeys(words)]


def _letter(sign: str) -> str:
    """Return the small Latin letter that a sign is, with marks or without; empty if it is none."""
    apart = unicodedata.normalize("NFD", sign.translate(_STROKES))
    first, marks = apart[0], apart[1:]
    is_one = first.isascii() and first.isalpha() and all(map(unicodedata.combining, marks))
    return first.lower() if is_one else ""


def _marked() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for sign in map(chr, _LATIN):
        found[_letter(sign)] += sign
    return found


_MARKED = _marked()


@lru_cache(4096)
def _sign(sign: str) -> str:
    """Return what stands for a sign: any form of a letter, or the sign itself."""
    letter = _letter(sign)
    if letter:
        return f"[{letter}{letter.upper()}{_MARKED[letter]}{sign}]{_MARKS}"
    if not sign.isalnum():
        return f"\\{sign}" if sign.isascii() else sign
    forms = {sign, sign.lower(), sign.upper()}
    return f"({'|'.join(sorted(forms))})" if len(forms) > 1 else sign
