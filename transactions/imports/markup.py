"""OFX markup, SGML (1.x) or XML (2.x), as banks really write it, as elements.

Neither an XML nor an SGML parser reads what banks send: values without closing tags, closing tags
of other names, a bare `&`, a header that names the wrong encoding. What matters is little: an
element opens; it has a value or elements of its own; an aggregate closes by its name.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from transactions.imports import limits, texts
from transactions.imports.statement import UnreadableFile

MAX_DEPTH = 64
#: How many elements are held at once, those of transactions that are done with not counted.
MAX_ELEMENTS = 50_000
_TAG = re.compile(
    r"<(/?)(?:[A-Za-z0-9_-]{1,20}:)?([A-Za-z0-9_.-]{1,64})"
    r"(?:\s{1,9}[\w:.-]{1,64}=(?:\"[^\"<>]{0,500}\"|'[^'<>]{0,500}')){0,8}+\s{0,99}+(/?)>"
)
_FIELD = re.compile(r"<(/?)([A-Z0-9.]*)>([^<]*)")
_CDATA, _COMMENT = ("<![CDATA[", "]]>"), ("<!--", "-->")
#: How many elements that are no movements somebody is told of.
MOST_TOLD = 20_000
_LONGEST = texts.LONGEST
_START = re.compile(r"<(?:[A-Za-z0-9_-]{1,20}:)?OFX(?:\s[^<>]{0,500})?>", re.IGNORECASE)
#: What never has elements of its own, even where it is empty and not closed.
_VALUES = frozenset(
    """
    TRNTYPE DTPOSTED DTUSER DTAVAIL DTTRAN TRNAMT FITID CORRECTFITID CORRECTACTION SRVRTID CHECKNUM
    REFNUM SIC PAYEEID NAME EXTDNAME MEMO CURDEF BANKID BRANCHID ACCTID ACCTTYPE ACCTKEY BROKERID
    DTSTART DTEND DTASOF BALAMT CURSYM CURRATE CODE SEVERITY MESSAGE TRNUID DTTRADE DTSETTLE UNITS
    UNITPRICE COMMISSION FEES LOAD TAXES TOTAL UNIQUEID MKTVAL AVAILCASH
    """.split()
)


@dataclass(slots=True)
class Element:
    """An element with its line in the file; `text` is empty where it has elements of its own."""

    name: str
    line: int
    text: str = ""
    children: "list[Element]" = field(default_factory=list)

    def child(self, name: str) -> "Element | None":
        """Return the first child of a name."""
        for one in self.children:
            if one.name == name:
                return one
        return None

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


def read(content: bytes, closed: Mapping[str, Callable[[Element], None]]) -> None:
    """Go through the <OFX> elements of a file; who is in `closed` is called with an element of its
    name once it is complete, and it is forgotten then.

    :raises UnreadableFile: if there is none, or one does not end.
    """
    text = texts.decode(content)
    limits.refuse_comments(text.count(_COMMENT[0]), text.count(_CDATA[0]))
    text = texts.replaced(text, *_COMMENT, lambda inner: "\n" * inner.count("\n"))
    start = _START.search(text)
    if start is None:
        raise UnreadableFile("There is no <OFX> element; this is not an OFX file.")
    limits.refuse_large(text)
    # In CDATA there are no tags; places stay the same.
    tags = texts.replaced(text, *_CDATA, lambda inner: " " * (len(inner) + len("<![CDATA[]]>")))
    aggregates = (limits.closed_names(text) - _VALUES) | set(closed)
    line, counted, documents = 1, 0, 0
    while start is not None:
        documents += 1
        limits.refuse_documents(documents, line)
        line += text.count("\n", counted, start.start())
        counted = start.start()
        end = _Document(text, closed, aggregates).read(tags, start.end(), line)
        start = _START.search(tags, end)


class _Document:
    """An <OFX> element as it is read."""

    def __init__(
        self,
        text: str,
        closed: Mapping[str, Callable[[Element], None]],
        aggregates: Set[str],
    ) -> None:
        self.text, self.closed = text, closed
        #: What has elements of its own: what is closed somewhere, or is waited for.
        self.aggregates = aggregates
        self.stack: list[Element] = []
        #: How many elements are held, and how many were when those on the stack opened.
        self.held, self.marks = 0, [0]
        #: How many closing tags closed nothing, and of how many elements somebody was told.
        self.slips = self.told = 0

    def read(self, tags: str, begin: int, line: int) -> int:
        """Read what stands behind the opening tag, and return where it ends.

        `tags` is the text without what looks like tags and is none.
        """
        stack = self.stack = [Element("OFX", line)]
        position = counted = begin
        is_plain = tags is self.text
        while (tag := _TAG.search(tags, position)) is not None:
            start = tag.start()
            if position != start:
                self._give_text(self.text[position:start])
            line += self.text.count("\n", counted, start)
            counted, position = start, tag.end()
            closing, name, empty = tag.groups()
            name = name.upper()
            if closing:
                if self._close(name):
                    return position
                continue
            self._open(name, line)
            if empty:
                self._pop(len(stack) - 1)
            elif name == "STMTTRN" and is_plain:
                position += self._give_fields(tags, position, line)
        raise UnreadableFile("The file ends before </OFX>; it is not complete.", line)

    def _open(self, name: str, line: int) -> None:
        stack = self.stack
        # A value has no elements: its missing closing tag ends where the next element begins.
        if len(stack) > 1 and (stack[-1].text or stack[-1].name not in self.aggregates):
            self._pop(len(stack) - 1)
        # No element stands within one of its name: the closing tag of that was forgotten.
        if name in self.aggregates:
            for index in range(len(stack) - 1, 0, -1):
                if stack[index].name == name:
                    self._pop(index)
                    break
        if len(stack) >= MAX_DEPTH:
            raise UnreadableFile("The elements are nested too deep.", line)
        self.marks.append(self.held)
        self.held += 1
        if self.held > MAX_ELEMENTS:
            sentence = f"There are more than {MAX_ELEMENTS} elements that are no transactions."
            raise UnreadableFile(sentence, line)
        stack.append(Element(name, line))

    def _give_fields(self, tags: str, begin: int, line: int) -> int:
        """Give an element the values up to its end at once, if it has nothing but plain values.

        Return how long they are; 0 if there is anything else, so that it is read as all is.
        """
        part = tags[begin : max(tags.find("</STMTTRN>", begin, begin + _LONGEST), begin)]
        fields = _FIELD.findall(part)
        if len(fields) != part.count("<") or part.lstrip()[:1] != "<":
            return 0
        line += part.count("\n", 0, part.index("<"))
        found = []
        for closing, name, text in fields:
            if name not in _VALUES:
                return 0
            if not closing:
                found.append(Element(name, line, texts.unescaped(text)))
            if "\n" in text:
                line += text.count("\n")
        self.stack[-1].children = found
        return len(part)

    def _close(self, name: str) -> bool:
        """Close the element of this name; return whether it was the last.

        A closing tag that nobody opened is a bank's slip behind a value: it closes that value.
        """
        stack = self.stack
        for index in range(len(stack) - 1, -1, -1):
            if stack[index].name == name:
                # Whatever is open inside an aggregate are values without closing tags, or empty.
                self._pop(index)
                return not stack
        if len(stack) > 1 and stack[-1].text:
            self._pop(len(stack) - 1)
            return False
        self.slips += 1
        if self.slips > MAX_ELEMENTS:
            sentence = f"More than {MAX_ELEMENTS} closing tags close nothing."
            raise UnreadableFile(sentence, stack[-1].line)
        return False

    def _pop(self, down_to: int) -> None:
        """Close the elements from the innermost to that one."""
        stack = self.stack
        while len(stack) > down_to:
            element, mark = stack.pop(), self.marks.pop()
            tell = self.closed.get(element.name)
            if tell is not None:
                self.held = mark
                self.told += element.name != "STMTTRN"
                if self.told > MOST_TOLD:
                    sentence = f"There are more than {MOST_TOLD} elements that are no movements."
                    raise UnreadableFile(sentence, element.line)
                tell(element)
            elif stack:
                stack[-1].children.append(element)

    def _give_text(self, raw: str) -> None:
        element = self.stack[-1]
        if element.children or raw.isspace():
            return
        if len(raw) > _LONGEST:
            sentence = f"The value of {element.name} is longer than {_LONGEST} characters."
            raise UnreadableFile(sentence, element.line)
        raw = texts.replaced(raw, *_CDATA, lambda inner: html.escape(inner, quote=False))
        element.text = texts.unescaped(raw)
