"""Read MT940: SWIFT's statements, with and without its envelope, in the dialects of banks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from transactions.imports import joining, mt940_texts, texts
from transactions.imports.mt940_fields import Balance, read_balance, read_movement
from transactions.imports.statement import (
    NO_OPTIONS,
    Options,
    Statement,
    StatementLine,
    UnreadableFile,
)

_HEAD = re.compile(r"(?:\A|[\r\n\x00-\x1f]|\{4:)\s*:(?:20|940):")
_AND = re.compile(r"[\r\n]\s*:(?:25P?|28C?|60[FM]|61|21):")
#: Text may begin with a colon and digits as well, so that only tags that exist are tags.
_TAG = re.compile(r":(13D?|20|21|25P?|28C?|34F|60[FM]|61|62[FM]|64|65|86|90[CD]|940|NS):(.*)")
#: By the digits of their tags, what a statement has once: where another comes, it is of the next.
_ONCE = frozenset(("25", "28", "60", "62"))
#: What stands ahead of a statement's balances, and holds for those behind it in a message.
_AHEAD = frozenset(("20", "21", "25", "28"))
_ENVELOPE = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{4:|^-\}")


@dataclass(slots=True)
class _Field:
    tag: str
    text: str
    line: int


@dataclass(slots=True)
class _Message:
    """A message: one page of a statement; `firsts` has the first of its fields of each tag."""

    line: int
    fields: list[_Field] = field(default_factory=list)
    firsts: dict[str, _Field] = field(default_factory=dict)

    def add(self, found: _Field) -> None:
        self.fields.append(found)
        self.firsts.setdefault(found.tag[:2], found)

    def ends_before(self, found: _Field) -> bool:
        """Say whether the field is of another statement, though no reference (20) begins it."""
        group = found.tag[:2]
        first = self.firsts.get(group) if group in _ONCE else None
        if first is None:
            return False
        is_closed = "62" in self.firsts and group != "62"
        is_other = group != "28" and first.text.partition("\n")[0].strip() != found.text.strip()
        return is_closed or is_other

    def next(self, found: _Field) -> "_Message":
        """Return the message that the field begins, with what holds for it too."""
        message = _Message(found.line)
        for group, first in self.firsts.items():
            if group in _AHEAD and group < found.tag[:2]:
                message.add(first)
        return message

    def first(self, *tags: str) -> _Field | None:
        return next((one for one in self.fields if one.tag in tags), None)


def recognises(head: str) -> bool:
    """Say whether a file with this beginning is MT940."""
    return _HEAD.search(head) is not None and _AND.search(head) is not None


def read(content: bytes, options: Options = NO_OPTIONS) -> tuple[Statement, ...]:
    """Return the statements of a file, one for each account, its days and pages joined.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    seen = set()
    pages = []
    text = texts.decode(content)
    texts.refuse_many(text.count("\n:61:"))
    for count, message in enumerate(_messages(text), 1):
        texts.refuse_statements(count, message.line)
        # The same page may be in a file twice, and is one.
        said = hash(tuple((one.tag, one.text) for one in message.fields))
        if said not in seen:
            pages.append(_page(message))
        seen.add(said)
    if not pages:
        raise UnreadableFile("There is no statement in this MT940 file.")
    return joining.joined(pages)


def _messages(text: str) -> Iterator[_Message]:
    message: _Message | None = None
    for number, raw in texts.lines(text):
        line = _ENVELOPE.sub("", raw) if "{" in raw or raw.startswith("-}") else raw
        line = line.strip("\x01\x03 \x0c\x1a") if line[:1] in "\x01\x03 " else line
        match = _TAG.match(line)
        if match:
            if match[1] == "20" or message is None:
                if message is not None and message.first("25", "25P", "61"):
                    yield message
                message = _Message(number)
            found = _Field(match[1], match[2], number)
            if message.ends_before(found):
                yield message
                message = message.next(found)
            message.add(found)
        elif line.rstrip() in ("-", "--") or (raw.startswith("-}") and not line.strip()):
            if message is not None:
                yield message
            message = None
        elif message is not None and line.strip() and message.fields:
            last = message.fields[-1]
            last.text = f"{last.text}\n{line}"
            if len(last.text) > texts.LONGEST:
                sentence = f"The field {last.tag} is longer than {texts.LONGEST} characters."
                raise UnreadableFile(sentence, last.line)
    if message is not None:
        yield message


def _page(message: _Message) -> Statement:
    opened, closed = message.first("60F", "60M"), message.first("62F", "62M")
    if opened is None and message.first("34F", "13D", "90C", "90D"):
        sentence = "This is an interim report (MT942); its movements come again in a statement."
        raise UnreadableFile(sentence, message.line)
    if opened is None or closed is None:
        which = "opening balance (60F)" if opened is None else "closing balance (62F)"
        raise UnreadableFile(f"The statement has no {which}; it is not complete.", message.line)
    opening, closing = _balance(opened), _balance(closed)
    if opening.currency != closing.currency:
        sentence = f"The statement opens in {opening.currency} and closes in {closing.currency}."
        raise UnreadableFile(sentence, closed.line)
    available = message.first("64")
    bank, number = _account(message)
    lines = joining.told_apart(_lines(message))
    days = [line.date for line in lines]
    return Statement(
        account_number=number,
        bank_id=bank,
        account_kind="",
        currency=opening.currency,
        lines=lines,
        starts_on=min(days, default=opening.on),
        ends_on=closing.on or max(days, default=None),
        closing_balance=closing.amount,
        closing_on=closing.on,
        available_balance=_balance(available).amount if available else None,
        opening_balance=opening.amount,
        opening_on=opening.on,
    )


def _balance(found: _Field) -> Balance:
    return read_balance(found.text.partition("\n")[0], found.line)


def _account(message: _Message) -> tuple[str, str]:
    """Return bank and account: BLZ/number, an IBAN with its currency behind it, or a number."""
    found = message.first("25", "25P")
    text = texts.clean(found.text.partition("\n")[0]) if found else ""
    bank, slash, number = text.partition("/")
    if slash and bank and number:
        return bank[:64], number[:64]
    return "", re.sub(r"^([A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}?) ?[A-Z]{3}$", r"\1", text)[:64]


def _lines(message: _Message) -> Iterator[StatementLine]:
    """Yield the movements, each with what the fields behind it say about it."""
    told: list[tuple[_Field, list[str]]] = []
    is_near = False
    for found in message.fields:
        if found.tag == "61":
            told.append((found, []))
            is_near = True
        elif is_near and found.tag in ("86", "NS"):
            tell = mt940_texts.about if found.tag == "86" else mt940_texts.about_ns
            told[-1][1].append(tell(found.text))
        else:
            # Behind a balance, a field 86 is about the statement.
            is_near = False
    for number, (found, said) in enumerate(told, 1):
        movement = read_movement(found.text, found.line)
        yield StatementLine(
            number=number,
            date=movement.on,
            amount=movement.amount,
            description=texts.joined(*said, texts.clean(movement.further)),
            external_id=movement.reference[:240],
            kind=movement.kind[:20],
            is_pending=movement.is_pending,
            file_line=found.line,
        )
