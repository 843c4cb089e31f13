"""What the sign of an amount means: money in or out, and whether a fee is part of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from transactions.imports.statement import AmbiguousFile, Question, UnreadableFile
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
    :raises UnreadableFile: if no answer would be right for all of them.
    """
    single = columns.single
    read = _reader(profile)
    if "fee" in single and profile.subtract_fee is None:
        profile = replace(profile, subtract_fee=_fee(columns, rows, read))
    if profile.negate is not None or "amount" not in single or "direction" in single:
        return profile
    fee = columns.single.get("fee") if profile.subtract_fee else None
    return replace(profile, negate=_negate(columns, rows, read, is_card=is_card, fee=fee))


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
            chain.add(amount - columns.fee_sign * (taken or 0), balance, line)
    return chain


def fee_sign(profile: Profile, columns: Columns, rows: Iterable[tuple[int, Row]]) -> int:
    """Return -1 where a column writes what is taken with a minus, as one without any plus does.

    All rows are looked at, up to the first fee without a minus: where there are both, what has a
    minus is given back.
    """
    read = _reader(profile)
    fees = (fee for _, row in rows if (fee := read(cell(row, columns.single["fee"]))))
    first = next(fees, None)
    return -1 if first is not None and first < 0 and all(fee < 0 for fee in fees) else 1


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


def is_of_card(columns: Columns, rows: _Rows) -> bool:
    """Return whether a table says itself that it is a card's: by its header, or by its kinds."""
    header = tuple(words.plain(name) for name in columns.header if name)
    if header in words.ONLY_OF_CARDS or words.CARD_COLUMNS & {*header}:
        return True
    return any(_is_of_card(columns, row) for _, row in rows)


def _is_of_card(columns: Columns, row: Row) -> bool:
    kind = columns.single.get("kind")
    return kind is not None and bool(words.CARD_KIND.search(words.plain(text(cell(row, kind)))))


def _negate(
    columns: Columns,
    rows: _Rows,
    read: Callable[[Cell], Decimal | None],
    *,
    is_card: bool | None,
    fee: int | None,
) -> bool:
    """Return whether positive amounts are money out, as purchases are in files of some cards.

    :raises UnreadableFile: if no amount has a sign and another column seems to say which are out.
    :raises AmbiguousFile: if nothing says it.
    """
    place = columns.single["amount"]
    signed = [(line, row, amount) for line, row in rows if (amount := read(cell(row, place)))]
    out = len([amount for _, _, amount in signed if amount > 0])
    is_own, is_owed = _proofs(columns, rows, read, fee)
    if is_own and not is_owed:
        return False
    # To take a card for another account is a slip that would turn all of it round.
    is_spent = is_card is False and (
        (out * 2 > len(signed) and is_of_card(columns, rows))
        or (out == len(signed) and _is_spent(columns, signed))
    )
    votes = {
        vote
        for _, row, amount in signed
        if (vote := _vote(columns, row, amount, is_card=is_card)) is not None
    }
    if votes == {True} and out * 2 >= len(signed):
        return True
    is_rare = out * 2 < len(signed) + (not is_card)
    if votes == {False} or (is_rare and votes != {True}):
        return False
    if {words.plain(name) for name in columns.header} & words.CARD_COLUMNS and not is_rare:
        return True
    header = tuple(words.plain(name) for name in columns.header if name)
    is_known = header in words.CARD_HEADERS
    if is_known and is_card and not is_rare:
        return True
    if not is_spent and (is_card is False or not (is_known or is_card or is_owed or votes)):
        return False
    name = columns.name(place)
    sentence = (
        f"Nothing says whether positive amounts in the column “{name}” are money in, or purchases "
        "as in the files of some cards."
    )
    choices = (("false", "money in"), ("true", "money out"))
    line = next((line for line, _, _ in signed), None)
    raise AmbiguousFile([Question("negate", name, sentence, line, choices)])


def _is_spent(columns: Columns, signed: Sequence[tuple[int, Row, Decimal]]) -> bool:
    """Return whether amounts without signs are, by their kinds, all money out.

    :raises UnreadableFile: naming the first that is, if others are not.
    """
    place = columns.single.get("kind")
    if place is None:
        return False
    kinds = [(line, text(cell(row, place))) for line, row, _ in signed]
    spent = [(line, kind) for line, kind in kinds if words.SPENDING.search(words.plain(kind))]
    if spent and len(spent) < len(kinds):
        name, (line, kind) = columns.name(place), spent[0]
        sentence = (
            f"No amount is negative, though the column “{name}” says “{kind}”: which are money "
            "out is not sure."
        )
        raise UnreadableFile(sentence, line)
    return bool(spent)


def _vote(columns: Columns, row: Row, amount: Decimal, *, is_card: bool | None) -> bool | None:
    """Return whether a row is one whose sign is known, and has the other.

    On an account that is no card, what is bought is given back at times, and cards are paid.
    """
    if is_card is False:
        return None
    kind = columns.single.get("kind")
    said = "" if kind is None else words.plain(text(cell(row, kind)))
    if said in words.PURCHASE or words.CARD_KIND.search(said):
        return amount > 0
    places = [*columns.description]
    if "payee" in columns.single:
        places.append(columns.single["payee"])
    said = words.plain(" ".join(text(cell(row, place)) for place in places))
    return amount < 0 if words.PAYING.search(said) else None


def _proofs(
    columns: Columns, rows: _Rows, read: Callable[[Cell], Decimal | None], fee: int | None
) -> tuple[bool, bool]:
    """Return whether the balance moves by the amounts, and whether it moves against them.

    The second says that it, or the amount, is turned round.
    """
    if "balance" not in columns.single:
        return False, False
    chain = _chain(columns, rows, read, fee)
    if chain.steps < 2:
        return False, False
    return min(chain.breaks[:2]) == 0, min(chain.breaks[2:]) == 0
