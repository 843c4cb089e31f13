"""The parts of a workbook's archive, within limits that no archive gets around."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from transactions.imports.statement import UnreadableFile

_MOST_INFLATED = 192 << 20
_BOMB_SIZE, _BOMB_RATIO = 8 << 20, 120
_LONGEST_TAG = 1 << 20
_MOST_FILES, _MOST_DIRECTORY = 2_000, 1 << 20
#: How many tags a part may have: a sheet, the texts that cells share, and any other.
_MOST_TAGS = {"sheet": 8_000_000, "sharedStrings": 2_500_000, "": 50_000}
_CHUNK = 1 << 16


def refuse_large_directory(file: IO[bytes]) -> None:
    """Refuse an archive with a directory that would take long to read, before it is read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise UnreadableFile("The workbook is damaged: its end is missing.")
    count = int.from_bytes(tail[end + 10 : end + 12], "little")
    length = int.from_bytes(tail[end + 12 : end + 16], "little")
    if count > _MOST_FILES or length > _MOST_DIRECTORY:
        raise UnreadableFile("The workbook holds more files than any bank's does.")


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Go through the bytes of a part, within the limits.

    :raises UnreadableFile: if it is missing, damaged or becomes too large.
    """
    try:
        announced = archive.getinfo(part)
    except KeyError:
        raise UnreadableFile(f"The workbook is damaged: {part} is missing.") from None
    if announced.flag_bits & 1:
        raise UnreadableFile("The workbook has a password: save it without one.")
    ratio = announced.file_size / max(1, announced.compress_size)
    if announced.file_size > _MOST_INFLATED or (
        announced.file_size > _BOMB_SIZE and ratio > _BOMB_RATIO
    ):
        sentence = f"The workbook would become {announced.file_size >> 20} MiB: that is refused."
        raise UnreadableFile(sentence)
    try:
        # No more is inflated than was announced: a part that goes on fails its check sum.
        with archive.open(announced) as inflating:
            while chunk := inflating.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        part_error = str(error) or part
        raise UnreadableFile(f"The workbook is damaged: {part_error}.") from None


def parsing(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Tell the functions of each element of a part; pause after every piece of it.

    Neither entities are known to the parser, nor is anything fetched.

    :raises UnreadableFile: if the part is damaged, or larger than any spreadsheet's.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    fed = tags = 0
    most = next(most for name, most in _MOST_TAGS.items() if name in part)
    try:
        for chunk in _chunks(archive, part):
            tags += chunk.count(b"<")
            if tags > most:
                raise UnreadableFile(f"{part} in the workbook has more than {most} tags: split it.")
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise UnreadableFile("The workbook is damaged: it has a tag without an end.")
            yield
        parser.Parse(b"", True)
        yield
    except UnreadableFile:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        # The latter two where it names an encoding that expat has no table of.
        raise UnreadableFile(f"The workbook is damaged: {error}.") from None


def _refuse_type(*_: object) -> None:
    raise UnreadableFile("The workbook declares a document type, as no spreadsheet does.")
