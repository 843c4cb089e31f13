"""What a file is that is no statement, to say so to whom expected one."""

import re
from collections.abc import Sequence


def _(words: str) -> str:
    """Mark words for translation: files are read in a process that has no Django."""
    return words


_MAGIC: Sequence[tuple[bytes, str]] = (
    (
        b"%PDF-",
        _("a PDF document; ask the bank for the statement as OFX, CAMT.053, MT940 or CSV"),
    ),
    (b"\x89PNG", _("a picture (PNG)")),
    (b"\xff\xd8\xff", _("a picture (JPEG)")),
    (b"GIF8", _("a picture (GIF)")),
    (b"PK\x03\x04", _("a zip archive; unpack it and import the files in it")),
    (b"PK\x05\x06", _("an empty zip archive")),
    (b"\x1f\x8b", _("a gzip archive; unpack it first")),
    (b"7z\xbc\xaf\x27\x1c", _("a 7z archive; unpack it first")),
    (b"Rar!", _("a RAR archive; unpack it first")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _("an old Office document; save it as XLSX or CSV")),
    (b"{\\rtf", _("a text with formatting (RTF)")),
    (b"SQLite format 3\x00", _("a database (SQLite)")),
    (b"\x7fELF", _("a program")),
    (b"MZ", _("a program")),
)
_HTML = re.compile(r"<!DOCTYPE\s+HTML|<HTML[\s>]|<HEAD[\s>]|<BODY[\s>]", re.IGNORECASE)


def kind_of(first: bytes, text: str) -> str | None:
    """Return what the file with these first bytes is; None where it is not known.

    `text` is the same as text, without white space before it.
    """
    for magic, said in _MAGIC:
        if first.startswith(magic):
            return said
    if not first.strip():
        return _("an empty file")
    if _HTML.search(text[:1000]):
        return _("a web page, often an error of the bank's site; download the statement again")
    if text[0:1] in ("{", "[") and re.match(r"[{\[]\s*[\"{\[\]}]", text):
        return _("JSON, which is not a statement of a bank")
    if text.startswith("<"):
        return _("XML of a kind that is not a bank statement")
    if text.startswith("-----BEGIN"):
        return _("encrypted or signed (PEM)")
    return None
