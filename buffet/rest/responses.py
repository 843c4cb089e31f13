"""What the API answers with: JSON, written by orjson."""

from collections.abc import Mapping

import orjson
from django.http import HttpResponse


class Response(HttpResponse):
    """An answer in JSON; without data, an answer without content. Amounts in it are strings."""

    def __init__(
        self,
        data: object = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        body = b"" if data is None else orjson.dumps(data)
        super().__init__(body, content_type, status, headers=headers)
        if data is None:
            del self["Content-Type"]
        #: What it says, as it was before it became text.
        self.data = data
        #: The version of the row or book that it shows, if it shows one.
        self.version: int | None = data.get("version") if isinstance(data, dict) else None

    @classmethod
    def again(cls, content: bytes, version: int | None) -> "Response":
        """Return an answer that was made before, from its text."""
        answer = cls()
        answer.content, answer.version = content, version
        answer["Content-Type"] = "application/json"
        return answer
