"""What stands beside the day and the amount of a table: currency, status, ids and texts."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from buffet.money import CURRENCIES
from transactions.imports.tables import words
from transactions.imports.tables.amounts import BadCell, Written
from transactions.imports.tables.columns import Columns, cell, is_amount, is_day, text
from transactions.imports.tables.sampling import holds, mostly, tells_sides
from transactions.imports.tables.source import Row


def others(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    """Find the currency, the status, the ids, the account and the kind of movements."""
    for place in known.get("currency", []):
        if mostly(rows, place, lambda one: text(one).upper() in CURRENCIES):
            columns.single["currency"] = place
            break
    else:
        _unnamed_currency(columns, known, rows)
    amount = columns.single.get("amount", columns.single.get("debit", 0))
    if not columns.currency and amount < len(columns.header) and "currency" not in columns.single:
        columns.currency = words.header(columns.header[amount])[1]
    if not columns.currency and "currency" not in columns.single:
        columns.currency = _written_currency(columns, rows)
    _standing(columns, known, rows)
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


def _unnamed_currency(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    """Find the column of nothing but codes of currencies, if its header does not tell otherwise.

    Of several that differ, it is the one beside the amount.
    """
    taken = {place for places in known.values() for place in places}
    found = [
        place
        for place in range(max((len(row) for row in rows), default=0))
        if place not in taken | {*columns.single.values()}
        and not words.MISLEADING & set(words.plain("".join(columns.header[place:][:1])).split())
        and holds(rows, place, lambda one: isinstance(one, str) and one in CURRENCIES)
    ]
    beside = columns.single.get("amount", columns.single.get("credit", -1)) + 1
    if found and not columns.currency:
        is_one = all(len({cell(row, place) for place in found}) == 1 for row in rows if any(row))
        if is_one or beside in found:
            columns.single["currency"] = found[0] if is_one else beside


def _standing(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    """Find the column that says which rows are posted where its header does not."""
    if "status" in columns.single:
        return
    taken = {place for places in known.values() for place in places}
    for place in range(len(columns.header)):
        said = {words.plain(text(cell(row, place))) for row in rows} - {""}
        tells = said & (words.PENDING | words.VOID) or words.plain(columns.header[place]) == "info"
        is_known = said <= words.PENDING | words.VOID | words.POSTED
        if place not in taken and said and is_known and tells:
            columns.single["status"] = place
            return


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


def texts(columns: Columns, known: dict[str, list[int]], rows: Sequence[Row]) -> None:
    """Find the other party and what else says what a movement is about."""
    taken = {*columns.date, *columns.single.values()}
    payees = [place for place in known.get("payee", []) if place not in taken]
    columns.description = tuple(
        place for place in known.get("description", []) if place not in taken
    )
    spare = [one for one in known.get("amount", []) if one not in taken]
    columns.description += tuple(one for one in spare if not mostly(rows, one, is_amount))
    spoken = [one for one in columns.description if not tells_sides(rows, one, alone=True)]
    columns.description = tuple(spoken) or columns.description
    columns.description += tuple(_going_on(columns, taken, rows))
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
            and any(any(map(str.isalnum, text(cell(row, place)))) for row in rows)
            and not mostly(rows, place, is_day)
            and not (columns.header and mostly(rows, place, is_amount))
        )[:5]
        if not columns.description and "kind" in columns.single:
            columns.description = (columns.single["kind"],)


def _going_on(columns: Columns, taken: set[int], rows: Sequence[Row]) -> Iterator[int]:
    """Yield the columns without a name behind a text's: they go on with it."""
    for first in columns.description:
        for place in range(first + 1, len(columns.header)):
            if columns.header[place].strip() or place in taken:
                break
            is_said = any(text(cell(row, place)) for row in rows)
            if is_said and not mostly(rows, place, lambda one: is_day(one) or is_amount(one)):
                yield place
