"""Put the lines of a statement into their table as they are read: none are held together."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from accounts.models import Account
from transactions.classifying.proposals import NOTHING_KNOWN, Known
from transactions.imports.apart import FarLines
from transactions.imports.statement import StatementLine
from transactions.imports.writing import COLUMNS, Common, written
from transactions.models import Verdict

_COPY = f"COPY transactions_importline ({', '.join(COLUMNS)}) FROM STDIN"
#: What staging says of a line before anything is known of the book.
UNKNOWN = "not_in_the_book"
_FRESH, _IDLE = (str(Verdict.NEW), UNKNOWN), (str(Verdict.IGNORED), "moves_no_money")


def stage(
    import_id: UUID,
    account: Account,
    lines: Iterable[StatementLine],
    known: Known = NOTHING_KNOWN,
) -> None:
    """Copy the lines of a statement into their table, as new, numbered from 1.

    Each has what is `known` to give its text. Lines of a file that is read apart are written there.

    :raises UnreadableFile: if one cannot be read.
    :raises Invalid: if one has more decimals than its currency.
    """
    common = Common(account.book_id, import_id, account.id, account.currency, _FRESH, _IDLE)
    if isinstance(lines, FarLines):
        parts = lines.written(common, known)
    else:
        parts = written(lines, common, known)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for part in parts:
            copy.write(part)
