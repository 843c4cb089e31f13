"""What people choose of an import's lines wins, now and when the same lines come again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import REAL_TYPES, Account, Kind
from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid
from buffet.models import Book
from transactions.imports import matching, proposing
from transactions.models import Entry, ImportLine, Transaction, Vendor, Verdict
from transactions.services.importing.standing import get_preview

#: The reason of what a person chose.
CHOSEN = "chosen"
_WAITS = (Verdict.TRANSFER, Verdict.POSTED)


@dataclass(frozen=True, slots=True)
class LineChoice:
    """What a person says of one line.

    `given` may have `verdict` (None takes the choice back), `transaction_id`, `category_id`,
    `vendor_id` (None for none) and `description` ("" for the bank's own).
    """

    number: int
    given: dict[str, Any] = field(default_factory=dict)
    pointer: str = ""


def choose(
    *, book: Book, by: Actor, import_id: UUID, choices: Sequence[LineChoice]
) -> list[ImportLine]:
    """Keep what a person says of some lines, all or none.

    What a line is may decide what others are: these are matched anew. What it is about does not.

    :raises NotFound: if the book has no such import.
    :raises NotPreview: if it is not a preview any more.
    :raises Invalid: naming the lines that there are not, and what cannot be chosen.
    """
    with writing(book.id, by=by):
        started = get_preview(book, import_id)
        numbers = [one.number for one in choices]
        lines = {line.number: line for line in started.lines.filter(number__in=numbers)}
        faults: list[Fault] = []
        known = _Known.read(book, started.account, choices, lines)
        seen: set[int] = set()
        for one in choices:
            line = lines.get(one.number)
            if line is None or one.number in seen:
                code, sentence = ("repeated", "This line is named twice.")
                if line is None:
                    code, sentence = ("not_found", "The import has no such line.")
                faults.append(Fault(f"{one.pointer}/number", code, sentence))
                continue
            seen.add(one.number)
            _choose(line, one, known, faults)
        if faults:
            raise Invalid(faults)
        ImportLine.objects.bulk_update(lines.values(), _CHANGED)
        if any("verdict" in one.given for one in choices):
            matching.match(started, started.account)
            proposing.propose(book.id, started.id)
        # So that it has a new version, as its lines have changed.
        started.save(update_fields=["status"])
        return list(started.lines.filter(number__in=numbers).order_by("number"))


_CHANGED = (
    *("verdict", "reason", "is_chosen", "kept_id", "transaction_id", "entry_id"),
    *("own_description", "category_id", "category_reason", "vendor_id", "vendor_reason"),
    *("subscription_id", "due_on"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the choices refer to, of what the book has."""

    account: Account
    transactions: dict[UUID, list[Entry]]
    categories: set[UUID]
    vendors: set[UUID]
    kinds: dict[UUID, Account]

    @classmethod
    def read(
        cls,
        book: Book,
        account: Account,
        choices: Sequence[LineChoice],
        lines: dict[int, ImportLine],
    ) -> "_Known":
        """Read what some choices refer to, in four statements."""
        ids = [one.given.get("transaction_id") for one in choices]
        for line in lines.values():
            ids += [line.proposed_id, line.transaction_id]
        wanted = [id for id in ids if id]
        found = Transaction.objects.filter(book=book, id__in=wanted).values_list("id", flat=True)
        entries: dict[UUID, list[Entry]] = {id: [] for id in found}
        for entry in Entry.objects.filter(transaction_id__in=entries).order_by("id"):
            entries[entry.transaction_id].append(entry)
        places = {entry.account_id for rows in entries.values() for entry in rows}
        open_ones = Account.objects.filter(book=book, kind=Kind.CATEGORY, archived_at=None)
        return cls(
            account,
            entries,
            _there(open_ones, choices, "category_id"),
            _there(Vendor.objects.filter(book=book), choices, "vendor_id"),
            Account.objects.in_bulk(places),
        )


def _there(rows: QuerySet[Any], choices: Sequence[LineChoice], name: str) -> set[UUID]:
    """Return the ids in a field of the choices that some rows have."""
    wanted = {id for one in choices if (id := one.given.get(name))}
    return set(rows.filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()


def _choose(line: ImportLine, one: LineChoice, known: _Known, faults: list[Fault]) -> None:
    def fault(name: str, code: str, detail: str) -> None:
        faults.append(Fault(f"{one.pointer}/{name}", code, detail))

    given = one.given
    if "description" in given:
        line.own_description = given["description"]
    for name, there in (("category", known.categories), ("vendor", known.vendors)):
        if f"{name}_id" in given:
            id = given[f"{name}_id"]
            if id is not None and id not in there:
                fault(name, "not_found", f"There is no such {name} in this book.")
            setattr(line, f"{name}_id", id)
            setattr(line, f"{name}_reason", CHOSEN)
    if given.get("transaction_id") and not given.get("verdict"):
        fault("verdict", "required", "Say what the line is to this transaction.")
    if "verdict" in given:
        _set_verdict(line, given, known, fault)


def _set_verdict(
    line: ImportLine,
    given: dict[str, Any],
    known: _Known,
    fault: Callable[[str, str, str], None],
) -> None:
    verdict = given["verdict"]
    if verdict is None:
        line.is_chosen = False
        if line.amount:
            # Decided anew with the others.
            line.verdict, line.reason = Verdict.NEW, CHOSEN
        return
    if not line.amount and verdict not in (Verdict.IGNORED, Verdict.DUPLICATE):
        fault("verdict", "moves_no_money", "This line moves no money: there is nothing to record.")
        return
    id = given.get("transaction_id")
    if id is None and verdict in (*_WAITS, Verdict.DUPLICATE):
        is_same = line.verdict == verdict or verdict == Verdict.DUPLICATE
        id = line.proposed_id if line.proposed_verdict == verdict else None
        id = id or (line.transaction_id if is_same else None)
    if id is not None and verdict in (Verdict.NEW, Verdict.IGNORED):
        fault("transaction", "not_wanted", "What is new or ignored is no other transaction.")
        return
    entry_id = _entry(line, verdict, id, known, fault)
    line.verdict, line.reason, line.is_chosen = verdict, CHOSEN, True
    line.transaction_id, line.entry_id = id, entry_id
    line.kept_id = line.special_id if verdict == Verdict.TRANSFER else _own_id(line)
    line.subscription_id = line.due_on = None


def _own_id(line: ImportLine) -> str:
    return "" if line.is_pending else line.kept_id or line.external_id


def _entry(
    line: ImportLine,
    verdict: str,
    id: UUID | None,
    known: _Known,
    fault: Callable[[str, str, str], None],
) -> UUID | None:
    """Return the entry that the line completes or posts; None for other verdicts."""
    if id is None:
        if verdict in _WAITS:
            fault("transaction", "required", "Say which transaction it is.")
        return None
    entries = known.transactions.get(id)
    if entries is None:
        fault("transaction", "not_found", "There is no such transaction in this book.")
        return None
    own = [one for one in entries if one.account_id == known.account.id]
    if verdict == Verdict.DUPLICATE:
        if not own:
            sentence = "This transaction moves nothing on the account."
            fault("transaction", "other_account", sentence)
        return None
    if verdict == Verdict.POSTED:
        return _posted(line, own, entries, fault)
    real = [one for one in entries if known.kinds[one.account_id].type in REAL_TYPES]
    open_ones = [
        one
        for one in entries
        if known.kinds[one.account_id].kind == Kind.UNCATEGORIZED and one.amount == line.amount
    ]
    if own or len(entries) != 2 or len(real) != 1 or len(open_ones) != 1:
        sentence = (
            "This transaction cannot be the other side: it has to be one between another account "
            "and what is not categorised, of the same amount."
        )
        fault("transaction", "not_waiting", sentence)
        return None
    if real[0].currency != known.account.currency:
        fault("transaction", "other_currency", "The other side is in another currency.")
        return None
    return open_ones[0].id


def _posted(
    line: ImportLine,
    own: Sequence[Entry],
    entries: Sequence[Entry],
    fault: Callable[[str, str, str], None],
) -> UUID | None:
    waiting = [one for one in own if not one.external_id]
    is_same = len(waiting) == 1 and waiting[0].amount == line.amount
    # Another amount is put on both sides, so there may be only two.
    if len(waiting) != 1 or not (is_same or len(entries) == 2):
        sentence = "This transaction has no one entry on the account that waits for the bank."
        fault("transaction", "not_waiting", sentence)
        return None
    if (waiting[0].amount > 0) != (line.amount > 0):
        fault("transaction", "other_direction", "This transaction goes the other way.")
        return None
    return waiting[0].id
