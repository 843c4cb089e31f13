"""The rows of a text file, read as it goes: nothing of it is held but the row at hand."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Protocol, TypeAlias

from transactions.imports import east_asian, texts
from transactions.imports.statement import AmbiguousFile, Question, UnreadableFile

Cell: TypeAlias = str | date | Decimal
Row: TypeAlias = Sequence[Cell]

LONGEST_LINE = 50_000
MOST_COLUMNS, MOST_ROWS = 500, texts.MOST_LINES + 1_000
#: How much of a file is looked at to find out what it is.
SAMPLE_ROWS = 200
_LETTERS_850 = re.compile(rb"[A-Za-z][\x80-\x9a\xa0-\xa5\xb5\xb6\xc6\xc7\xd0-\xd8\xe0-\xed]+[a-z]")
_LETTERS_1252 = re.compile(rb"[A-Za-z][\xc0-\xff\x8a\x8c\x8e\x9a\x9c\x9e\x9f]+(?=[A-Za-z ;,])")
#: Words of nothing but high letters: Cyrillic.
_WORDS_1251 = re.compile(rb"[\xc0-\xff]{4,}")
_LETTERS_1250 = re.compile(rb"[A-Za-z][\xb9\xb3\xbf\x9c\x9f]+[a-z]")


class Source(Protocol):
    """Something with rows that can be gone through again and again."""

    @property
    def is_text(self) -> bool:
        """Whether its cells are texts, whose days and amounts are still to be read."""

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Go through the rows, each with its line in the file."""


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text file whose encoding, delimiter and quote are known; one reads it at a time."""

    file: IO[bytes]
    encoding: str
    delimiter: str
    quote: str
    is_text: bool = True

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Go through the rows, each with the line that it begins on.

        :raises UnreadableFile: at a line that is none of a table.
        """
        return parsed(lines(self.file, self.encoding), self.delimiter, self.quote)


def lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Go through the lines of a text file from its beginning.

    :raises UnreadableFile: at one that is too long or no text.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                sentence = f"The line is longer than {LONGEST_LINE} characters."
                raise UnreadableFile(sentence, number)
            if "\x00" in line:
                raise UnreadableFile("There is a NUL byte in the line.", number)
            yield line
    except UnicodeError:
        raise UnreadableFile(f"The line is not text in {encoding}.", number + 1) from None
    finally:
        # Or the wrapper would close the file when it is collected.
        text.detach()


def parsed(
    lines: Iterable[str], delimiter: str, quote: str, *, is_part: bool = False
) -> Iterator[tuple[int, Row]]:
    """Go through the rows of lines; `is_part`: the last one may be cut off in mid-cell.

    :raises UnreadableFile: where quotes do not match, rather than swallow the rows that follow.
    """
    rows = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    before = 0
    try:
        for number, row in enumerate(rows, 1):
            if number > MOST_ROWS:
                sentence = f"The table has more than {MOST_ROWS} rows: split it, by years perhaps."
                raise UnreadableFile(sentence, before + 1)
            if rows.line_num > before + 1:
                _refuse_swallowed(row, before + 1)
            if len(row) > MOST_COLUMNS:
                sentence = f"The row has more than {MOST_COLUMNS} columns."
                raise UnreadableFile(sentence, before + 1)
            yield before + 1, row
            before = rows.line_num
    except csv.Error as error:
        if is_part and "unexpected end" in str(error):
            return
        sentence = f"The quotes of the row do not match ({error})."
        raise UnreadableFile(sentence, before + 1) from None


def _refuse_swallowed(row: list[str], line: int) -> None:
    """Refuse a cell of several lines that look like rows of the table.

    :raises UnreadableFile: if there is one.
    """
    for cell in row:
        if "\n" in cell and any(
            part.count(mark) >= max(2, len(row) - 2)
            for part in cell.splitlines()[1:]
            for mark in (",", ";", "\t", "|")
        ):
            sentence = "A quote that opens in this row is not closed, and rows follow in it."
            raise UnreadableFile(sentence, line)


def encoding_of(file: IO[bytes]) -> str:
    """Return the encoding of a text file, looking at all of it.

    :raises UnreadableFile: if it ends within a letter.
    """
    file.seek(0)
    head = file.read(4096)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    held = b""
    try:
        while held := file.read(1 << 18):
            decoder.decode(held)
    except UnicodeDecodeError:
        return _of_one_byte(file)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        # One such letter at the end of a file of plain ASCII may be of an older encoding.
        if any(byte > 127 for byte in head[:-3]):
            raise UnreadableFile("The file ends in the middle of a letter.") from None
        return _of_one_byte(file)
    return "utf-8"


def _of_one_byte(file: IO[bytes]) -> str:
    """Return which of the encodings with a byte a letter gives letters within words.

    :raises AmbiguousFile: if what they give has no sense, and it may be a text of East Asia.
    """
    file.seek(0)
    held = file.read(1 << 20)
    found = _with_letters(held)
    whole = held if len(held) < 1 << 20 else held[: held.rfind(b"\n") + 1]
    if others := east_asian.readings(whole):
        place = next(place for place, byte in enumerate(whole) if byte > 127)
        said = whole[place:].split(b"\n")[0][:20].decode(found, "replace")
        sentence = (
            f"The encoding of the file is not clear: it may say “{others[0][1]}” or “{said}”."
        )
        line = whole.count(b"\n", 0, place) + 1
        raise AmbiguousFile([Question("encoding", "", sentence, line, (*others, (found, said)))])
    return found


def _with_letters(held: bytes) -> str:
    if len(_WORDS_1251.findall(held)) > len(_LETTERS_1252.findall(held)):
        return "cp1251"
    if _LETTERS_1250.search(held) and not re.search(rb"[\xe3\xe7\xf5]", held):
        return "cp1250"
    if len(_LETTERS_850.findall(held)) > len(_LETTERS_1252.findall(held)):
        return "cp850"
    # Five bytes are nothing in CP1252; Latin-1 has all, and the same letters.
    return "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", held) else "cp1252"
