"""Bring a bank's statement into an account: preview, commit, revert."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import BinaryIO
from uuid import UUID

from django.db.transaction import on_commit
from uuid_utils.compat import uuid7

from accounts import services as chart_services
from accounts.models import Account, AccountType, Kind
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import Invalid, NotFound, Refusal, invalid
from buffet.metrics import figures
from buffet.models import Book
from transactions import storage
from transactions.chart import Chart
from transactions.drafts import Draft, DraftEntry
from transactions.imports import matching, reading, transfers
from transactions.imports.reading import Reading
from transactions.imports.statement import Statement, UnreadableFile
from transactions.models import (
    BalancePoint,
    Entry,
    Import,
    ImportLine,
    ImportStatus,
    Source,
    Transaction,
    Verdict,
)
from transactions.queries import balances
from transactions.queries.imports import last_day
from transactions.services.deleting import remove
from transactions.services.reconciled import reconciled_faults
from transactions.services.recording import closed_month_faults, write


class AlreadyCommitted(Refusal):
    """This import is committed already."""

    code = "already_committed"


class AlreadyReverted(Refusal):
    """This import was reverted: upload the file again."""

    code = "already_reverted"


class NotCommitted(Refusal):
    """This import is not committed: there is nothing to revert."""

    code = "not_committed"


class NoClosingBalance(Refusal):
    """The statement names no balance, so there is no gap to book."""

    code = "no_closing_balance"


def preview(*, book: Book, by: Actor, account_id: UUID, file: BinaryIO, file_name: str) -> Import:
    """Read a bank's file and keep what its lines would become; the ledger does not change.

    :raises NotFound: if the book has no such account.
    :raises Invalid: if the file cannot be read, is about another currency or about several
        accounts none of which has this account's number.
    """
    with writing(book.id, by=by):
        account = chart_services.get_real_account(book, account_id)
        if account.archived_at is not None:
            sentence = f"{account.name} is archived; reopen it first."
            raise invalid("/account", "archived", sentence)
        found = _read(file)
        statement = _statement(found.statements, account)
        lines = _lines(statement, account.currency)
        closing = statement.closing_balance
        started = Import.objects.create(
            book=book,
            account=account,
            format=found.format,
            file_name=file_name[:200],
            file_hash=_digest(file),
            account_number=statement.account_number[:64],
            starts_on=statement.starts_on,
            ends_on=statement.ends_on,
            closing_balance=None if closing is None else _exact(closing, account.currency, 0),
            closing_on=statement.closing_on,
        )
        _keep(started, _matched(account, lines))
        return started


def _matched(account: Account, lines: Sequence[matching.Line]) -> list[matching.Match]:
    """Return what each line is: new, the other side of something, or there already."""
    found = matching.match(account.id, account.currency, lines)
    return transfers.recognise(account, found)


def _read(file: BinaryIO) -> Reading:
    try:
        return reading.read(file)
    except UnreadableFile as error:
        where = f"Line {error.line}: " if error.line else ""
        raise invalid("/file", "unreadable", f"{where}{error.detail}") from None


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _statement(statements: Sequence[Statement], account: Account) -> Statement:
    """Return the statement of the file that is about the account."""
    if len(statements) > 1:
        number = _bare(account.number)
        statements = [
            one for one in statements if number and _bare(one.account_number) == number
        ] or statements
    if len(statements) != 1:
        numbers = ", ".join(one.account_number for one in statements) or "none"
        sentence = (
            "The file is about several accounts; give this account the number of one of them: "
            f"{numbers}."
        )
        raise invalid("/file", "several_accounts", sentence)
    (statement,) = statements
    if statement.currency and statement.currency != account.currency:
        sentence = (
            f"The statement is in {statement.currency}, {account.name} in {account.currency}."
        )
        raise invalid("/file", "other_currency", sentence)
    return statement


def _bare(number: str) -> str:
    """Return an account's number without the signs that banks and people set differently."""
    return "".join(sign for sign in number if sign.isalnum()).lstrip("0").upper()


def _exact(amount: Decimal, currency: str, line: int) -> Decimal:
    kept = money.round_to(amount, currency)
    if kept != amount:
        places = money.decimals(currency)
        where = f"Line {line} of the statement" if line else "The statement's balance"
        sentence = f"{where} has more than the {places} decimals of {currency}: {amount}."
        raise invalid("/file", "too_many_decimals", sentence)
    return kept


def _lines(statement: Statement, currency: str) -> list[matching.Line]:
    return [
        matching.Line(
            line.number,
            line.date,
            _exact(line.amount, currency, line.number),
            line.description or line.kind or "Without a text",
            line.external_id,
        )
        for line in statement.lines
    ]


def _keep(started: Import, matches: Sequence[matching.Match]) -> None:
    ImportLine.objects.bulk_create(
        [
            ImportLine(
                book_id=started.book_id,
                of_import=started,
                number=found.line.number,
                date=found.line.date,
                amount=found.line.amount,
                description=found.line.description,
                external_id=found.line.external_id,
                verdict=found.verdict,
                reason=found.reason,
                transaction_id=found.transaction_id,
            )
            for found in matches
        ],
        batch_size=2000,
    )


def get_import(book: Book, import_id: UUID) -> Import:
    """Return an import of the book.

    :raises NotFound: if the book has no such import.
    """
    found = Import.objects.filter(book=book, id=import_id).select_related("account").first()
    if found is None:
        raise NotFound("There is no such import in this book.")
    return found


def commit(*, book: Book, by: Actor, import_id: UUID, book_opening_balance: bool = False) -> Import:
    """Record the new lines of an import, all or none.

    What is new is decided again, now, so that two previews of one file commit its lines once.
    With `book_opening_balance`, the gap between the statement's balance and the account's becomes
    an opening entry on the day before the statement's first. What the bank says is on the account
    becomes a balance point, where its day has none.

    :raises NotFound: if the book has no such import.
    :raises AlreadyCommitted: if it is committed.
    :raises AlreadyReverted: if it was reverted.
    :raises NoClosingBalance: if the gap is to be booked and the statement names no balance.
    :raises Invalid: if a line lies in a closed month or on days that are reconciled, or the account
        is archived.
    """
    with writing(book.id, by=by):
        started = get_import(book, import_id)
        if started.status == ImportStatus.COMMITTED:
            raise AlreadyCommitted
        if started.status == ImportStatus.REVERTED:
            raise AlreadyReverted
        account = started.account
        rows = list(started.lines.order_by("number"))
        matches = _matched(account, [_line(row, account) for row in rows])
        _record(started, account, rows, matches)
        if book_opening_balance:
            started.opening_transaction_id = _book_gap(started, account, rows)
        started.status = ImportStatus.COMMITTED
        started.save(update_fields=["status", "opening_transaction_id"])
        _keep_balance(started, rows)
        on_commit(partial(figures.count, "ImportsCommitted"))
        return started


def _keep_balance(started: Import, rows: Sequence[ImportLine]) -> None:
    """Keep what the bank says is on the account as a balance point, unless the day has one."""
    on = last_day(started, rows)
    if started.closing_balance is None or on is None:
        return
    if not BalancePoint.objects.filter(account=started.account_id, on=on).exists():
        BalancePoint.objects.create(
            book_id=started.book_id,
            account_id=started.account_id,
            on=on,
            balance=started.closing_balance,
            of_import=started,
        )


def _line(row: ImportLine, account: Account) -> matching.Line:
    amount = money.round_to(row.amount, account.currency)
    return matching.Line(row.number, row.date, amount, row.description, row.external_id)


def _record(
    started: Import,
    account: Account,
    rows: Sequence[ImportLine],
    matches: Sequence[matching.Match],
) -> None:
    """Insert the new lines, complete the transfers, and write down what became of each line."""
    new = [found for found in matches if found.verdict == Verdict.NEW]
    completing = [found for found in matches if found.verdict == Verdict.TRANSFER]
    if account.archived_at is not None and (new or completing):
        raise invalid("/account", "archived", f"{account.name} is archived; reopen it first.")
    days = [(f"/lines/{found.line.number - 1}", found.line.date) for found in new]
    chart = Chart.read(started.book_id, [account.id], [day for _, day in days])
    faults = closed_month_faults(chart, days)
    faults += reconciled_faults(chart, [(pointer, day, account.id) for pointer, day in days])
    if faults:
        raise Invalid(faults)
    ids = sorted(uuid7() for _ in new)
    postings = [_posting(id, found, account, chart) for id, found in zip(ids, new, strict=True)]
    if postings:
        storage.insert(started.book_id, postings)
    if completing:
        storage.update_entries([_own_side(found, account) for found in completing])
    became = {found.line.number: id for id, found in zip(ids, new, strict=True)}
    for row, found in zip(rows, matches, strict=True):
        row.verdict, row.reason = found.verdict, found.reason
        row.transaction_id = became.get(row.number, found.transaction_id)
    ImportLine.objects.bulk_update(rows, ["verdict", "reason", "transaction_id"], batch_size=1000)


def _own_side(found: matching.Match, account: Account) -> DraftEntry:
    """Return the entry that waited for this account, on it."""
    return DraftEntry(
        account.id,
        found.line.amount,
        account.currency,
        external_id=found.external_id,
        id=found.entry_id,
    )


def _posting(id: UUID, found: matching.Match, account: Account, chart: Chart) -> storage.Posting:
    line = found.line
    side = AccountType.EXPENSE if line.amount < 0 else AccountType.INCOME
    other = chart.system(Kind.UNCATEGORIZED, side)
    draft = Draft(date=line.date, description=line.description, source=Source.IMPORT)
    return storage.Posting(
        id,
        draft,
        (
            DraftEntry(account.id, line.amount, account.currency, external_id=found.external_id),
            DraftEntry(other.id, -line.amount, account.currency),
        ),
    )


def _book_gap(started: Import, account: Account, rows: Sequence[ImportLine]) -> UUID | None:
    """Record the gap as an opening entry; return the transaction, None when there is no gap."""
    on = last_day(started, rows)
    if started.closing_balance is None or on is None:
        raise NoClosingBalance
    there = balances.balance(started.book_id, account.id, on)
    gap = money.round_to(started.closing_balance - there, account.currency)
    if not gap:
        return None
    first = min([row.date for row in rows] + [started.starts_on or on])
    chart = Chart.read(started.book_id, [account.id])
    equity = chart.system(Kind.OPENING_BALANCES)
    draft = Draft(
        date=first - timedelta(days=1),
        description="Opening balance",
        source=Source.OPENING,
        entries=(
            DraftEntry(account.id, gap, account.currency),
            DraftEntry(equity.id, -gap, account.currency),
        ),
    )
    (id,) = write(started.book_id, [draft])
    return id


def revert(*, book: Book, by: Actor, import_id: UUID, reason: str = "") -> Import:
    """Take a committed import back: delete what it recorded and is still there.

    What it completed waits for its other side again; its balance point goes unless reconciled.

    :raises NotFound: if the book has no such import.
    :raises NotCommitted: if it is not committed.
    :raises Invalid: if a line lies in a month that was closed since, or on days reconciled since.
    """
    with writing(book.id, by=by, reason=reason):
        started = get_import(book, import_id)
        if started.status != ImportStatus.COMMITTED:
            raise NotCommitted
        new = started.lines.filter(verdict=Verdict.NEW).values_list("transaction_id", flat=True)
        ids = {*new, started.opening_transaction_id} - {None}
        there = Transaction.objects.filter(book=book, id__in=ids).values_list("id", flat=True)
        remove(book.id, list(there))
        _give_back(started)
        points = BalancePoint.objects.filter(of_import=started, reconciled_at__isnull=True)
        points._raw_delete("default")
        started.status = ImportStatus.REVERTED
        started.save(update_fields=["status"])
        return started


def _give_back(started: Import) -> None:
    """Let the transfers that an import completed wait for their other side again."""
    lines = started.lines.filter(verdict=Verdict.TRANSFER)
    completed = Entry.objects.filter(
        account_id=started.account_id, transaction_id__in=lines.values("transaction_id")
    )
    rows = list(completed.values_list("id", "date", "amount", "currency"))
    chart = Chart.read(started.book_id, [started.account_id], [row[1] for row in rows])
    faults = closed_month_faults(chart, [("", row[1]) for row in rows])
    faults += reconciled_faults(chart, [("", row[1], started.account_id) for row in rows])
    if faults:
        raise Invalid(faults)
    sides = {
        True: chart.system(Kind.UNCATEGORIZED, AccountType.EXPENSE).id,
        False: chart.system(Kind.UNCATEGORIZED, AccountType.INCOME).id,
    }
    back = [
        DraftEntry(sides[amount > 0], amount, currency, id=id) for id, _, amount, currency in rows
    ]
    if back:
        storage.update_entries(back)


def discard(*, book: Book, by: Actor, import_id: UUID) -> None:
    """Throw a preview away.

    :raises NotFound: if the book has no such import.
    :raises AlreadyCommitted: if it is committed; revert it instead.
    """
    with writing(book.id, by=by):
        started = get_import(book, import_id)
        if started.status == ImportStatus.COMMITTED:
            raise AlreadyCommitted("This import is committed: revert it instead.")
        ImportLine.objects.filter(of_import=started)._raw_delete("default")
        Import.objects.filter(id=started.id)._raw_delete("default")
