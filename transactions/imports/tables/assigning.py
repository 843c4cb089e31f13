"""What each column of a table is for, where nobody has said so."""

from collections.abc import Sequence

from transactions.imports.statement import AmbiguousFile, Question, UnreadableFile
from transactions.imports.tables import beside, words
from transactions.imports.tables.balances import holds as is_balance
from transactions.imports.tables.columns import (
    Columns,
    cell,
    is_amount,
    is_day,
    refuse_missing,
    roles,
    text,
)
from transactions.imports.tables.days import is_missing
from transactions.imports.tables.sampling import holds, mostly, tells_sides
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
        if role in known and (role != "balance" or _is_number(rows, known[role][0], said)):
            columns.single[role] = known[role][0]
    _amount(columns, known, rows)
    if not columns.date:
        _refuse_missing_days(rows)
    missing = [] if columns.date else ["a date"]
    if not {"amount", "debit", "credit"} & columns.single.keys():
        missing.append("an amount (or debits and credits)")
    refuse_missing(missing, header, skipped or None)
    _refuse_scaled(columns)
    _direction(columns, known, rows)
    beside.others(columns, known, rows)
    beside.texts(columns, known, rows)
    return columns


def _refuse_missing_days(rows: Sequence[Row]) -> None:
    """Refuse days that the calendar has not, where there are no others.

    :raises UnreadableFile: naming the first.
    """
    for row in rows:
        for said in map(text, row):
            if is_missing(said):
                raise UnreadableFile(f"“{said[:40]}” is not a day of the calendar.")


def _is_number(rows: Sequence[Row], place: int, said: Columns) -> bool:
    """Return whether a column could have balances: names of other columns speak of them, too."""
    is_said = said.single.get("balance") == place
    return is_said or not holds(rows, place, lambda one: not is_amount(one))


def _refuse_scaled(columns: Columns) -> None:
    """Refuse amounts that are told in parts or multiples of their currency.

    :raises UnreadableFile: naming the column.
    """
    for place in columns.numbers:
        if words.SCALED & set(words.plain(columns.name(place)).split()):
            name = columns.name(place)
            sentence = f"The amounts of the column “{name}” are not in whole units of a currency."
            raise UnreadableFile(sentence, columns.skipped or None)


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
        ordered = [place for place in range(width) if mostly(rows, place, is_day)][:1]
    columns.date = tuple(dict.fromkeys(ordered))


def _amount(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    named = known.get("amount") or known.get("gross") or []
    net = [place for place in named if words.header(columns.header[place])[0].startswith("net")]
    named = net[:1] or [one for one in named if not rows or mostly(rows, one, is_amount)] or named
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
        and holds(rows, place, is_amount)
        and not holds(rows, place, _is_count)
    ]
    if "balance" in columns.single:
        numbers = [place for place in numbers if place != columns.single["balance"]]
    if len(numbers) == 1:
        columns.single["amount"] = numbers[0]
    elif len(numbers) == 2 and "balance" not in columns.single:
        first, second = numbers
        fits = [pair for pair in ((first, second), (second, first)) if is_balance(rows, *pair)]
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
        if tells_sides(rows, place, alone=place in named):
            columns.single["direction"] = place
            return
