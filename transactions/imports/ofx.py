"""Read OFX and QFX files, 1.x and 2.x: bank, card and the cash of investment statements."""

import re
from datetime import date
from decimal import Decimal

from buffet.money import CURRENCIES, MAX_INTEGER_DIGITS
from transactions.imports import markup
from transactions.imports.markup import Element
from transactions.imports.statement import (
    NO_OPTIONS,
    Options,
    Statement,
    StatementLine,
    UnreadableFile,
)

_HEAD = re.compile(r"<OFX>|\AOFXHEADER|<\?OFX\s", re.IGNORECASE)
_STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
# Local date and time: a zone behind it, as in [-5:EST], does not move the day.
_DATE = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:\d{2,6}(?:\.\d{1,6})?)?\s*(?:\[[^\]]{0,20}\]?)?", re.ASCII
)
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d*)?|[+-]?[.,]\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([., ])\d{3})+(?:([.,])\d+)?", re.ASCII)


def recognises(head: str) -> bool:
    """Say whether a file with this beginning is OFX."""
    return _HEAD.search(head) is not None


def read(content: bytes, options: Options = NO_OPTIONS) -> tuple[Statement, ...]:
    """Return the statements of a file, one for each account in it.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    root = markup.read(content)
    statements = tuple(_statement(found) for found in root.all(*_STATEMENTS))
    if not statements:
        raise UnreadableFile(_refusal(root))
    return statements


def _refusal(root: Element) -> str:
    """Return why there is no statement: what the bank said, where it said something."""
    for status in root.all("STATUS"):
        if status.value("SEVERITY").upper() == "ERROR":
            said = status.value("MESSAGE") or f"code {status.value('CODE')}"
            return f"The bank answered with an error instead of a statement: {said}."
    return "There is no statement of a bank account, card or investment account in this file."


def _statement(found: Element) -> Statement:
    account = next(found.all("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"), None)
    if account is None:
        raise UnreadableFile("The statement does not say which account it is about.", found.line)
    currency = found.value("CURDEF").upper()
    if currency not in CURRENCIES:
        raise UnreadableFile(f"The statement's currency is not known: “{currency}”.", found.line)
    listed = next(found.all("BANKTRANLIST", "INVTRANLIST"), None)
    if next(found.all("INVBUY", "INVSELL", "REINVEST", "TRANSFER"), None) is not None:
        sentence = "The statement has trades in securities, which are not read yet."
        raise UnreadableFile(sentence, found.line)
    rows = list(listed.all("STMTTRN")) if listed else []
    comma = _comma_is_decimal(rows, found)
    balance, available = next(found.all("LEDGERBAL"), None), next(found.all("AVAILBAL"), None)
    return Statement(
        account_number=account.value("ACCTID"),
        bank_id=account.value("BANKID", "BROKERID"),
        account_kind=_account_kind(found, account),
        currency=currency,
        lines=tuple(_line(row, number, comma) for number, row in enumerate(rows, 1)),
        starts_on=_day(listed, "DTSTART") if listed else None,
        ends_on=_day(listed, "DTEND") if listed else None,
        closing_balance=_amount(balance, "BALAMT", comma) if balance else None,
        closing_on=_day(balance, "DTASOF") if balance else None,
        available_balance=_amount(available, "BALAMT", comma) if available else None,
    )


def _account_kind(found: Element, account: Element) -> str:
    if found.name == "CCSTMTRS":
        return "credit_card"
    return "investment" if found.name == "INVSTMTRS" else account.value("ACCTTYPE").lower()


def _line(row: Element, number: int, comma: bool | None) -> StatementLine:
    posted = _day(row, "DTPOSTED")
    if posted is None:
        raise UnreadableFile("The transaction has no posting date (DTPOSTED).", row.line)
    if row.child("CURRENCY") is not None:
        sentence = "The transaction is in a currency of its own, which is not read yet."
        raise UnreadableFile(sentence, row.line)
    return StatementLine(
        number=number,
        date=posted,
        amount=_amount(row, "TRNAMT", comma),
        description=_description(row),
        external_id=row.value("FITID")[:255],
        kind=row.value("TRNTYPE").lower()[:20],
        check_number=row.value("CHECKNUM")[:20],
        user_date=_day(row, "DTUSER"),
    )


def _description(row: Element) -> str:
    """Return name and memo as one text; where one says the other again, it alone."""
    payee = row.child("PAYEE")
    name = row.value("NAME") or (payee.text or payee.value("NAME") if payee else "")
    memo = row.value("MEMO")
    if name.lower() in memo.lower():
        said = memo
    elif memo.lower() in name.lower():
        said = name
    else:
        said = f"{name} · {memo}"
    return said[:500].strip()


def _day(parent: Element, name: str) -> date | None:
    """Return the calendar day as it is written."""
    found = parent.child(name)
    if found is None or not found.text:
        return None
    match = _DATE.fullmatch(found.text)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2199:
        # Some banks write 00000000 where there is no date.
        if name != "DTPOSTED" and set(found.text[:8]) == {"0"}:
            return None
        raise UnreadableFile(f"{name} is not a date: “{found.text[:40]}”.", found.line)
    return day


def _amount(parent: Element, name: str, comma: bool | None) -> Decimal:
    found = parent.child(name)
    if found is None or not found.text:
        raise UnreadableFile(f"The amount ({name}) is missing.", parent.line)
    text = found.text.replace("−", "-")
    amount = _number(text, comma)
    if amount is None:
        raise UnreadableFile(f"{name} is not a plain amount: “{text[:40]}”.", found.line)
    if abs(amount) >= Decimal(10) ** MAX_INTEGER_DIGITS or -amount.as_tuple().exponent > 8:
        raise UnreadableFile(f"{name} has too many digits: “{text[:40]}”.", found.line)
    return amount


def _number(text: str, comma: bool | None) -> Decimal | None:
    """Return the number in `text`; None when it is none, or could be two."""
    if len(text) > 40:
        return None
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        group, mark = grouped[1], grouped[2]
        several = text.count(group) > 1
        if mark and mark != group:
            return Decimal(text.replace(group, "").replace(mark, "."))
        if mark is None and (several or group == " "):
            return Decimal(text.replace(group, ""))
        if mark is not None:
            return None
        # One mark and three digits: thousands or thousandths? The file's other amounts tell.
        if comma is None:
            return None
        decimal = "," if comma else "."
        return Decimal(text.replace(group, "." if group == decimal else ""))
    if not _PLAIN.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def _comma_is_decimal(rows: list[Element], found: Element) -> bool | None:
    """Return whether the file's amounts have a decimal comma; None when they do not tell.

    A mark followed by other than three digits is a decimal mark. The standard's own is the point:
    it holds when nothing speaks for a comma.
    """
    texts = [row.value("TRNAMT") for row in rows]
    texts += [one.value("BALAMT") for one in found.all("LEDGERBAL", "AVAILBAL")]
    commas = any(re.search(r",\d{1,2}$|,\d{4,}$", text, re.ASCII) for text in texts)
    points = any(re.search(r"\.\d{1,2}$|\.\d{4,}$", text, re.ASCII) for text in texts)
    return None if commas == points else commas
