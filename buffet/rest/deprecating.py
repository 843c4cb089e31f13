"""How clients are told, with every answer, that an address will go."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.http import HttpResponse
from django.utils.http import http_date


@dataclass(frozen=True, slots=True)
class Deprecation:
    """An address that clients should leave: since when, until when, and what they read about it.

    Told in the headers of RFC 9745 (Deprecation), RFC 8594 (Sunset) and a link.
    """

    since: date
    until: date
    guide: str

    def tell(self, response: HttpResponse) -> None:
        """Say so in an answer."""
        response["Deprecation"] = f"@{_seconds(self.since)}"
        response["Sunset"] = http_date(_seconds(self.until))
        response["Link"] = f'<{self.guide}>; rel="deprecation"'


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
