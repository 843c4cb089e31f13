"""OFX markup, SGML (1.x) or XML (2.x), as banks really write it, as a tree of elements.

Neither an XML nor an SGML parser reads what banks send: values without closing tags, closing tags
of other names, a bare `&`, a header that names the wrong encoding. What matters is little: an
element opens; it has a value or elements of its own; an aggregate closes by its name.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from transactions.imports.statement import UnreadableFile

MAX_DEPTH = 64
_TAG = re.compile(r"<(/?)([A-Za-z0-9_.:-]{1,64})\s*(/?)>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_START = re.compile(r"<OFX>", re.IGNORECASE)
_HEADER_ENCODING = re.compile(rb"ENCODING:\s*([\w-]+)", re.IGNORECASE)
_HEADER_CHARSET = re.compile(rb"CHARSET:\s*([\w-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w-]+)[\"']", re.IGNORECASE)


@dataclass(slots=True)
class Element:
    """An element with its line in the file; `text` is empty where it has elements of its own."""

    name: str
    line: int
    text: str = ""
    children: "list[Element]" = field(default_factory=list)

    def child(self, name: str) -> "Element | None":
        """Return the first child of a name."""
        return next((one for one in self.children if one.name == name), None)

    def value(self, *names: str) -> str:
        """Return the text of the first child that has one of the names and a text."""
        for name in names:
            found = self.child(name)
            if found is not None and found.text:
                return found.text
        return ""

    def all(self, *names: str) -> "Iterator[Element]":
        """Yield every element of these names below this one, in the file's order."""
        waiting = list(reversed(self.children))
        while waiting:
            found = waiting.pop()
            if found.name in names:
                yield found
            else:
                waiting.extend(reversed(found.children))


def decode(content: bytes) -> str:
    """Return the text of the file.

    Files name encodings that they are not in: what decodes as UTF-8 is UTF-8, all else is what the
    header says, or the code page of Windows.

    :raises UnreadableFile: if it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(content, "utf-16")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decoded(content, _named_encoding(content[:2000]))
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableFile("There is a NUL character; this is not a text file.", line)
    return text


def _named_encoding(head: bytes) -> str:
    for pattern in (_XML_ENCODING, _HEADER_CHARSET, _HEADER_ENCODING):
        if found := pattern.search(head):
            name = found[1].decode("ascii").lower()
            if name in ("iso-8859-1", "8859-1", "latin-1", "latin1"):
                return "latin-1"
            if name in ("iso-8859-15", "8859-15"):
                return "iso-8859-15"
            if name == "1250":
                return "cp1250"
    return "cp1252"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        # A few bytes are nothing in cp1252; in Latin-1 they are control characters, dropped below.
        return content.decode("latin-1")


def read(content: bytes) -> Element:
    """Return the <OFX> element of the file.

    :raises UnreadableFile: if there is none, or it does not end.
    """
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    start = _START.search(text)
    if start is None:
        raise UnreadableFile("There is no <OFX> element; this is not an OFX file.")
    root = Element("OFX", text.count("\n", 0, start.start()) + 1)
    stack = [root]
    position, line = start.end(), root.line
    counted = start.start()
    for tag in _TAG.finditer(_without_cdata(text), start.end()):
        _give_text(stack[-1], text[position : tag.start()])
        line += text.count("\n", counted, tag.start())
        counted, position = tag.start(), tag.end()
        closing, name, empty = tag[1], tag[2].upper(), tag[3]
        if closing:
            if _close(stack, name):
                return root
            continue
        # A value has no elements: its missing closing tag ends where the next element begins.
        if len(stack) > 1 and stack[-1].text:
            stack.pop()
        if len(stack) >= MAX_DEPTH:
            raise UnreadableFile("The elements are nested too deep.", line)
        element = Element(name, line)
        stack[-1].children.append(element)
        if not empty:
            stack.append(element)
    raise UnreadableFile("The file ends before </OFX>; it is not complete.", line)


def _without_cdata(text: str) -> str:
    """Blank out CDATA sections, so that no tag is seen in them; places stay the same."""
    return _CDATA.sub(lambda found: " " * len(found[0]), text) if "<![CDATA[" in text else text


def _close(stack: list[Element], name: str) -> bool:
    """Close the element of this name; return whether it was the last.

    A closing tag that nobody opened is a bank's slip behind a value: it closes that value.
    """
    for index in range(len(stack) - 1, -1, -1):
        if stack[index].name == name:
            # Whatever is open inside an aggregate are values without closing tags, or empty.
            del stack[index:]
            return not stack
    if len(stack) > 1 and stack[-1].text:
        stack.pop()
    return False


def _give_text(element: Element, raw: str) -> None:
    if element.children or not raw.strip():
        return
    raw = _CDATA.sub(lambda found: html.escape(found[1], quote=False), raw)
    text = unicodedata.normalize("NFC", html.unescape(raw))
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    element.text = " ".join(kept.split())
