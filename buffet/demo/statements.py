"""The demo's bank files: two statements that agree with the book, and one still to be looked at."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from buffet.audit import Actor
from buffet.demo.household import Row
from buffet.models import Book
from transactions import services as ledger
from transactions.queries import balances

#: The account whose statements were imported, and the one whose file was only looked at.
STATED, LOOKED_AT = "Nubank", "Itaú checking"
#: What the file that was only looked at has and the book has not: (text, amount).
UNKNOWN = (("Pão de Açúcar", "-184.35"), ("Farmácia São João", "-62.90"), ("Rendimento", "12.04"))

_OFX = """OFXHEADER:100
DATA:OFXSGML
ENCODING:UTF-8

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><ACCTID>0001-48213</BANKACCTFROM>
<BANKTRANLIST><DTSTART>{since:%Y%m%d}<DTEND>{until:%Y%m%d}
{lines}</BANKTRANLIST><LEDGERBAL><BALAMT>{closing}<DTASOF>{until:%Y%m%d}</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
_LINE = "<STMTTRN><DTPOSTED>{on:%Y%m%d}<TRNAMT>{amount}<FITID>{id}<MEMO>{text}</STMTTRN>\n"


def bring(book: Book, by: Actor, today: date, ids: dict[str, UUID], rows: Sequence[Row]) -> None:
    """Import the statements of the two months before the last, and look at one of this month."""
    last = today.replace(day=1) - timedelta(days=1)
    until = last.replace(day=1) - timedelta(days=1)
    months = [until.replace(day=1) - timedelta(days=1), until]
    for until in months:
        content = _statement(book, ids[STATED], STATED, until, rows)
        made = _preview(book, by, ids[STATED], f"nubank-{until:%Y-%m}.ofx", content)
        ledger.commit(book=book, by=by, import_id=made)
    _preview(book, by, ids[LOOKED_AT], f"itau-{last:%Y-%m}.csv", _table(last, rows))


def _preview(book: Book, by: Actor, account_id: UUID, name: str, content: str) -> UUID:
    file = BytesIO(content.encode())
    return ledger.preview(book=book, by=by, account_id=account_id, file=file, file_name=name).id


def _statement(book: Book, account_id: UUID, name: str, until: date, rows: Iterable[Row]) -> str:
    since = until.replace(day=1)
    lines = "".join(
        _LINE.format(on=on, amount=amount, id=f"{on:%Y%m%d}{number:03}", text=text)
        for number, (on, text, amount) in enumerate(_moved(name, since, until, rows), 1)
    )
    closing = balances.balance(book.id, account_id, until)
    return _OFX.format(since=since, until=until, lines=lines, closing=f"{closing:.2f}")


def _table(until: date, rows: Iterable[Row]) -> str:
    """Return the last days of a month as a bank's CSV, with some that the book has not."""
    known = [*_moved(LOOKED_AT, until - timedelta(days=16), until, rows)]
    others = [
        (until - timedelta(days=2 * number), text, Decimal(amount))
        for number, (text, amount) in enumerate(UNKNOWN)
    ]
    lines = [
        f"{on:%d/%m/%Y};{text};{f'{amount}'.replace('.', ',')}"
        for on, text, amount in sorted((*known, *others))
    ]
    return "\n".join(("Data;Histórico;Valor", *lines, ""))


def _moved(
    name: str, since: date, until: date, rows: Iterable[Row]
) -> Iterator[tuple[date, str, Decimal]]:
    """Yield what moved an account in some days: day, text and amount."""
    for row in rows:
        if since <= row.date <= until:
            if row.account == name:
                yield row.date, row.description, row.amount
            elif row.to == name:
                yield row.date, row.description, row.arrives or -row.amount
