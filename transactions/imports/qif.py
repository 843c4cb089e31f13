"""Read QIF: the accounts of Quicken, and what banks still send in its format."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from transactions.imports import dates, qif_investments, texts
from transactions.imports.qif_records import Account, Record, accounts, decimal_comma
from transactions.imports.statement import (
    NO_OPTIONS,
    Options,
    Statement,
    StatementLine,
    UnreadableFile,
)

_HEAD = re.compile(r"!(?:type|account|option|clear)\b", re.IGNORECASE)
_OPENING = re.compile(r"(?:opening|starting) balance|saldo inicial|anfangssaldo", re.IGNORECASE)


def recognises(head: str) -> bool:
    """Say whether a file with this beginning is QIF."""
    return _HEAD.match(head) is not None


def read(content: bytes, options: Options = NO_OPTIONS) -> tuple[Statement, ...]:
    """Return the statements of a file, one for each account in it.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    text = texts.decode(content)
    texts.refuse_many(text.count("\n^"))
    found = accounts(text)
    if not found:
        raise UnreadableFile("There are no transactions of an account in this QIF file.")
    records = [record for account in found for record in account.records]
    comma = decimal_comma(records, options)
    for record in records:
        if "D" not in record.fields:
            raise UnreadableFile("The transaction has no date (D).", record.line)
    # One program wrote all accounts of a file, so that all its dates have one order.
    written = [record.fields["D"] for record in records]
    days = iter(dates.days(written, options, "The date (D)"))
    return tuple(_statement(account, days, comma) for account in found)


def _statement(account: Account, days: Iterator[date], comma: bool | None) -> Statement:
    """Return the statement of an account, and take the days of its records.

    An opening balance in it is one, not a movement; with it the lines lead to the closing balance.
    """
    dated = [(record, next(days)) for record in account.records]
    opening = _opening(account, dated)
    lines = tuple(
        _line(record, day, number, comma, is_investment=account.kind == "investment")
        for number, (record, day) in enumerate((one for one in dated if one[0] is not opening), 1)
    )
    opened = opening.amount(comma) if opening else None
    total = sum((line.amount for line in lines), Decimal(0))
    ends_on = max((line.date for line in lines), default=None)
    return Statement(
        account_number=account.name,
        bank_id="",
        account_kind=account.kind,
        currency="",
        lines=lines,
        starts_on=min((line.date for line in lines), default=None),
        ends_on=ends_on,
        closing_balance=None if opened is None else opened + total,
        closing_on=None if opened is None else ends_on,
        opening_balance=opened,
        opening_on=next((day for record, day in dated if record is opening), None),
    )


def _opening(account: Account, dated: list[tuple[Record, date]]) -> Record | None:
    """Return the record that says what was on the account before all others, if there is one."""
    found = [
        (record, day)
        for record, day in dated
        if _OPENING.fullmatch(record.text("P")) and record.text("L")[:1] in ("", "[")
    ]
    if len(found) != 1 or account.kind == "investment" or len(dated) == 1:
        return None
    record, first = found[0]
    return record if all(first <= day for _, day in dated) else None


def _line(
    record: Record, day: date, number: int, comma: bool | None, *, is_investment: bool
) -> StatementLine:
    about = record.text("N")
    if is_investment:
        moved, text = qif_investments.moved(record, comma)
        kind, check, category = about.lower(), "", ""
    else:
        moved, text = record.amount(comma), record.text("P")
        category = record.category(moved, comma)
        kind, check = ("", about) if about.isdigit() else (about.lower(), "")
    return StatementLine(
        number=number,
        date=day,
        amount=moved,
        description=texts.joined(text, record.text("M")),
        kind=kind[:20],
        check_number=check[:20],
        file_line=record.line,
        category=category[:200],
        is_reconciled=_is_reconciled(record),
    )


def _is_reconciled(record: Record) -> bool:
    """Say whether a record is reconciled (X or R); * and C are cleared, as the bank's own are.

    :raises UnreadableFile: if its mark is none of these.
    """
    mark = record.text("C").upper()
    if mark not in ("", "*", "C", "X", "R"):
        sentence = f"The mark of a cleared transaction (C) is not known: “{mark[:20]}”."
        raise UnreadableFile(sentence, record.fields["C"][1])
    return mark in ("X", "R")
