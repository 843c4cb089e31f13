"""How much a row moves, and which way."""

from decimal import Decimal

from transactions.imports.tables import amounts, words
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.columns import Columns, text
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.source import Cell, Row

_ZERO = Decimal(0)
_NOTHING = frozenset(["", "-", "--"])


class AmountReader:
    """Reads the amounts of rows whose cells are stripped, and that are as long as the header."""

    def __init__(self, columns: Columns, profile: Profile, currency: str) -> None:
        self.columns, self.profile = columns, profile
        self.amount, self.debit, self.credit, self.direction, self.fee = (
            columns.single.get(name) for name in ("amount", "debit", "credit", "direction", "fee")
        )
        self.places = [one for one in (self.amount, self.debit, self.credit) if one is not None]
        self.written = amounts.reader(profile.decimal_mark, currency)
        #: Whether what is written under debit, credit or a word has a minus, by the first such.
        self.minus: dict[str, bool] = {}
        out, into = (
            {words.plain(one) for one in said}
            for said in (profile.debit_words, profile.credit_words)
        )
        self.outward, self.inward = (words.DEBIT | out) - into, (words.CREDIT | into) - out

    def read(self, row: Row) -> Decimal:
        """Return what the row moves.

        :raises BadCell: if that is not written there, or could be meant either way.
        """
        if self.amount is None:
            return self._two_columns(row)
        amount = self.number(row[self.amount])
        if amount is None:
            name = self.columns.name(self.amount)
            raise BadCell(f"The column “{name}” is empty.")
        if self.direction is not None:
            return self._directed(text(row[self.direction]), amount)
        if self.profile.negate and not _has_side(row[self.amount]):
            amount = -amount
        if self.fee is not None and (fee := self.number(row[self.fee])):
            if self.profile.subtract_fee is None:
                sentence = "The row has a fee: say with subtract_fee whether it comes on top."
                raise BadCell(sentence)
            amount -= self.columns.fee_sign * fee if self.profile.subtract_fee else _ZERO
        return amount or _ZERO

    def stated(self, row: Row) -> Decimal | None:
        """Return the balance in the place of an amount; None where its sign is not sure."""
        before = dict(self.minus)
        try:
            return None if self.profile.negate else self.read(row)
        except BadCell:
            return None
        finally:
            self.minus = before

    def moves_nothing(self, row: Row) -> bool:
        """Return whether the row has no amount at all."""
        return all(row[one] == "" for one in self.places)

    def number(self, found: Cell) -> Decimal | None:
        """Return the number in a cell, None where it has none."""
        if isinstance(found, str):
            return None if found in _NOTHING else self.written(found)
        if isinstance(found, Decimal):
            return amounts.checked(found, str(found))
        raise BadCell(f"“{found}” is not an amount.")

    def _directed(self, found: str, amount: Decimal) -> Decimal:
        said = words.plain(found)
        if said in self.outward:
            return -self._sized("out", amount) or _ZERO
        if said in self.inward:
            return self._sized("in", amount)
        if not amount:
            return _ZERO
        sentence = (
            f"“{found[:40]}” says neither debit nor credit: add it to debit_words or credit_words."
        )
        raise BadCell(sentence)

    def _sized(self, side: str, amount: Decimal) -> Decimal:
        """Return how much an amount is whose column or word says which way it goes.

        Some write a minus there as well; all of one way must, or one with it could be taken back.
        """
        if amount and self.minus.setdefault(side, amount < 0) != (amount < 0):
            raise BadCell("The amount's sign is another than that of those before it.")
        return abs(amount)

    def _two_columns(self, row: Row) -> Decimal:
        out = self.number(row[self.debit]) if self.debit is not None else None
        into = self.number(row[self.credit]) if self.credit is not None else None
        if out is None and into is None:
            raise BadCell("The row has no amount.")
        if out and into:
            raise BadCell("The row has both a debit and a credit.")
        return self._sized("in", into) if into else -self._sized("out", out or _ZERO) or _ZERO


def _has_side(found: Cell) -> bool:
    """Return whether an amount says itself whether it is a debit or a credit, as in 12.00 CR."""
    return isinstance(found, str) and found[-1:].isalpha() and amounts.Written(found).has_side
