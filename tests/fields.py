"""The forms of a page: what they send when nothing is changed, and what they offer."""

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    """Every form of a page with what stands in its fields, and every list of choices."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.offered: dict[str, list[tuple[str, list[str]]]] = {}
        self._field = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        name = of.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and name and self.forms:
            if of.get("type") not in ("radio", "checkbox") or "checked" in of:
                self.forms[-1][name] = of.get("value", "")
        elif tag == "select" and name and self.forms:
            self._field = name
            self.offered[name] = []
        elif tag == "optgroup":
            self.offered[self._field].append((of["label"], []))
        elif tag == "option" and self._field:
            if "selected" in of or self._field not in self.forms[-1]:
                self.forms[-1][self._field] = of.get("value", "")
        elif tag == "textarea" and self.forms:
            self._field = name
        self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "option" and self.offered.get(self._field):
            self.offered[self._field][-1][1].append(self._text.strip())
        elif tag == "textarea" and self._field:
            self.forms[-1][self._field] = self._text.removeprefix("\n")
        if tag in ("select", "textarea"):
            self._field = ""


def _read(answer: Any) -> _Forms:
    found = _Forms()
    found.feed(answer.content.decode())
    return found


def sent_by(answer: Any, field: str = "amount") -> dict[str, str]:
    """Return what a page's form with this field sends when nothing is changed."""
    return next(form for form in _read(answer).forms if field in form)


def offered(answer: Any, field: str) -> list[tuple[str, list[str]]]:
    """Return the groups of a field's choices, and what they are called."""
    return _read(answer).offered[field]
