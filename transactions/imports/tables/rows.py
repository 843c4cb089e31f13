"""From a row of a table to a line of a statement."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from buffet.money import CURRENCIES
from transactions.imports.tables import days, stating, words
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.columns import Columns, pots, text
from transactions.imports.tables.moving import AmountReader
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.source import Cell, Row
from transactions.imports.tables.stating import AccountRow, Ends
from transactions.imports.texts import without_piles

#: Which account and currency a line is of.
Owner: TypeAlias = tuple[str, str]
#: What a `StatementLine` is made of, in its order: making one costs more than reading the row.
Parts: TypeAlias = tuple[
    int, date, Decimal, str, str, str, str, date | None, bool, Decimal | None, int, str
]
_ZERO = Decimal(0)
_NO_MOVEMENT = words.OPENING | words.CLOSING | words.DAILY | words.TOTAL


class RowReader:
    """Reads the rows of a table one after the other; a new one is needed for each time."""

    def __init__(self, columns: Columns, profile: Profile) -> None:
        self.columns, self.profile, self.dates = columns, profile, columns.date
        single = columns.single.get
        self.balance, self.currency, self.account, self.status, self.user_date = (
            single(name) for name in ("balance", "currency", "account", "status", "user_date")
        )
        self.has_pots = self.account is None and pots(columns.header) is not None
        if self.has_pots:
            self.account = pots(columns.header)
        self.short = [single(name) for name in ("external_id", "kind", "check_number", "category")]
        self.is_short = any(place is not None for place in self.short)
        self.kind = single("kind")
        payee = single("payee")
        self.texts = list(
            dict.fromkeys(([] if payee is None else [payee]) + [*columns.description])
        )
        code = columns.currency or profile.currency_code or ""
        self.owner = ("", "" if self.currency is not None else code)
        self.has_owners = self.currency is not None or self.account is not None
        self.amounts = AmountReader(columns, profile, self.owner[1])
        self.read_day = days.reader(profile.date_order)
        self.width = len(columns.header)
        places = [*self.dates, *self.texts, *columns.single.values()]
        self.least = max(self.width, *places) + 1 if places else self.width
        self.counts: dict[Owner, int] = {}
        #: What rows that are no movements state of the balances of each account.
        self.ends: dict[Owner, Ends] = {}
        self.account_row = None if self.width else AccountRow()
        self.shared = {*self.dates, *self.amounts.places}
        self.header = [words.plain(name) for name in columns.header]
        self.standing = _standing(profile)

    def read(self, line: int, row: Row) -> tuple[Owner, Parts] | None:
        """Return the owner of a row, and its parts; None if it can be no movement.

        :raises BadCell: saying what is wrong with it.
        """
        cells = [one.strip() if type(one) is str else one for one in row]
        if self.width and len(cells) > self.width and any(cells[self.width :]):
            count, width = len(cells), self.width
            sentence = f"The row has {count} cells, and there are {width} columns."
            raise BadCell(sentence)
        if len(cells) < self.least:
            cells += [""] * (self.least - len(cells))
        day, is_pending = self._day(cells)
        if day is None:
            return None
        if (told := self._told_balance(line, cells)) is not None:
            self._keep_balance(told, day, cells)
            return None
        standing = "posted" if self.status is None else self._status(cells[self.status])
        amount = _ZERO if standing == "void" else self.amounts.read(cells)
        owner = self._owner(cells) if self.has_owners else self.owner
        number = self.counts[owner] = self.counts.get(owner, 0) + 1
        id = kind = check = category = ""
        if self.is_short:
            id, kind, check, category = (
                "" if place is None else text(cells[place]) for place in self.short
            )
        return owner, (
            number,
            day,
            amount,
            self._description(cells),
            id[:255],
            kind.lower()[:20],
            check[:20],
            None if self.user_date is None else self._user_day(cells[self.user_date]),
            is_pending or standing == "pending",
            None if self.balance is None else self.amounts.number(cells[self.balance]),
            line,
            category[:100],
        )

    def _day(self, row: Row) -> tuple[date | None, bool]:
        """Return the row's day, None where it has none and cannot be a movement."""
        is_pending = False
        for place in self.dates:
            found = row[place]
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
        raise BadCell("The row has no date.")

    def _is_no_movement(self, row: Row, instead: str) -> bool:
        """Return whether a row without a day is a total, a remark or the header again."""
        cells = [words.plain(text(one)) for one in row]
        if any(one in _NO_MOVEMENT or stating.stated(one) for one in cells):
            return True
        if self.header and cells[: self.width] == self.header:
            return True
        return not instead[:1].isdigit() and self.amounts.moves_nothing(row)

    def _told_balance(self, line: int, row: Row) -> str | None:
        """Return which balance a row with a day states, that moves nothing; None: it moves."""
        if self.account_row is not None and self.account_row.is_next(line, row, self.shared):
            return "closing"
        texts = [found for place in self.texts if isinstance(found := row[place], str) and found]
        for found in texts:
            if told := stating.stated(found):
                if not stating.may_be_called(found) or all(map(stating.stated, texts)):
                    return told
                if self.amounts.moves_nothing(row):
                    return told
            elif stating.begins_as_balance(found) and self.amounts.moves_nothing(row):
                return "daily"
        if texts:
            return None
        # Where no text is, another column's words are all that the row says.
        others = [one for place, one in enumerate(row) if one and place != self.account]
        said = (stating.stated(one) for one in others if isinstance(one, str))
        return next((one for one in said if one), None)

    def _keep_balance(self, told: str, day: date, row: Row) -> None:
        """Keep the balance that a row states of the beginning or of the end."""
        amount = None if told == "daily" else self.amounts.stated(row)
        if amount is None:
            return
        with suppress(BadCell):
            ends = self.ends.setdefault(self._owner(row), Ends())
            (ends.opening if told == "opening" else ends.closing).add((day, amount))

    def _owner(self, row: Row) -> Owner:
        account = "" if self.account is None else text(row[self.account])
        if self.currency is None:
            return account, self.owner[1]
        code = text(row[self.currency]).upper()
        if code not in CURRENCIES:
            raise BadCell(f"“{code[:40]}” is not a currency.")
        return account, code

    def _user_day(self, found: Cell) -> date | None:
        if isinstance(found, str):
            return self.read_day(found) if found else None
        return found if isinstance(found, date) else None

    def _status(self, cell: Cell) -> str:
        found = text(cell)
        standing = self.standing(words.plain(found))
        if standing is None:
            sentence = (
                f"“{found[:40]}” is no known status: add it to posted_words, pending_words or "
                "void_words."
            )
            raise BadCell(sentence)
        return standing

    def _description(self, row: Row) -> str:
        said = ""
        for place in self.texts:
            found = row[place]
            if found == "":
                continue
            found = text(found)
            if not found.isascii():
                found = without_piles(found)
            if "  " in found or not found.isprintable():
                found = " ".join(found.split())
            if not said:
                said = found
            elif found.lower() not in said.lower():
                said = found if said.lower() in found.lower() else f"{said} · {found}"
        if self.kind is not None and words.PARCEL.match(kind := text(row[self.kind])):
            said = said if kind.lower() in said.lower() else f"{said} - {kind}"
        return said[:500].strip()


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
