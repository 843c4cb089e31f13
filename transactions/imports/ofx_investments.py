"""What the movements of an investment statement do to an account that holds cash and securities.

Such an account has one balance: what its cash and its securities are worth. A trade changes one
into the other within the account, at the price of the day, so that it moves nothing but what it
cost: commission, fees, taxes. Dividends and interest come in, expenses go out, and a reinvested
dividend is one that came in. Gains of prices are no movements; valuations tell them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from transactions.imports import texts
from transactions.imports.markup import Element
from transactions.imports.ofx_values import amount, day
from transactions.imports.statement import Statement, StatementLine, UnreadableFile

_BOUGHT = ("BUYDEBT", "BUYMF", "BUYOPT", "BUYOTHER", "BUYSTOCK")
_SOLD = ("SELLDEBT", "SELLMF", "SELLOPT", "SELLOTHER", "SELLSTOCK")
#: Between cash and securities, or between parts of the account: nothing comes in or goes out.
_WITHIN = ("CLOSUREOPT", "JRNLFUND", "JRNLSEC", "RETOFCAP", "SPLIT")
_PAID = ("INVEXPENSE", "MARGININTEREST")
ACTIONS = (*_BOUGHT, *_SOLD, *_WITHIN, *_PAID, "INCOME", "REINVEST", "TRANSFER")
_COSTS = ("COMMISSION", "TAXES", "FEES", "LOAD", "PENALTY", "WITHHOLDING", "STATEWITHHOLDING")
_WORDS = {
    "INCOME": "Income", "REINVEST": "Reinvest", "SPLIT": "Split",
    "INVEXPENSE": "Expense", "MARGININTEREST": "Margin interest", "RETOFCAP": "Return of capital",
    "CLOSUREOPT": "Option closed", "JRNLFUND": "Cash moved", "JRNLSEC": "Securities moved",
}  # fmt: skip


def line(found: Element, number: int, comma: bool | None) -> StatementLine:
    """Return what an action moves into or out of the account, which may be nothing.

    :raises UnreadableFile: if it cannot be told for sure.
    """
    _refuse_what_is_unsure(found)
    details = next(found.all("INVTRAN"), None) or Element("", found.line)
    traded = day(details, "DTTRADE")
    if traded is None:
        raise UnreadableFile(f"{found.name} has no day (DTTRADE).", found.line)
    return StatementLine(
        number=number,
        date=traded,
        amount=_moved(found, comma),
        description=_described(found, details),
        external_id=details.value("FITID")[:255],
        kind=found.name.lower()[:20],
        file_line=found.line,
    )


def _refuse_what_is_unsure(found: Element) -> None:
    if found.name == "TRANSFER":
        sentence = "Securities came from or went to another account (TRANSFER), at no known value."
        raise UnreadableFile(sentence, found.line)
    for one in found.all("CURRENCY", "REVERSALFITID", "INV401KSOURCE"):
        if one.name == "INV401KSOURCE" and not found.name.startswith(("BUY", "SELL")):
            continue
        if one.text or one.children:
            sentence = f"{found.name} has {one.name}, so that what it moves is not sure."
            raise UnreadableFile(sentence, one.line)


def _moved(found: Element, comma: bool | None) -> Decimal:
    if found.name in _WITHIN:
        return Decimal(0)
    costs = Decimal(0)
    for one in found.all(*_COSTS):
        cost = amount(one, comma) or Decimal(0)
        if cost < 0 or (cost and found.name in ("INCOME", *_PAID)):
            # Whether TOTAL has it already differs from bank to bank.
            sentence = f"{found.name} has {one.name} {one.text}, so that what it moves is not sure."
            raise UnreadableFile(sentence, one.line)
        costs += cost
    if found.name in (*_BOUGHT, *_SOLD):
        return -costs
    total = amount(next(found.all("TOTAL"), None), comma)
    if total is None:
        raise UnreadableFile(f"{found.name} has no TOTAL.", found.line)
    if found.name in _PAID and total > 0:
        sentence = f"{found.name} has a positive TOTAL: paid, or paid back?"
        raise UnreadableFile(sentence, found.line)
    return abs(total) - costs if found.name == "REINVEST" else total


def _described(found: Element, details: Element) -> str:
    """Return what was done; the security's id stands in it until its name is known."""
    word = _WORDS.get(found.name) or ("Buy" if found.name in _BOUGHT else "Sell")
    units = next((one.text for one in found.all("UNITS")), "")
    id = next((one.text for one in found.all("UNIQUEID")), "")
    return texts.joined(" ".join(part for part in (word, units, id) if part), details.value("MEMO"))


def named(statement: Statement, securities: Mapping[str, str]) -> Statement:
    """Return the statement with the names of securities instead of their ids."""
    if statement.account_kind != "investment" or not securities:
        return statement
    lines = tuple(_named(one, securities) for one in statement.lines)
    return replace(statement, lines=lines)


def _named(line: StatementLine, securities: Mapping[str, str]) -> StatementLine:
    words = (securities.get(word) or word for word in line.description.split(" "))
    return replace(line, description=" ".join(words)[:500])


def value(
    found: Element, positions: Sequence[Element], currency: str, comma: bool | None
) -> tuple[Decimal | None, date | None]:
    """Return what the account is worth, and when; None where the statement does not tell for sure.

    Not sure are: positions or cash that are not listed, values in other currencies, debts at the
    broker, and cash that is listed as a position too.
    """
    balance = found.child("INVBAL")
    cash = amount(balance.child("AVAILCASH"), comma) if balance else None
    if balance is None or cash is None or found.child("INVPOSLIST") is None:
        return None, None
    debts = (amount(balance.child(name), comma) for name in ("MARGINBALANCE", "SHORTBALANCE"))
    if any(debts) or any(_is_foreign(one, currency) for one in positions):
        return None, None
    values = [amount(one.child("MKTVAL"), comma) for one in positions]
    if None in values or (cash and cash in values):
        return None, None
    return _sum(values) + cash, day(found, "DTASOF")


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((one for one in values if one is not None), Decimal(0))


def _is_foreign(position: Element, currency: str) -> bool:
    return any(one.value("CURSYM").upper() != currency for one in position.all("CURRENCY"))
