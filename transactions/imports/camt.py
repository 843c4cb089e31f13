"""Read CAMT.053 and CAMT.052, the statements of ISO 20022, in all their versions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from buffet.money import CURRENCIES
from transactions.imports import camt_entries, camt_xml, joining, texts
from transactions.imports.camt_entries import Entry, Payment
from transactions.imports.camt_xml import Node
from transactions.imports.statement import (
    NO_OPTIONS,
    Options,
    Statement,
    UnreadableFile,
)

_HEAD = re.compile(r"BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)|:camt\.05[234]\.")
#: Balances that a statement opens with, closes with, and what is available then; best first. An
#: interim one closes a report of the day, or a page.
_OPENING, _CLOSING, _AVAILABLE = ("OPBD", "PRCD"), ("CLBD", "ITBD"), ("CLAV", "ITAV")
MAX_PAYMENTS = 5_000


def recognises(head: str) -> bool:
    """Say whether a file with this beginning is CAMT."""
    return head.startswith("<") and _HEAD.search(head) is not None


def read(content: bytes, options: Options = NO_OPTIONS) -> tuple[Statement, ...]:
    """Return the statements of a file, one for each account, its days and pages joined.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    reader = _Reader()
    camt_xml.read(content, reader.closed)
    if not reader.statements:
        raise UnreadableFile("There is no statement in this CAMT file.")
    return joining.joined(reader.statements)


class _Reader:
    """Makes a statement of its entries when it closes."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.seen: dict[str, set[Statement]] = {}
        self.payments = self.told = 0
        self.closed = {
            "TxDtls": self._payment,
            "Ntry": self._entry,
            "Stmt": self._statement,
            "Rpt": self._statement,
            "Ntfctn": _notification,
        }

    def _payment(self, node: Node) -> Payment:
        self.payments += 1
        if self.payments > MAX_PAYMENTS:
            sentence = f"The entry has more than {MAX_PAYMENTS} payments."
            raise UnreadableFile(sentence, node.line)
        return camt_entries.payment(node)

    def _entry(self, node: Node) -> Entry:
        self.payments = 0
        return camt_entries.entry(node)

    def _statement(self, node: Node) -> None:
        self.told += 1
        texts.refuse_statements(self.told, node.line)
        statement = _statement(node)
        # The same statement may be in a file twice, and is one.
        bare = replace(statement, lines=tuple(replace(one, file_line=0) for one in statement.lines))
        seen = self.seen.setdefault(node.value("Id"), set())
        if bare not in seen:
            self.statements.append(statement)
        seen.add(bare)


def _notification(node: Node) -> None:
    sentence = "This is a notification (CAMT.054); its payments come again in a statement."
    raise UnreadableFile(sentence, node.line)


def _statement(node: Node) -> Statement:
    account = node.at("Acct") or Node("Acct", node.line)
    balances = [_Balance.of(one) for one in node.children if one.name == "Bal"]
    currency = account.value("Ccy").upper() or next((one.currency for one in balances), "")
    entries: Sequence[Entry] = [one for one in node.made if isinstance(one, Entry)]
    currency = currency or next((one.currency for one in entries), "")
    if currency and currency not in CURRENCIES:
        raise UnreadableFile(f"The currency is not known: “{currency[:20]}”.", account.line)
    for one in entries:
        if one.currency not in ("", currency):
            sentence = f"The entry is in {one.currency[:5]}, the account in {currency}."
            raise UnreadableFile(sentence, one.line)
    known = [one for one in balances if one.currency in ("", currency)]
    opening = _chosen(known, _OPENING, is_first=True)
    closing = _chosen(known, _CLOSING, is_first=False)
    available = _chosen(known, _AVAILABLE, is_first=False)
    listed = joining.told_apart(line for one in entries for line in one.lines)
    lines = tuple(replace(line, number=number) for number, line in enumerate(listed, 1))
    period = node.at("FrToDt")
    starts_on = camt_entries.day(period.at("FrDtTm") or period.at("FrDt")) if period else None
    ends_on = camt_entries.day(period.at("ToDtTm") or period.at("ToDt")) if period else None
    days = [line.date for line in lines]
    return Statement(
        account_number=account.value("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id")[:64],
        bank_id=account.value("Svcr/FinInstnId/BICFI", "Svcr/FinInstnId/BIC")[:64],
        account_kind="",
        currency=currency,
        lines=lines,
        starts_on=starts_on or min(days, default=None),
        ends_on=ends_on or max(days, default=None),
        closing_balance=closing.amount if closing else None,
        closing_on=closing.on if closing else None,
        available_balance=available.amount if available else None,
        opening_balance=opening.amount if opening else None,
        opening_on=opening.on if opening else None,
        bank_name=account.value("Svcr/FinInstnId/Nm")[:100],
    )


@dataclass(frozen=True, slots=True)
class _Balance:
    code: str
    on: date | None
    currency: str
    amount: Decimal

    @classmethod
    def of(cls, node: Node) -> "_Balance":
        found = node.at("Amt")
        if found is None:
            raise UnreadableFile("A balance has no amount (Amt).", node.line)
        return cls(
            code=node.value("Tp/CdOrPrtry/Cd", "Tp/Cd", "Tp/CdOrPrtry/Prtry"),
            on=camt_entries.day(node.at("Dt")),
            currency=found.currency,
            amount=camt_entries.amount(found, node.value("CdtDbtInd")),
        )


def _chosen(
    balances: Sequence[_Balance], codes: Sequence[str], *, is_first: bool
) -> _Balance | None:
    """Return the balance of the first of these codes that there is, of the first or last day.

    Two that differ on that day, as of the pages of a statement, are in their order.
    """
    for code in codes:
        found = [one for one in balances if one.code == code]
        if found:
            ordered = sorted(found, key=lambda one: one.on or date.min)
            return ordered[0] if is_first else ordered[-1]
    return None
