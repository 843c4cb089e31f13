"""What each column of a table is for, where nobody has said so."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from buffet.money import CURRENCIES
from transactions.imports.statement import AmbiguousFile, Question, UnreadableFile
from transactions.imports.tables import words
from transactions.imports.tables.amounts import BadCell, Written
from transactions.imports.tables.balances import holds
from transactions.imports.tables.columns import (
    Columns,
    cell,
    is_amount,
    is_day,
    missing_columns,
    roles,
    text,
)
from transactions.imports.tables.source import Cell, Row

_ONCE = ("debit", "credit", "balance", "status", "category", "check_number", "fee")


def assign(header: Sequence[str], skipped: int, rows: Sequence[Row], said: Columns) -> Columns:
    """Return what the columns are; `rows` are the first of the table, what was `said` holds.

    :raises AmbiguousFile: if two columns could be the amount.
    :raises UnreadableFile: if there is no date or no amount, naming what is there.
    """
    columns = Columns(header, skipped, currency=said.currency)
    known = _overruled(roles(header), said)
    _dates(columns, known, rows)
    for role in _ONCE:
        if role in known:
            columns.single[role] = known[role][0]
    _amount(columns, known, rows)
    missing = [] if columns.date else ["a date"]
    if not {"amount", "debit", "credit"} & columns.single.keys():
        missing.append("an amount (or debits and credits)")
    if missing:
        raise UnreadableFile(missing_columns(missing, header), skipped or None)
    _direction(columns, known, rows)
    _others(columns, known, rows)
    _texts(columns, known, rows)
    return columns


def _overruled(known: dict[str, list[int]], said: Columns) -> dict[str, list[int]]:
    """Return the roles with those that somebody has said in the place of the header's."""
    taken = {*said.date, *said.description, *said.single.values()}
    known = {role: [one for one in places if one not in taken] for role, places in known.items()}
    for role, place in said.single.items():
        known[role] = [place]
    if said.date:
        for role in ("date", "done", "value_date"):
            known.pop(role, None)
        known["posted"] = [*said.date]
    if said.description:
        known["description"] = [*said.description]
    if "amount" in said.single:
        known.pop("debit", None)
        known.pop("credit", None)
    elif "debit" in said.single or "credit" in said.single:
        known.pop("amount", None)
    return {role: places for role, places in known.items() if places}


def _holds(rows: Sequence[Row], place: int, check: Callable[[Cell], bool]) -> bool:
    """Return whether a column has something, and only what passes the check."""
    cells = [found for row in rows if (found := cell(row, place)) != ""]
    return bool(cells) and all(check(one) for one in cells)


def _mostly(rows: Sequence[Row], place: int, check: Callable[[Cell], bool]) -> bool:
    """Return whether most of a column passes: below a table there may be a total."""
    cells = [found for row in rows if (found := cell(row, place)) != ""]
    return bool(cells) and sum(check(one) for one in cells) > len(cells) * 0.6


def _dates(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    ordered = [
        place
        for role in ("posted", "date", "done", "value_date")
        for place in known.get(role, [])
        if not rows or any(is_day(cell(row, place)) for row in rows)
    ]
    if "done" in known and (known.get("posted") or known.get("date")):
        columns.single["user_date"] = known["done"][0]
    if not ordered:
        width = max((len(row) for row in rows), default=0)
        ordered = [place for place in range(width) if _mostly(rows, place, is_day)][:1]
    columns.date = tuple(dict.fromkeys(ordered))


def _amount(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    named = known.get("amount") or known.get("gross") or []
    net = [place for place in named if words.header(columns.header[place])[0].startswith("net")]
    named = net[:1] or [one for one in named if not rows or _mostly(rows, one, is_amount)] or named
    if len(named) > 1 and any(len({cell(row, place) for place in named}) > 1 for row in rows):
        names = tuple((str(columns.said(one)), columns.name(one)) for one in named)
        sentence = f"Several columns could be the amount: {', '.join(name for _, name in names)}."
        raise AmbiguousFile([Question("amount", "", sentence, columns.skipped or None, names)])
    if named:
        if {"debit", "credit"} <= columns.single.keys() and not all(
            text(cell(row, named[0])) for row in rows
        ):
            return
        columns.single["amount"] = named[0]
        columns.single.pop("debit", None)
        columns.single.pop("credit", None)
        if net:
            columns.single.pop("fee", None)
    elif not {"debit", "credit"} & columns.single.keys():
        _unnamed_amount(columns, known, rows)


def _unnamed_amount(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    """Find the only column with amounts, or the only two of which one is the other's balance."""
    taken = {place for role, places in known.items() for place in places if role != "balance"}
    numbers = [
        place
        for place in range(max((len(row) for row in rows), default=0))
        if place not in taken
        and place not in columns.date
        and _holds(rows, place, is_amount)
        and not _holds(rows, place, _is_count)
    ]
    if "balance" in columns.single:
        numbers = [place for place in numbers if place != columns.single["balance"]]
    if len(numbers) == 1:
        columns.single["amount"] = numbers[0]
    elif len(numbers) == 2 and "balance" not in columns.single:
        first, second = numbers
        fits = [pair for pair in ((first, second), (second, first)) if holds(rows, *pair)]
        if len(fits) == 1:
            columns.single["amount"], columns.single["balance"] = fits[0]


def _is_count(found: Cell) -> bool:
    """Return whether a cell is a number as of a row or a branch: whole, without a sign."""
    return isinstance(found, str) and found.isdigit()


def _direction(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    if "amount" not in columns.single:
        return
    unsigned = not any(
        text(cell(row, columns.single["amount"])).startswith(("-", "(", "−")) for row in rows
    )
    named = known.get("direction", [])
    taken = {*columns.date, *columns.single.values()}
    others = [place for place in range(len(columns.header)) if place not in taken]
    for place in dict.fromkeys(named + (others if unsigned else [])):
        if _tells_sides(rows, place, alone=place in named):
            columns.single["direction"] = place
            return


def _tells_sides(rows: Sequence[Row], place: int, *, alone: bool) -> bool:
    """Return whether a column says debit or credit; `alone`: even if it only says one of them.

    A word that is neither is no reason to leave the others unheard: its row is refused.
    """
    said = [one for row in rows if (one := words.plain(text(cell(row, place))))]
    out, into = (len([one for one in said if one in side]) for side in (words.DEBIT, words.CREDIT))
    if alone or (out and into):
        return bool(said) and out + into > len(said) * 0.6
    return bool(said) and out + into == len(said)


def _others(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    for place in known.get("currency", []):
        if _mostly(rows, place, lambda one: text(one).upper() in CURRENCIES):
            columns.single["currency"] = place
            break
    amount = columns.single.get("amount", columns.single.get("debit", 0))
    if not columns.currency and amount < len(columns.header) and "currency" not in columns.single:
        columns.currency = words.header(columns.header[amount])[1]
    if not columns.currency and "currency" not in columns.single:
        columns.currency = _written_currency(columns, rows)
    for place in known.get("external_id", []):
        ids = [text(cell(row, place)) for row in rows if text(cell(row, place))]
        if len(set(ids)) == len(ids) and ids:
            columns.single["external_id"] = place
            break
    for place in known.get("account", []):
        owners = {text(cell(row, place)) for row in rows if any(text(one) for one in row[1:])}
        if owners and "" not in owners and len(owners) <= 5:
            columns.single["account"] = place
            break
    for place in known.get("kind", []):
        if place != columns.single.get("direction"):
            columns.single["kind"] = place
            break


def _written_currency(columns: Columns, rows: Sequence[Row]) -> str:
    """Return the currency that stands beside the amounts; empty where there is none, or several."""
    found = set()
    for row in rows:
        for place in columns.numbers:
            one = cell(row, place)
            if isinstance(one, str) and one:
                with suppress(BadCell):
                    found.add(Written(one).currency)
    found.discard("")
    return found.pop() if len(found) == 1 else ""


def _texts(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    taken = {*columns.date, *columns.single.values()}
    payees = [place for place in known.get("payee", []) if place not in taken]
    columns.description = tuple(
        place for place in known.get("description", []) if place not in taken
    )
    spoken = [one for one in columns.description if not _tells_sides(rows, one, alone=True)]
    columns.description = tuple(spoken) or columns.description
    if payees:
        columns.single["payee"] = payees[0]
        columns.description = (*payees[1:], *columns.description)
    elif not columns.description:
        others = {place for places in known.values() for place in places}
        width = max((len(row) for row in rows), default=0)
        columns.description = tuple(
            place
            for place in range(width)
            if place not in taken | others
            and any(words.plain(text(cell(row, place))) for row in rows)
            and not _mostly(rows, place, is_day)
            and not (columns.header and _mostly(rows, place, is_amount))
        )[:5]
        if not columns.description and "kind" in columns.single:
            columns.description = (columns.single["kind"],)
