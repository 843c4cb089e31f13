"""The statement of an account as OFX 2.2, which programs of other people read, and so do we."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from django.db import connection

from accounts.models import Account, Kind
from accounts.services import get_real_account
from buffet.errors import invalid
from buffet.models import Book
from buffet.money import decimals, text

#: How many entries are read at once.
CHUNK = 1000
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
_DONE = "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"
#: What an account is to a bank; all else is a current account.
_TYPES = {Kind.SAVINGS: "SAVINGS", Kind.INVESTMENT: "MONEYMRKT", Kind.LOAN: "CREDITLINE"}
_SUMS = """
SELECT coalesce(sum(amount), 0), min(date) FROM transactions_entry
WHERE account_id = %s AND date <= %s
"""
_ENTRIES = """
SELECT e.transaction_id, e.id, e.date, e.amount, t.description, e.external_id
FROM transactions_entry e JOIN transactions_transaction t ON t.id = e.transaction_id
WHERE e.account_id = %s AND e.date BETWEEN %s AND %s
AND (e.date, e.transaction_id, e.id) > (%s, %s, %s)
ORDER BY e.date, e.transaction_id, e.id LIMIT %s
"""


def statement(book: Book, today: date, asked: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield what was on an account between two days, and its balance on the last of them.

    Without days: from its first entry until today.

    :raises NotFound: if the book has no such account.
    :raises Invalid: if the days are the wrong way round.
    """
    account = get_real_account(book, asked["account"])
    until = asked.get("date_to", today)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, (account.id, until))
        balance, first = cursor.fetchone()
    since = asked.get("date_from") or min(first or until, until)
    if since > until:
        raise invalid("?date_to", "before_date_from", "The last day is before the first one.")
    before, after = _around(account, since, until, balance)
    yield (_HEAD + before).encode()
    for rows in _rows(account, since, until):
        yield "".join(_line(account, *row) for row in rows).encode()
    yield after.encode()


def _around(account: Account, since: date, until: date, balance: Decimal) -> tuple[str, str]:
    """Return what stands before the lines of a statement, and behind them."""
    # The standard has 22 characters for a number.
    number = escape((account.number or account.id.hex)[-22:])
    if account.kind == Kind.CREDIT_CARD:
        message, answer, own = "CREDITCARDMSGSRSV1", "CCSTMTTRNRS", "CCSTMTRS"
        where = f"<CCACCTFROM><ACCTID>{number}</ACCTID></CCACCTFROM>"
    else:
        message, answer, own = "BANKMSGSRSV1", "STMTTRNRS", "STMTRS"
        kind = _TYPES.get(Kind(account.kind), "CHECKING")
        where = (
            f"<BANKACCTFROM><BANKID>BUFFET</BANKID><ACCTID>{number}</ACCTID>"
            f"<ACCTTYPE>{kind}</ACCTTYPE></BANKACCTFROM>"
        )
    return (
        f"<OFX>\n<SIGNONMSGSRSV1><SONRS>{_DONE}<DTSERVER>{until:%Y%m%d}</DTSERVER>"
        f"<LANGUAGE>ENG</LANGUAGE></SONRS></SIGNONMSGSRSV1>\n"
        f"<{message}><{answer}><TRNUID>0</TRNUID>{_DONE}<{own}>"
        f"<CURDEF>{account.currency}</CURDEF>{where}\n"
        f"<BANKTRANLIST><DTSTART>{since:%Y%m%d}</DTSTART><DTEND>{until:%Y%m%d}</DTEND>\n",
        f"</BANKTRANLIST>\n<LEDGERBAL><BALAMT>{_amount(balance, account.currency)}</BALAMT>"
        f"<DTASOF>{until:%Y%m%d}</DTASOF></LEDGERBAL></{own}></{answer}></{message}>\n</OFX>\n",
    )


def _rows(account: Account, since: date, until: date) -> Iterator[list[tuple[Any, ...]]]:
    after: tuple[date, UUID, UUID] = (date.min, UUID(int=0), UUID(int=0))
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ENTRIES, (account.id, since, until, *after, CHUNK))
            rows = cursor.fetchall()
        if rows:
            yield [row[1:] for row in rows]
            after = rows[-1][2], rows[-1][0], rows[-1][1]
        if len(rows) < CHUNK:
            return


def _line(
    account: Account, id: UUID, day: date, amount: Decimal, description: str, external_id: str
) -> str:
    said = " ".join("".join(one if one.isprintable() else " " for one in description).split())
    # A name has 32 characters; a longer text stands in the memo, which readers put in its place.
    memo = f"<MEMO>{escape(said[:255])}</MEMO>" if len(said) > 32 else ""
    return (
        f"<STMTTRN><TRNTYPE>{'CREDIT' if amount > 0 else 'DEBIT'}</TRNTYPE>"
        f"<DTPOSTED>{day:%Y%m%d}</DTPOSTED><TRNAMT>{_amount(amount, account.currency)}</TRNAMT>"
        f"<FITID>{escape(external_id or str(id))}</FITID>"
        f"<NAME>{escape(said[:32].strip() or '-')}</NAME>{memo}</STMTTRN>\n"
    )


def _amount(amount: Decimal, currency: str) -> str:
    """Return an amount; three decimals get a fourth, or they could be taken for thousands."""
    return f"{amount:z.4f}" if decimals(currency) == 3 else text(amount, currency)
