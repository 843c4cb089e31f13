"""The text of a bank's file, whatever encoding it names and whichever it has."""

import codecs
import html
import io
import re
import unicodedata
from collections.abc import Callable, Iterator

from transactions.imports import east_asian
from transactions.imports.statement import UnreadableFile

#: What is longer is no line and no field of a bank.
LONGEST = 20_000
#: So many movements are read of a file: twice what a busy account has in ten years; and so many
#: statements: a page for each day of as long.
MOST_LINES, MOST_STATEMENTS = 200_000, 5_000
_NAMES = (
    re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.-]{1,30})[\"']", re.IGNORECASE),
    re.compile(rb"^\s*CHARSET:\s*([\w.-]{1,30})", re.IGNORECASE | re.MULTILINE),
    re.compile(rb"^\s*ENCODING:\s*([\w.-]{1,30})", re.IGNORECASE | re.MULTILINE),
)
_MARKS = "".join(sign for sign in map(chr, range(0x300, 0x10000)) if unicodedata.combining(sign))
#: More accents on a letter than any language sets: composing them takes their number squared.
_PILED = re.compile(f"([{_MARKS}]{{8}})[{_MARKS}]+")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Codecs that a file may name; Latin-1 is not among them, since it stands for the code page of
#: Windows wherever it makes a difference.
_CODECS = frozenset(
    """
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp852 cp866 cp874
    iso8859-2 iso8859-5 iso8859-7 iso8859-9 iso8859-13 iso8859-15 koi8-r koi8-u big5 gb2312 gbk
    gb18030 shift_jis cp932 euc_jp euc_kr cp949 mac-roman
    """.split()
)


def decode(content: bytes) -> str:
    """Return the text of a file; its lines end in a line feed.

    Files name encodings that they are not in: what decodes as UTF-8 is UTF-8, all else is what the
    file says, or the code page of Windows.

    :raises UnreadableFile: if it is no text.
    """
    if content.startswith(_UTF16):
        text = _decoded(content, "utf-16")
    elif (utf16 := _utf16_without_mark(content[:200])) is not None:
        text = _decoded(content, utf16)
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decoded(content, _likely(content))
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableFile("There is a NUL character; this is not a text file.", line)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def clean(raw: str) -> str:
    """Return a text in one line, composed, without control characters."""
    text = " ".join(raw.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", without_piles(text))
    if text.isprintable():
        return text
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return " ".join(kept.split())


def without_piles(text: str) -> str:
    """Return a text with at most eight accents on a letter."""
    return _PILED.sub(r"\1", text)


def refuse_many(count: int) -> None:
    """Refuse a file with more movements than are read of one.

    :raises UnreadableFile: if it has.
    """
    if count > MOST_LINES:
        sentence = f"The file has more than {MOST_LINES} movements: split it, by years perhaps."
        raise UnreadableFile(sentence)


def refuse_statements(count: int, line: int | None) -> None:
    """Refuse a file with more statements than are read of one.

    :raises UnreadableFile: if it has.
    """
    if count > MOST_STATEMENTS:
        raise UnreadableFile(f"The file has more than {MOST_STATEMENTS} statements.", line)


def unescaped(raw: str) -> str:
    """Return a text with what HTML and XML write as `&amp;` as it is meant."""
    return clean(html.unescape(raw) if "&" in raw else raw)


def replaced(text: str, begin: str, end: str, by: Callable[[str], str]) -> str:
    """Return a text with what stands between two marks replaced, in time that grows with it alone.

    A pattern would look for the end of each beginning anew, however many have none.
    """
    done, position = io.StringIO(newline=""), 0
    while (start := text.find(begin, position)) >= 0:
        stop = text.find(end, start + len(begin))
        if stop < 0:
            break
        done.write(text[position:start])
        done.write(by(text[start + len(begin) : stop]))
        position = stop + len(end)
    if not position:
        return text
    done.write(text[position:])
    return done.getvalue()


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Go through the lines of a text with their numbers, without a list of them all.

    :raises UnreadableFile: at a line that is longer than any that a bank writes, or if there are
        more of them than of the most movements.
    """
    number, position = 0, 0
    if text.count("\n") > 8 * MOST_LINES:
        raise UnreadableFile(f"The file has more than {8 * MOST_LINES} lines: split it.")
    while position <= len(text):
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        number += 1
        if stop - position > LONGEST:
            raise UnreadableFile(f"The line is longer than {LONGEST} characters.", number)
        yield number, text[position:stop]
        position = stop + 1


def joined(*parts: str) -> str:
    """Return texts as one; what another says too is not said again."""
    said: list[str] = []
    for part in parts:
        low = part.lower()
        if not part or any(low in other.lower() for other in said):
            continue
        said = [other for other in said if other.lower() not in low] + [part]
    return " · ".join(said)[:500].strip()


def _utf16_without_mark(first: bytes) -> str | None:
    """Return UTF-16 where every other of the first bytes is zero, as in text of plain letters."""
    first = first[: len(first) // 2 * 2]
    if len(first) >= 8 and not any(first[1::2]) and all(first[::2]):
        return "utf-16-le"
    if len(first) >= 8 and not any(first[::2]) and all(first[1::2]):
        return "utf-16-be"
    return None


def _named(head: bytes) -> str:
    for pattern in _NAMES:
        if found := pattern.search(head):
            name = found[1].decode("ascii", "replace").lower()
            try:
                codec = codecs.lookup(f"cp{name}" if name.isdigit() else name).name
            except (LookupError, ValueError):
                continue
            if codec in _CODECS:
                return codec
    return "cp1252"


def _likely(content: bytes) -> str:
    """Return the encoding that the file names, or the code page of Windows.

    :raises UnreadableFile: if that gives no sense, and it may be a text of East Asia.
    """
    encoding = _named(content[:2000])
    if encoding == "cp1252" and east_asian.readings(content):
        sentence = "The file's texts are East Asian, in an unnamed encoding: save it as UTF-8."
        raise UnreadableFile(sentence)
    return encoding


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        # A few bytes are nothing in cp1252; in Latin-1 they are control characters, dropped later.
        return content.decode("latin-1")
