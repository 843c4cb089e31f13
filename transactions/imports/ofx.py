"""Read OFX and QFX files, 1.x and 2.x: statements of banks, cards and investment accounts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from buffet.money import CURRENCIES
from transactions.imports import amounts, joining, markup, ofx_investments, texts
from transactions.imports.markup import Element
from transactions.imports.ofx_values import amount, day
from transactions.imports.statement import (
    NO_OPTIONS,
    Options,
    Statement,
    StatementLine,
    UnreadableFile,
)

_HEAD = re.compile(r"<(?:\w{1,20}:)?OFX[\s>]|\AOFXHEADER|<\?OFX\s", re.IGNORECASE)
#: Kinds of transactions that take money out, but for corrections of them.
_OUT = frozenset(("debit", "check", "fee", "srvchg", "directdebit", "atm"))
_IN = frozenset(("credit", "dep", "directdep"))
_DIRECTED = _OUT | _IN
_NOTHING = "There is no statement of a bank account, card or investment account in this file."


def recognises(head: str) -> bool:
    """Say whether a file with this beginning is OFX."""
    return _HEAD.search(head) is not None


def read(content: bytes, options: Options = NO_OPTIONS) -> tuple[Statement, ...]:
    """Return the statements of a file, one for each account in it, its months joined.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    reader = _Reader(options)
    markup.read(content, reader.closed)
    if not reader.statements:
        raise UnreadableFile(reader.error or _NOTHING)
    found = joining.once(reader.statements)
    named = (ofx_investments.named(one, reader.securities) for one in found)
    return joining.joined(named)


class _Reader:
    """Makes lines of transactions as they close, and a statement of them when it does."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.statements: list[Statement] = []
        self.securities: dict[str, str] = {}
        self.error = ""
        self.bank_name = ""
        self._begin()
        self.closed: dict[str, Callable[[Element], None]] = {
            "STMTTRN": self._posted,
            "STMTTRNP": self._pending,
            "STMTRS": self._statement,
            "CCSTMTRS": self._statement,
            "INVSTMTRS": self._statement,
            "INVPOS": self._position,
            "SECINFO": self._security,
            "STATUS": self._status,
            "FI": self._bank,
        } | dict.fromkeys(ofx_investments.ACTIONS, self._action)

    def _begin(self) -> None:
        self.lines: list[StatementLine] = []
        self.positions: list[Element] = []
        self.marks: set[str] = set()
        self.doubtful: list[tuple[int, Element]] = []

    def _status(self, found: Element) -> None:
        """Keep what the bank said, where it answered with an error."""
        if found.value("SEVERITY").upper() == "ERROR":
            said = found.value("MESSAGE") or f"code {found.value('CODE')}"
            self.error = f"The bank answered with an error instead of a statement: {said}."

    def _bank(self, found: Element) -> None:
        self.bank_name = found.value("ORG")

    def _security(self, found: Element) -> None:
        id = next((one.text for one in found.all("UNIQUEID")), "")
        self.securities[id] = found.value("SECNAME", "TICKER")

    def _position(self, found: Element) -> None:
        self.positions.append(found)

    def _action(self, found: Element) -> None:
        comma = self.options.decimal_comma
        self.lines.append(ofx_investments.line(found, len(self.lines) + 1, comma))

    def _posted(self, row: Element) -> None:
        self._line(row, "DTPOSTED")

    def _pending(self, row: Element) -> None:
        self._line(row, "DTTRAN" if row.value("DTTRAN") else "DTPOSTED", is_pending=True)

    def _line(self, row: Element, name: str, *, is_pending: bool = False) -> None:
        posted = day(row, name)
        if posted is None:
            raise UnreadableFile(f"The transaction has no posting date ({name}).", row.line)
        _refuse_what_is_unsure(row)
        found = row.child("TRNAMT")
        if found is None or not found.text:
            raise UnreadableFile("The amount (TRNAMT) is missing.", row.line)
        self.marks.add(amounts.decimal_mark(found.text))
        try:
            moved = amounts.amount(found.text, "TRNAMT", found.line)
        except amounts.Doubtful:
            moved = Decimal(0)
            self.doubtful.append((len(self.lines), found))
        self.lines.append(
            StatementLine(
                number=len(self.lines) + 1,
                date=posted,
                amount=moved,
                description=_description(row),
                external_id=row.value("FITID")[:255],
                kind=row.value("TRNTYPE").lower()[:20],
                check_number=row.value("CHECKNUM")[:20],
                user_date=day(row, "DTUSER"),
                is_pending=is_pending,
                file_line=row.line,
            )
        )

    def _statement(self, found: Element) -> None:
        texts.refuse_statements(len(self.statements) + 1, found.line)
        currency = found.value("CURDEF").upper()
        if currency and currency not in CURRENCIES:
            sentence = f"The statement's currency is not known: “{currency[:20]}”."
            raise UnreadableFile(sentence, found.line)
        account = next(found.all("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"), None)
        account = account or Element("", found.line)
        balance, available = next(found.all("LEDGERBAL"), None), next(found.all("AVAILBAL"), None)
        said = [one.value("BALAMT") for one in (balance, available) if one]
        self.marks.update(amounts.decimal_mark(text) for text in said)
        comma = amounts.comma_is_decimal(self.marks, self.options.decimal_comma)
        for place, element in self.doubtful:
            moved = amount(element, comma) or Decimal(0)
            self.lines[place] = replace(self.lines[place], amount=moved)
        closing = amount(balance and balance.child("BALAMT"), comma)
        closing_on = day(balance, "DTASOF")
        if found.name == "INVSTMTRS" and closing is None:
            closing, closing_on = ofx_investments.value(found, self.positions, currency, comma)
        _refuse_unsigned(self.lines)
        _refuse_contradictions(self.lines)
        lists = list(found.all("BANKTRANLIST", "INVTRANLIST"))
        starts = [start for one in lists if (start := day(one, "DTSTART"))]
        ends = [end for one in lists if (end := day(one, "DTEND"))]
        self.statements.append(
            Statement(
                account_number=account.value("ACCTID"),
                bank_id=account.value("BANKID", "BROKERID"),
                account_kind=_account_kind(found, account),
                currency=currency,
                lines=tuple(self.lines),
                starts_on=min(starts, default=None),
                ends_on=max(ends, default=None),
                closing_balance=closing,
                closing_on=closing_on,
                available_balance=amount(available and available.child("BALAMT"), comma),
                bank_name=self.bank_name[:100],
            )
        )
        self._begin()


def _refuse_unsigned(lines: Sequence[StatementLine]) -> None:
    """Refuse debits that are positive where nothing is negative: they may be money in, or out.

    :raises UnreadableFile: naming the first of them.
    """
    out = next((one for one in lines if one.kind in _OUT and one.amount > 0), None)
    if out is not None and all(one.amount >= 0 for one in lines):
        sentence = (
            f"The transaction is a {out.kind.upper()} of {out.amount}, and nothing in the "
            "statement is negative: whether it is money in or out is not sure."
        )
        raise UnreadableFile(sentence, out.file_line)


def _refuse_contradictions(lines: Sequence[StatementLine]) -> None:
    """Refuse debits that are positive and credits that are negative, where no line agrees.

    One of them alone may be a correction, and so may all that are of one kind.

    :raises UnreadableFile: naming the first of them.
    """
    told = [one for one in lines if one.amount and one.kind in _DIRECTED]
    is_against = all((one.kind in _OUT) == (one.amount > 0) for one in told)
    if is_against and len({one.amount > 0 for one in told}) > 1:
        first = told[0]
        sentence = (
            f"The transaction is a {first.kind.upper()} of {first.amount}, and all signs in the "
            "statement contradict the types: whether it is money in or out is not sure."
        )
        raise UnreadableFile(sentence, first.file_line)


def _account_kind(found: Element, account: Element) -> str:
    if found.name == "CCSTMTRS":
        return "credit_card"
    return "investment" if found.name == "INVSTMTRS" else account.value("ACCTTYPE").lower()


def _refuse_what_is_unsure(row: Element) -> None:
    for child in row.children:
        # What the bank converted itself is in ORIGCURRENCY; such a row is in the account's.
        if child.name == "CURRENCY":
            sentence = "The transaction is in a currency of its own (CURRENCY), which is not read."
            raise UnreadableFile(sentence, child.line)
        if child.name == "CORRECTFITID" and child.text:
            sentence = "The transaction replaces another one (CORRECTFITID), which is not read."
            raise UnreadableFile(sentence, child.line)
    if len({child.text for child in row.children if child.name == "TRNAMT"}) > 1:
        raise UnreadableFile("The transaction has two amounts (TRNAMT).", row.line)


def _description(row: Element) -> str:
    """Return name and memo as one text; where one says the other again, it alone."""
    payee = row.child("PAYEE")
    name = row.value("NAME") or (payee.text or payee.value("NAME") if payee else "")
    return texts.joined(name, row.value("EXTDNAME"), row.value("MEMO"))
