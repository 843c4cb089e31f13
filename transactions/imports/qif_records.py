"""The records of a QIF file: fields of one letter each, until a `^`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from transactions.imports import amounts, texts
from transactions.imports.statement import Options, UnreadableFile

_KINDS = {
    "bank": "checking", "ccard": "credit_card", "cash": "cash", "oth a": "asset",
    "oth l": "liability", "invst": "investment", "port": "investment",
}  # fmt: skip
#: Lists of Quicken beside the accounts, which hold no money.
_LISTS = frozenset("cat class memorized security prices budget invitem template tag".split())
MAX_SPLITS = 1000
#: What a record may say only once: another one of it belongs to another record.
_ONCE = "DTU"


@dataclass(slots=True)
class Record:
    """What stands between two `^`: its fields by their letter, each with its line."""

    line: int
    fields: dict[str, tuple[str, int]] = field(default_factory=dict)
    splits: list[dict[str, tuple[str, int]]] = field(default_factory=list)

    def add(self, letter: str, text: str, line: int) -> None:
        """Take in a field of the file.

        :raises UnreadableFile: if it belongs to another record, or there are too many.
        """
        if letter == "S" or (letter in "$%" and self.splits and letter in self.splits[-1]):
            if len(self.splits) >= MAX_SPLITS:
                raise UnreadableFile(f"There are more than {MAX_SPLITS} parts of a split.", line)
            self.splits.append({})
        if letter in "SE%" or (letter == "$" and self.splits):
            if self.splits:
                self.splits[-1][letter] = (text, line)
        elif letter in _ONCE and letter in self.fields:
            sentence = f"There is a second {letter} in one transaction; the ^ between is missing."
            raise UnreadableFile(sentence, line)
        elif letter in "PM" and letter in self.fields:
            before, first = self.fields[letter]
            if len(before) < texts.LONGEST:
                self.fields[letter] = (f"{before} {text}", first)
        else:
            self.fields[letter] = (text, line)

    def text(self, letter: str) -> str:
        """Return a field's text in one line; empty where there is none."""
        found = self.fields.get(letter)
        return texts.clean(found[0]) if found else ""

    def amount(self, comma: bool | None) -> Decimal:
        """Return what the record moves: T, which U says again.

        :raises UnreadableFile: if both differ, or there is none.
        """
        found = self.read("T", comma)
        again = self.read("U", comma)
        moved = again if found is None else found
        if moved is None:
            raise UnreadableFile("The transaction has no amount (T).", self.line)
        if again is not None and again != moved:
            sentence = f"The amount is {moved} by T and {again} by U."
            raise UnreadableFile(sentence, self.fields["U"][1])
        return moved

    def read(self, letter: str, comma: bool | None) -> Decimal | None:
        """Return the amount under a letter; None where there is none."""
        return _read(self.fields.get(letter), f"The amount ({letter})", comma)

    def category(self, moved: Decimal, comma: bool | None) -> str:
        """Return its category, without Quicken's class behind it; a split has one if all parts do.

        :raises UnreadableFile: if the parts of a split do not add up to what it moves.
        """
        if not self.splits:
            return _without_class(self.text("L"))
        parts = [_read(one.get("$"), "The part ($)", comma) for one in self.splits]
        listed = [part for part in parts if part is not None]
        if listed and sum(listed) != moved:
            sentence = f"The parts of the split add up to {sum(listed)}, not to {moved}."
            raise UnreadableFile(sentence, self.line)
        names = {_without_class(texts.clean(one.get("S", ("", 0))[0])) for one in self.splits}
        return names.pop() if len(names) == 1 else ""


def _read(found: tuple[str, int] | None, name: str, comma: bool | None) -> Decimal | None:
    if found is None or not found[0].strip():
        return None
    try:
        return amounts.amount(found[0], name, found[1], comma)
    except amounts.Doubtful:
        raise amounts.doubtful(found[0].strip(), name, found[1]) from None


def _without_class(category: str) -> str:
    return category if category.startswith("[") else category.partition("/")[0].strip()


@dataclass(slots=True)
class Account:
    """An account of the file, with the records under it."""

    name: str
    kind: str
    records: list[Record] = field(default_factory=list)


def decimal_comma(records: Iterable[Record], options: Options) -> bool | None:
    """Return whether the amounts of these records have a decimal comma; None if nothing tells."""
    marks = {
        amounts.decimal_mark(record.fields[letter][0])
        for record in records
        for letter in "TU"
        if letter in record.fields
    }
    return amounts.comma_is_decimal(marks, options.decimal_comma)


def accounts(text: str) -> list[Account]:
    """Return the accounts of a file that have transactions, in its order.

    :raises UnreadableFile: if a line is none of QIF, or the file ends within a transaction.
    """
    found: list[Account] = []
    section, name, record = "", "", None
    for number, line in texts.lines(text):
        stripped = line.strip()
        if stripped.startswith("!"):
            if record is not None:
                raise UnreadableFile("A section begins within a transaction: ^ is missing.", number)
            section = _section(stripped, number)
            if section in _KINDS:
                texts.refuse_statements(len(found) + 1, number)
                found.append(Account(name, _KINDS[section]))
        elif stripped.startswith("^"):
            if record is not None and section == "account":
                name = record.text("N")[:64]
            elif record is not None and section in _KINDS:
                found[-1].records.append(record)
            record = None
        elif stripped:
            record = record or Record(number)
            if not section:
                raise UnreadableFile("There is no header such as !Type:Bank before this.", number)
            record.add(line.lstrip()[0].upper(), line.lstrip()[1:], number)
    if record is not None and section in _KINDS:
        if not text.endswith("\n"):
            raise UnreadableFile("The file ends within a transaction; it is not complete.", number)
        found[-1].records.append(record)
    return _together(found)


def _section(line: str, number: int) -> str:
    """Return what a header begins: a kind of account, "account", or "" for what holds no money."""
    head, _, kind = line[1:].lower().partition(":")
    kind = " ".join(kind.split())
    if head.strip() == "type" and kind in _KINDS:
        return kind
    if head.strip() in ("account", "option", "clear") or kind in _LISTS:
        return head.strip() if head.strip() == "account" else "list"
    raise UnreadableFile(f"“{line[:40]}” is not a section that can be read.", number)


def _together(found: Iterable[Account]) -> list[Account]:
    """Return the accounts, those of one name and kind as one."""
    named: dict[tuple[str, str], Account] = {}
    for one in found:
        if one.records:
            named.setdefault((one.name, one.kind), Account(one.name, one.kind))
            named[one.name, one.kind].records += one.records
    return list(named.values())
