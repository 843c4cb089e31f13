"""Texts of East Asia that are no UTF-8: a byte of theirs is a letter in Western code pages, too.

So nothing fails where they are read as Western, and every name comes out as signs without sense.
"""

import re
import unicodedata
from itertools import pairwise

CODECS = ("cp932", "gbk", "big5", "euc_kr")
_ENOUGH = 1 << 16
_HIGH = re.compile(rb"[\x80-\xff]")
#: Rulers and masked numbers: “••••”.
_REPEATED = re.compile(rb"([\x80-\xff])\1{2,}")
#: The letter that a field of QIF begins with.
_FIELD = re.compile(rb"^[A-Z](?=[\x80-\xff])", re.MULTILINE)
_LETTERS = "\u3005\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff66-\uff9f"
#: Two letters at least, with none of the alphabet beside them, as an accent in a word would have.
_WORD = re.compile(f"(?<![A-Za-z{_LETTERS}])[{_LETTERS}]{{2,}}(?![A-Za-z{_LETTERS}])")
#: What is in frequent use, of which each byte is high or begins as few Western letters do.
_FREQUENT = {"gbk": "gb2312", "euc_kr": "euc_kr", "big5": "big5", "cp932": "cp932"}
_ALPHABETS = ("cp1252", "cp1251", "cp1253")
_WITH_ASCII = ("cp932", "big5")
#: Signs amid letters, and capitals behind small ones, of which a text of letters has hardly any.
_MOST_SIGNS = 0.12
_RUN = re.compile(r"[^\x00-\x7f]{2,}")


def readings(content: bytes) -> list[tuple[str, str]]:
    """Return the code pages of East Asia that a text may be in, each with its first word there.

    None, if it may as well be of one of the code pages with a byte a letter.
    """
    bare = _REPEATED.sub(b" ", _FIELD.sub(b" ", _part(content)))
    high = _HIGH.findall(bare)
    if not high:
        return []
    found = [(codec, word) for codec in CODECS if (word := _word(bare, codec))]
    if _has_signs(bare):
        return found
    # Kana begin with a byte that is no letter, and many end with one of ASCII; so does Big5.
    is_low = len([one for one in high if one < b"\xc0"]) * 2 >= len(high)
    likely = [one for one in found if one[0] in _WITH_ASCII and one[1][0] < "\uff66"]
    return found if is_low and likely else []


def _part(content: bytes) -> bytes:
    """Return whole lines from the first that is not plain ASCII, as many as tell enough."""
    first = _HIGH.search(content)
    start = content.rfind(b"\n", 0, first.start()) + 1 if first else len(content)
    part = content[start : start + _ENOUGH]
    return part[: part.rfind(b"\n") + 1] if len(part) == _ENOUGH else part


def _word(content: bytes, codec: str) -> str:
    """Return the first word of a text where it is made of such words; else an empty one."""
    try:
        text = content.decode(codec)
        text.encode(_FREQUENT[codec])
    except UnicodeError:
        return ""
    words = _WORD.findall(text)
    others = sum(not one.isascii() and unicodedata.category(one)[0] == "L" for one in text)
    return words[0] if words and sum(map(len, words)) * 3 >= others else ""


def _has_signs(content: bytes) -> bool:
    """Return whether there are many signs amid the letters, whichever alphabet they are of."""
    return min(_share_of_signs(content, one) for one in _ALPHABETS) > _MOST_SIGNS


def _share_of_signs(content: bytes, codec: str) -> float:
    runs = _RUN.findall(content.decode(codec, "replace"))
    signs = sum(not one.isalpha() for run in runs for one in run[1:-1])
    signs += sum(one.islower() and other.isupper() for run in runs for one, other in pairwise(run))
    return signs / (sum(map(len, runs)) or 1)
