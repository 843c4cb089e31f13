"""The elements of an XML file, told as they close, so that a long file is never held as a tree.

Expat of the standard library reads it. A document type is refused where it begins, so that no
entity is ever declared, let alone expanded or fetched; namespaces and their prefixes are dropped.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from transactions.imports import texts
from transactions.imports.statement import UnreadableFile

MAX_DEPTH = 64
#: How many elements are held at once, those that somebody was told of not counted.
MAX_ELEMENTS = 50_000
_PART, _LONGEST_TAG = 1 << 16, 1 << 18
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")


@dataclass(slots=True)
class Node:
    """An element with its line in the file, and what was made of those that it had."""

    name: str
    line: int
    currency: str = ""
    text: str = ""
    children: "list[Node]" = field(default_factory=list)
    made: "Sequence[Any]" = ()

    def at(self, path: str) -> "Node | None":
        """Return the first element at a path such as Acct/Id/IBAN."""
        name, _, rest = path.partition("/")
        for one in self.children:
            if one.name == name:
                return one.at(rest) if rest else one
        return None

    def value(self, *paths: str) -> str:
        """Return the text of the first of these paths that has one."""
        for path in paths:
            found = self.at(path)
            if found is not None and found.text:
                return found.text
        return ""

    def all(self, name: str) -> "list[Node]":
        """Return the elements of a name below this one, in the file's order."""
        found, waiting = [], list(reversed(self.children))
        while waiting:
            one = waiting.pop()
            if one.name == name:
                found.append(one)
            else:
                waiting.extend(reversed(one.children))
        return found


def read(content: bytes, closed: Mapping[str, Callable[[Node], Any]]) -> None:
    """Go through the elements of a file; who is in `closed` is called with an element of its name
    once it is complete. What it returns is `made` for the next around it that somebody is told of.

    :raises UnreadableFile: if it is not XML, or has a document type.
    """
    text = texts.decode(content)
    texts.refuse_many(text.count("Ntry>") // 2)
    text = _BARE.sub("&amp;", text) if _BARE.search(text) else text
    start = max(text.find("<"), 0)
    before = text.count("\n", 0, start)
    reader = _Reader(closed, before)
    try:
        for begin in range(start, len(text), _PART):
            part = text[begin : begin + _PART]
            reader.parser.Parse(part.encode())
            if begin - start - reader.parser.CurrentByteIndex > _LONGEST_TAG:
                raise UnreadableFile(f"A tag is longer than {_LONGEST_TAG} bytes.", reader.line)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise UnreadableFile(
            f"The XML is broken or cut off: {said}.", error.lineno + before
        ) from None


class _Reader:
    def __init__(self, closed: Mapping[str, Callable[[Node], Any]], before: int) -> None:
        self.closed, self.before = closed, before
        self.stack: list[Node] = []
        self.held, self.made, self.parts = 0, list[Any](), [""]
        #: How many elements were held, and how many things made, where those on the stack opened.
        self.marks: list[tuple[int, int]] = []
        # The file's bytes are made of its text anew, whatever encoding it names.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.before

    def _doctype(self, *_: object) -> None:
        raise UnreadableFile("The file has a document type (DOCTYPE), as no bank's has.", self.line)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise UnreadableFile("The elements are nested too deep.", self.line)
        self.marks.append((self.held, len(self.made)))
        self.held += 1
        if self.held > MAX_ELEMENTS:
            sentence = f"There are more than {MAX_ELEMENTS} elements that are no transactions."
            raise UnreadableFile(sentence, self.line)
        self.parts = []
        bare = name.rpartition(":")[2]
        self.stack.append(Node(bare, self.line, attributes.get("Ccy", "").strip().upper()))

    def _text(self, text: str) -> None:
        self.parts.append(text)

    def _close(self, _: str) -> None:
        node, (held, made) = self.stack.pop(), self.marks.pop()
        if not node.children and self.parts:
            node.text = texts.clean("".join(self.parts))
        self.parts = []
        tell = self.closed.get(node.name)
        if tell is not None:
            node.made = self.made[made:]
            self.held, self.made[made:] = held, [tell(node)]
        elif self.stack:
            self.stack[-1].children.append(node)
