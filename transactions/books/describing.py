"""What the file of a book is, in words: its lines, and the fields of each kind."""

from transactions.books import END, FORMAT, HEAD, VERSION
from transactions.books.kinds import KINDS, Kind

_ABOUT = f"""\
Answer with all of the book, a row a line; `POST /books/load` makes a book of it.

The first line is `{{"format": "{FORMAT}", "version": {VERSION}, "row": "{HEAD}", …}}` with the
book's `name`, `base_currency`, `time_zone`, `month_start_day` and the instant `made_at`. The last
one is `{{"row": "{END}", "lines": …, "sha256": …}}`: how many lines of each kind there are, and the
digest of all before it. Between them `row` names the kind of a line. Kinds come in the order of
this table, so that what is referred to stands before what refers to it; references are ids of the
file. Amounts are texts; what is empty is left out, and fields with a question mark may be.

| row | fields |
|---|---|
"""
_LEFT_OUT = """\
Left out are members, invitations and private links, files that are only looked at, and runs of
rules. A later version has more kinds or fields; older ones are still loaded."""


def described() -> str:
    """Return the description of the file as Markdown."""
    rows = "\n".join(f"| `{kind.name}` | {_fields(kind)} |" for kind in KINDS.values())
    return f"{_ABOUT}{rows}\n\n{_LEFT_OUT}"


def _fields(kind: Kind) -> str:
    return ", ".join(f"{one.name}{'' if one.required else '?'}" for one in kind.fields)
