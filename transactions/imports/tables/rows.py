"""From a row of a table to a line of a statement."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from buffet.money import CURRENCIES
from transactions.imports.statement import StatementLine
from transactions.imports.tables import amounts, days, words
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.columns import Columns, cell, text
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.source import Row

#: Which account and currency a line is of.
Owner: TypeAlias = tuple[str, str]
_ZERO = Decimal(0)


class RowReader:
    """Reads the rows of a table one after the other; a new one is needed for each time."""

    def __init__(self, columns: Columns, profile: Profile) -> None:
        self.columns, self.profile = columns, profile
        single = columns.single.get
        self.amount, self.debit, self.credit = single("amount"), single("debit"), single("credit")
        self.direction, self.fee, self.balance = (
            single("direction"),
            single("fee"),
            single("balance"),
        )
        self.currency, self.account, self.status = (
            single("currency"),
            single("account"),
            single("status"),
        )
        self.user_date = single("user_date")
        payee = single("payee")
        self.texts = dict.fromkeys(([] if payee is None else [payee]) + [*columns.description])
        self.short = {
            name: place
            for name in ("external_id", "category", "kind", "check_number")
            if (place := single(name)) is not None
        }
        code = columns.currency or profile.currency_code or ""
        self.code = "" if self.currency is not None else code
        self.read_amount = amounts.reader(profile.decimal_mark, self.code)
        self.read_day = days.reader(profile.date_order)
        self.width = len(columns.header)
        self.counts: dict[Owner, int] = {}
        #: Whether what is written under debit, credit or a word has a minus, by the first such.
        self.minus: dict[str, bool] = {}
        self.header = [words.plain(name) for name in columns.header]
        self.standing = _standing(profile)
        self.outward = words.DEBIT | {words.plain(one) for one in profile.debit_words}
        self.inward = words.CREDIT | {words.plain(one) for one in profile.credit_words}
        self.outward -= {words.plain(one) for one in profile.credit_words}

    def read(self, line: int, row: Row) -> tuple[Owner, StatementLine] | None:
        """Return the owner and the line that a row is; None if it can be no movement.

        :raises BadCell: saying what is wrong with it.
        """
        if self.width and len(row) > self.width and any(row[self.width :]):
            count = len(row)
            raise BadCell(f"The row has {count} cells, and there are {self.width} columns")
        day, is_pending = self._day(row)
        if day is None or self._tells_balance(row):
            return None
        standing = self._standing(row)
        amount = _ZERO if standing == "void" else self._amount(row)
        owner = (
            text(cell(row, self.account)) if self.account is not None else "",
            self._currency(row) if self.currency is not None else self.code,
        )
        number = self.counts[owner] = self.counts.get(owner, 0) + 1
        said = {name: text(cell(row, place)) for name, place in self.short.items()}
        return owner, StatementLine(
            number=number,
            date=day,
            amount=amount,
            description=self._description(row),
            external_id=said.get("external_id", "")[:255],
            kind=said.get("kind", "").lower()[:20],
            check_number=said.get("check_number", "")[:20],
            user_date=self._user_date(row),
            is_pending=is_pending or standing == "pending",
            balance_after=self._balance(row),
            file_line=line,
            category=said.get("category", "")[:100],
        )

    def _day(self, row: Row) -> tuple[date | None, bool]:
        """Return the row's day, None where it has none and cannot be a movement."""
        is_pending, found = False, ""
        for place in self.columns.date:
            found = cell(row, place)
            if isinstance(found, date):
                return found, is_pending
            found = text(found)
            if found in ("", "-", "--"):
                continue
            try:
                return self.read_day(found), is_pending
            except BadCell:
                if self.standing(words.plain(found)) == "pending":
                    is_pending = True
                    continue
                if self._is_no_movement(row, found):
                    return None, False
                raise
        if self._is_no_movement(row, ""):
            return None, False
        raise BadCell("The row has no date")

    def _is_no_movement(self, row: Row, instead: str) -> bool:
        """Return whether a row without a day is a total, a remark or the header again."""
        cells = [words.plain(text(one)) for one in row]
        if any(one in _NO_MOVEMENT for one in cells):
            return True
        if self.header and cells[: self.width] == self.header[: len(cells)]:
            return True
        return not instead[:1].isdigit() and self._moves_nothing(row)

    def _tells_balance(self, row: Row) -> bool:
        """Return whether a row with a day says what the balance was, and moves nothing."""
        said = [words.plain(found) for one in self.texts if (found := text(cell(row, one)))]
        if any(one in _BALANCES for one in said):
            return True
        return any(one.startswith(_BEGINNINGS) for one in said) and self._moves_nothing(row)

    def _moves_nothing(self, row: Row) -> bool:
        places = [one for one in (self.amount, self.debit, self.credit) if one is not None]
        return not any(text(cell(row, one)) for one in places)

    def _amount(self, row: Row) -> Decimal:
        if self.amount is None:
            return self._two_columns(row)
        amount = self._number(row, self.amount)
        if amount is None:
            raise BadCell(f"The column “{self.columns.name(self.amount)}” is empty")
        if self.direction is not None:
            return self._directed(row, amount)
        if self.profile.negate and not self._has_side(row):
            amount = -amount
        if self.fee is not None and (fee := self._number(row, self.fee)):
            if self.profile.subtract_fee is None:
                raise BadCell("The row has a fee: say with subtract_fee whether it comes on top")
            amount -= fee if self.profile.subtract_fee else _ZERO
        return amount or abs(amount)

    def _has_side(self, row: Row) -> bool:
        found = cell(row, self.amount)
        return isinstance(found, str) and found[-1:].isalpha() and amounts.Written(found).has_side

    def _number(self, row: Row, place: int) -> Decimal | None:
        found = cell(row, place)
        if isinstance(found, str):
            return self.read_amount(found) if found and found not in ("-", "--") else None
        if isinstance(found, Decimal):
            return amounts.checked(found, str(found))
        raise BadCell(f"“{found}” is not an amount")

    def _directed(self, row: Row, amount: Decimal) -> Decimal:
        said = words.plain(text(cell(row, self.direction)))
        if said in self.outward:
            return -self._sized("out", amount)
        if said in self.inward:
            return self._sized("in", amount)
        if not amount:
            return _ZERO
        found = text(cell(row, self.direction))[:40]
        raise BadCell(
            f"“{found}” says neither debit nor credit: add it to debit_words or credit_words"
        )

    def _sized(self, side: str, amount: Decimal) -> Decimal:
        """Return how much an amount is whose column or word says which way it goes.

        Some write a minus there as well; all of one way must, or one with it could be taken back.
        """
        if amount and self.minus.setdefault(side, amount < 0) != (amount < 0):
            raise BadCell("The amount's sign is another than that of those before it")
        return abs(amount)

    def _two_columns(self, row: Row) -> Decimal:
        out = self._number(row, self.debit) if self.debit is not None else None
        into = self._number(row, self.credit) if self.credit is not None else None
        if out is None and into is None:
            raise BadCell("The row has no amount")
        if out and into:
            raise BadCell("The row has both a debit and a credit")
        return self._sized("in", into) if into else -self._sized("out", out or _ZERO) or _ZERO

    def _balance(self, row: Row) -> Decimal | None:
        return self._number(row, self.balance) if self.balance is not None else None

    def _currency(self, row: Row) -> str:
        code = text(cell(row, self.currency)).upper()
        if code not in CURRENCIES:
            raise BadCell(f"“{code[:40]}” is not a currency")
        return code

    def _user_date(self, row: Row) -> date | None:
        found = cell(row, self.user_date) if self.user_date is not None else ""
        if isinstance(found, date) or not isinstance(found, str):
            return found if isinstance(found, date) else None
        return self.read_day(found) if found else None

    def _standing(self, row: Row) -> str:
        if self.status is None:
            return "posted"
        found = text(cell(row, self.status))
        standing = self.standing(words.plain(found))
        if standing is None:
            raise BadCell(
                f"“{found[:40]}” is no known status: add it to posted_words, pending_words "
                "or void_words"
            )
        return standing

    def _description(self, row: Row) -> str:
        said = ""
        for place in self.texts:
            found = text(cell(row, place))
            if not found:
                continue
            if "  " in found or "\n" in found or "\r" in found or "\t" in found:
                found = " ".join(found.split())
            if found.lower() in said.lower():
                continue
            said = f"{said} · {found}" if said and said.lower() not in found.lower() else found
        return said[:500].strip()


_BALANCES = words.OPENING | words.CLOSING | words.DAILY
_BEGINNINGS = tuple(one for one in _BALANCES if len(one) > 3)
_NO_MOVEMENT = _BALANCES | words.TOTAL


def _standing(profile: Profile) -> Callable[[str], str | None]:
    """Return what tells of a status whether a row is posted, pending or void."""
    known = {
        **dict.fromkeys(words.POSTED, "posted"),
        **dict.fromkeys(words.PENDING, "pending"),
        **dict.fromkeys(words.VOID, "void"),
    }
    for standing in ("posted", "pending", "void"):
        said = getattr(profile, f"{standing}_words")
        known.update({words.plain(one): standing for one in said})
    return known.get
