"""What the sign of an amount means: money in or out, and whether a fee is part of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from transactions.imports.statement import AmbiguousFile, Question
from transactions.imports.tables import amounts, words
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.balances import Chain
from transactions.imports.tables.columns import Columns, cell, text
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.source import Cell, Row

_Rows: TypeAlias = Sequence[tuple[int, Row]]


def decide_signs(
    profile: Profile, columns: Columns, rows: _Rows, *, is_card: bool | None
) -> Profile:
    """Return the profile with what the first rows say of signs and fees.

    :raises AmbiguousFile: if they do not say it and it matters.
    """
    single = columns.single
    read = _reader(profile)
    if "fee" in single and profile.subtract_fee is None:
        profile = replace(profile, subtract_fee=_fee(columns, rows, read))
    if profile.negate is not None or "amount" not in single or "direction" in single:
        return profile
    return replace(profile, negate=_negate(columns, rows, read, is_card=is_card))


def _reader(profile: Profile) -> Callable[[Cell], Decimal | None]:
    written = amounts.reader(profile.decimal_mark)

    def read(found: Cell) -> Decimal | None:
        if isinstance(found, Decimal):
            return found
        try:
            return written(found) if isinstance(found, str) else None
        except BadCell:
            return None

    return read


def _chain(
    columns: Columns, rows: _Rows, read: Callable[[Cell], Decimal | None], fee: int | None
) -> Chain:
    chain = Chain()
    for line, row in rows:
        amount, balance = (read(cell(row, columns.single[name])) for name in ("amount", "balance"))
        taken = read(cell(row, fee)) if fee is not None else None
        if amount is not None and balance is not None:
            chain.add(amount - (taken or 0), balance, line)
    return chain


def _fee(columns: Columns, rows: _Rows, read: Callable[[Cell], Decimal | None]) -> bool | None:
    """Return whether the fee comes on top of the amount, which the running balance proves."""
    place = columns.single["fee"]
    taken = [(line, fee) for line, row in rows if (fee := read(cell(row, place)))]
    if not taken:
        return None
    if {"amount", "balance"} <= columns.single.keys():
        without, on_top = (min(_chain(columns, rows, read, one).breaks) for one in (None, place))
        if without != on_top:
            return on_top < without
    name = columns.name(place)
    sentence = (
        f"Nothing says whether the column “{name}” is part of the amounts or comes on top of them."
    )
    choices = (("false", "part of the amount"), ("true", "on top of it"))
    raise AmbiguousFile([Question("subtract_fee", name, sentence, taken[0][0], choices)])


def _negate(
    columns: Columns,
    rows: _Rows,
    read: Callable[[Cell], Decimal | None],
    *,
    is_card: bool | None,
) -> bool:
    """Return whether positive amounts are money out, as purchases are in files of some cards."""
    place = columns.single["amount"]
    signed = [(row, amount) for _, row in rows if (amount := read(cell(row, place)))]
    out = len([amount for _, amount in signed if amount > 0])
    mostly_positive = out * 2 >= len(signed)
    votes = {vote for row, amount in signed if (vote := _vote(columns, row, amount)) is not None}
    if votes == {True} and mostly_positive:
        return True
    if votes == {False} or out * 2 < len(signed) + (not is_card):
        return False
    if {words.plain(name) for name in columns.header} & words.CARD_COLUMNS:
        return True
    header = tuple(words.plain(name) for name in columns.header if name)
    is_known = header in words.CARD_HEADERS
    if is_known and is_card:
        return True
    owed = _is_owed(columns, rows, read)
    if is_card is False or not (is_known or is_card or owed or votes):
        return False
    name = columns.name(place)
    sentence = (
        f"Nothing says whether positive amounts in the column “{name}” are money in, or purchases "
        "as in the files of some cards."
    )
    choices = (("false", "money in"), ("true", "money out"))
    line = next((line for line, row in rows if read(cell(row, place))), None)
    raise AmbiguousFile([Question("negate", name, sentence, line, choices)])


def _vote(columns: Columns, row: Row, amount: Decimal) -> bool | None:
    """Return whether a row is one whose sign is known, and has the other."""
    kind = columns.single.get("kind")
    if kind is not None and words.plain(text(cell(row, kind))) in words.PURCHASE:
        return amount > 0
    places = [*columns.description]
    if "payee" in columns.single:
        places.append(columns.single["payee"])
    said = words.plain(" ".join(text(cell(row, place)) for place in places))
    return amount < 0 if words.PAYING.search(said) else None


def _is_owed(columns: Columns, rows: _Rows, read: Callable[[Cell], Decimal | None]) -> bool:
    """Return whether the balance falls by what is positive: it, or the amount, is turned round."""
    if "balance" not in columns.single:
        return False
    chain = _chain(columns, rows, read, None)
    return chain.steps >= 2 and chain.best() > 1 and chain.breaks[chain.best()] == 0
