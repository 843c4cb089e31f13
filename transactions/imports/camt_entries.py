"""Entries of CAMT statements, and the payments in them, as lines."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from transactions.imports import amounts, texts
from transactions.imports.camt_xml import Node
from transactions.imports.dates import calendar_day
from transactions.imports.statement import StatementLine, UnreadableFile

#: What banks write where there is no reference.
_NONE = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "NONE", "N/A", "0"))
#: Where a payment's amount is; the sum of them decides whether it is the account's.
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
_IDS = ("Refs/AcctSvcrRef", "Refs/TxId", "Refs/EndToEndId", "Refs/InstrId")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.]{2,20})?(?:Z|[+-][0-9:]{2,6})?")
_EXPECTED = ("PDNG", "FUTR")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment in an entry (TxDtls): an unsigned amount where it has one, `sign` where it says."""

    amount: Decimal | None
    sign: str
    currency: str
    ids: tuple[str, ...]
    parties: Mapping[str, str]
    purpose: str
    further: str
    check_number: str


def amount(node: Node, sign: str) -> Decimal:
    """Return the amount in an <Amt>, signed as the account's owner sees it.

    :raises UnreadableFile: if it is no amount, or CRDT or DBIT is missing.
    """
    if sign not in ("CRDT", "DBIT"):
        sentence = f"Whether the amount is a credit or a debit is not told: “{sign[:20]}”."
        raise UnreadableFile(sentence, node.line)
    found = amounts.amount(node.text, "The amount (Amt)", node.line, comma=False)
    if "," in node.text or node.text.startswith(("-", "+", "(")):
        raise UnreadableFile(f"The amount (Amt) is no plain number: “{node.text[:40]}”.", node.line)
    return found if sign == "CRDT" else -found


def day(node: Node | None) -> date | None:
    """Return the day in an element, or in <Dt> or <DtTm> below it, as it is written there.

    :raises UnreadableFile: if it is none.
    """
    text = (node.value("Dt", "DtTm") or node.text) if node else ""
    if not text or node is None:
        return None
    match = _DAY.fullmatch(text)
    found = calendar_day(int(match[1]), int(match[2]), int(match[3])) if match else None
    if found is None:
        raise UnreadableFile(f"{node.name} is not a date: “{text[:40]}”.", node.line)
    return found


def payment(node: Node) -> Payment:
    """Return what a payment in an entry says."""
    said = next((one for path in _AMOUNTS if (one := node.at(path)) is not None and one.text), None)
    return Payment(
        amount=amount(said, "CRDT") if said else None,
        sign=node.value("CdtDbtInd"),
        currency=said.currency if said else "",
        ids=tuple(id for path in _IDS if (id := _id(node.value(path)))),
        parties={"DBIT": _name(node, "Cdtr"), "CRDT": _name(node, "Dbtr")},
        purpose=_purpose(node),
        further=node.value("AddtlTxInf"),
        check_number=node.value("Refs/ChqNb")[:20],
    )


def _id(text: str) -> str:
    return "" if text.upper() in _NONE else text[:200]


def _name(node: Node, role: str) -> str:
    """Return the name of a party: directly there, or under Pty since version 8."""
    parties = node.at("RltdPties")
    if parties is None:
        return ""
    return parties.value(f"{role}/Nm", f"{role}/Pty/Nm", f"Ultmt{role}/Nm", f"Ultmt{role}/Pty/Nm")


def _purpose(node: Node) -> str:
    """Return what was written to the other party, and the references to bills."""
    about = node.at("RmtInf")
    if about is None:
        return ""
    said = " ".join(one.text for one in about.all("Ustrd") if one.text)
    structured = [one.text for name in ("Ref", "Nb") for one in about.all(name)]
    further = [one.text for one in about.all("AddtlRmtInf") if not one.text.startswith("?REJECT?")]
    return texts.joined(said, *structured, *further)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as lines, which the statement numbers, and the currency that it says it is in."""

    currency: str
    line: int
    lines: tuple[StatementLine, ...]


def entry(node: Node) -> Entry:
    """Return an entry: a line for each payment where all have amounts that sum to it, else one.

    :raises UnreadableFile: if it has no day, no amount, or is of an unknown status.
    """
    status = node.value("Sts/Cd", "Sts") or "BOOK"
    total, sign = node.at("Amt"), node.value("CdtDbtInd")
    if status == "INFO":
        # An entry for information is not booked, and never will be.
        return Entry("", node.line, ())
    if status not in ("BOOK", *_EXPECTED):
        raise UnreadableFile(f"The status of the entry is not known: “{status[:20]}”.", node.line)
    if total is None or not total.text:
        raise UnreadableFile("The entry has no amount (Amt).", node.line)
    whole = amount(total, sign)
    posted = day(node.at("BookgDt")) or day(node.at("ValDt"))
    if posted is None:
        raise UnreadableFile("The entry has no day (BookgDt or ValDt).", node.line)
    shared = _shared(node.made)
    found = tuple(
        StatementLine(
            number=1,
            date=posted,
            amount=moved,
            description=_description(node, paid, sign),
            external_id=_external_id(node, paid, shared),
            kind=_kind(node),
            check_number=paid.check_number if paid else "",
            is_pending=status in _EXPECTED,
            file_line=node.line,
        )
        for paid, moved in _parts(node.made, whole, sign, total.currency)
    )
    return Entry(total.currency, node.line, found)


def _parts(
    payments: Sequence[Payment], whole: Decimal, sign: str, currency: str
) -> list[tuple[Payment | None, Decimal]]:
    """Return the payments of an entry with what each moves, or the entry as one."""
    if len(payments) > 1 and all(one.amount is not None for one in payments):
        parts: list[tuple[Payment | None, Decimal]] = [
            (one, -one.amount if (one.sign or sign) == "DBIT" else one.amount)
            for one in payments
            if one.amount is not None and one.currency in ("", currency)
        ]
        if len(parts) == len(payments) and sum(moved for _, moved in parts) == whole:
            return parts
    return [(payments[0] if len(payments) == 1 else None, whole)]


def _shared(payments: Sequence[Payment]) -> set[str]:
    """Return the ids that several payments of an entry have, as those of one batch do."""
    counted = Counter(id for one in payments for id in one.ids)
    return {id for id, count in counted.items() if count > 1}


def _external_id(node: Node, found: Payment | None, shared: set[str]) -> str:
    """Return the bank's id of a line.

    An entry's is its own. A payment of a batch has one only where no other payment has it too, and
    the batch's in front of it, since an id that people give is unique in no other place.
    """
    own = _id(node.value("AcctSvcrRef"))
    if found is None or len(node.made) == 1:
        # NtryRef is often no more than a number within the statement.
        return own or (found.ids[0] if found and found.ids else "")
    id = next((one for one in found.ids if one not in shared), "")
    return f"{own[:100]}/{id[:120]}" if own and id else own or id


def _description(node: Node, found: Payment | None, sign: str) -> str:
    about = node.value("AddtlNtryInf")
    if found is None:
        return texts.joined(about)
    sign = found.sign or sign
    if node.value("RvslInd").lower() in ("true", "1"):
        # The sign is that of the reversal; the parties are those of what it takes back.
        sign = "CRDT" if sign == "DBIT" else "DBIT"
    said = texts.joined(found.parties.get(sign, ""), found.purpose)
    return said or texts.joined(found.further, about)


def _kind(node: Node) -> str:
    codes = [node.value(f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "-".join(code for code in codes if code).lower()[:20]
