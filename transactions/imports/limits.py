"""What would take long to read in OFX and come to nothing, refused before any of it is read."""

import re

from transactions.imports import texts
from transactions.imports.statement import UnreadableFile

#: Of a file: how many tags it has, how many of CDATA, of how many names, and how many documents.
MOST_TAGS, MOST_CDATA, MOST_NAMES, MOST_DOCUMENTS = 6_000_000, 800_000, 5_000, 500
_CLOSED = re.compile(r"</(?:[A-Za-z0-9_-]{1,20}:)?([A-Za-z0-9_.-]{1,64})\s*>")
_END = re.compile(r"</(?:[A-Za-z0-9_-]{1,20}:)?OFX\s{0,99}>", re.IGNORECASE)


def refuse_comments(comments: int, cdata: int) -> None:
    """Refuse a file of comments and CDATA.

    :raises UnreadableFile: if it is one.
    """
    if max(100 * comments, cdata) > MOST_CDATA:
        raise UnreadableFile("The file has more comments and CDATA than any bank's.")


def refuse_documents(count: int, line: int) -> None:
    """Refuse a file of many documents.

    :raises UnreadableFile: if it is one.
    """
    if count > MOST_DOCUMENTS:
        raise UnreadableFile(f"There are more than {MOST_DOCUMENTS} <OFX> elements.", line)


def refuse_large(text: str) -> None:
    """Refuse what would take long to read and come to nothing, before any of it is read."""
    if (
        _END.search(text, max(0, len(text) - 2 * texts.LONGEST)) is None
        and _END.search(text) is None
    ):
        sentence = "The file ends before </OFX>; it is not complete."
        raise UnreadableFile(sentence, text.rstrip().count("\n") + 1)
    texts.refuse_many(text.count("<STMTTRN>"))
    if text.count("<") > MOST_TAGS:
        raise UnreadableFile(f"The file has more than {MOST_TAGS} tags: split it.")


def closed_names(text: str) -> set[str]:
    """Return the names of all that is closed somewhere."""
    found: set[str] = set()
    for one in _CLOSED.finditer(text):
        found.add(one[1])
        if len(found) > MOST_NAMES:
            line = text.count("\n", 0, one.start()) + 1
            raise UnreadableFile(f"There are elements of more than {MOST_NAMES} names.", line)
    return {name.upper() for name in found}
