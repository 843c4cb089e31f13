"""JSON into the API, by orjson, and forms for what comes as a file."""

import re
from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from buffet.errors import Refusal

#: How many fields the objects of a body may name in all: what is read takes ten times the room of
#: what is sent when the names are short. A full bulk of transactions names fewer.
MAX_NAMES = 150_000


class BodyTooLarge(Refusal):
    """The body is too large."""

    code = "too_large"
    status = 413


class OrjsonParser(BaseParser):
    """Read JSON; what is too large or nested too deep for a parser is a refusal, not a crash."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> object:
        """Return the JSON document in `stream`.

        :raises BodyTooLarge: if it is larger than the limit, or names too many fields.
        :raises ParseError: if it is no JSON.
        """
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge(f"The body is larger than {limit} bytes.")
        strings = _STRINGS.findall(body)
        names = len(strings) - strings.count(b"")
        if names > MAX_NAMES:
            raise BodyTooLarge(f"The body names {names} fields; it may name {MAX_NAMES}.")
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.", code="not_json") from error
        # Parsers keep the last of two, and people mean the first as often.
        if names != _names(found):
            raise ParseError("An object in the body names a field twice.", code="named_twice")
        return found


#: Every string of a JSON document, and the colon behind it if it is a name.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"(\s*:)?', re.DOTALL)


def _names(value: object) -> int:
    """Return how many names the objects of a JSON document have."""
    if isinstance(value, dict):
        return len(value) + sum(_names(one) for one in value.values() if type(one) in _NESTED)
    if isinstance(value, list):
        return sum(_names(one) for one in value if type(one) in _NESTED)
    return 0


_NESTED = (dict, list)


class WholeFormParser(MultiPartParser):
    """Read a form that has arrived as a whole.

    When a connection is lost, the server gets the part that was sent and then the end. A part of a
    JSON document is none; a part of a file would be taken for a shorter file.
    """

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles:
        """Return the fields and files of the form in `stream`.

        :raises ParseError: if it is no form, or not all of it has come.
        """
        counted = _Counted(stream)
        found = super().parse(counted, media_type, parser_context)
        length = int((parser_context or {})["request"].META["CONTENT_LENGTH"])
        if counted.size < length:
            sentence = f"The body ends after {counted.size} of its {length} bytes: send it again."
            raise ParseError(sentence, code="cut_off")
        return found


class _Counted:
    """A stream that counts what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.size = stream, 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        read = self._stream.read(size)
        self.size += len(read)
        return read
