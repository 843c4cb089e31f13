"""What the cells of a table mean, decided by whole columns; what they leave open is asked."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TypeAlias

from transactions.imports.statement import AmbiguousFile, Question, UnreadableFile
from transactions.imports.tables import amounts, days, year_first
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.columns import Columns, cell
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.signs import decide_signs, fee_sign
from transactions.imports.tables.source import SAMPLE_ROWS, Row, Source

_Readings: TypeAlias = Callable[[str], dict[str, object]]
_WITHIN = re.compile(r"(?<![0-9])[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})(?![0-9])")


class _Evidence:
    """What the texts of a table leave possible of several ways to read them."""

    def __init__(self, choices: Iterable[str], readings: _Readings) -> None:
        self.possible = set(choices)
        self.readings = readings
        self.seen: set[str] = set()
        #: What could be read, in the order of the file: its column, the text and its readings.
        self.known: list[tuple[int, str, dict]] = []
        #: For each pair of choices, the first text that reads differently.
        self.differing: dict[tuple[str, str], tuple[int, int, str]] = {}
        self.narrowed: tuple[int, str] | None = None

    def see(self, said: str, line: int, place: int) -> None:
        """Take a text into account."""
        if said in self.seen:
            return
        if len(self.seen) < 10_000:
            self.seen.add(said)
        try:
            found = self.readings(said)
        except BadCell:
            # Whoever reads the rows says so; a total below them may stand here, too.
            return
        if len(self.known) < 10_000:
            self.known.append((place, said, found))
        for one in found:
            for other in found:
                if one < other and found[one] != found[other]:
                    self.differing.setdefault((one, other), (line, place, said))
        left = self.possible & found.keys()
        if not left:
            line_before, said_before = self.narrowed or (0, "")
            sentence = f"“{said}” is written in another way than “{said_before}”"
            raise UnreadableFile(f"{sentence} in line {line_before}.", line)
        if len(left) < len(self.possible):
            self.narrowed = (line, said)
        self.possible = left

    @property
    def decided(self) -> str | None:
        """Return the only choice that is left."""
        return next(iter(self.possible)) if len(self.possible) == 1 else None

    @property
    def in_doubt(self) -> tuple[tuple[str, str], tuple[int, int, str]] | None:
        """Return two choices that are left and a text that they read differently."""
        return next(
            (pair for pair in self.differing.items() if self.possible >= set(pair[0])), None
        )


def decide(
    profile: Profile,
    columns: Columns,
    source: Source,
    above: Sequence[Row],
    *,
    is_card: bool | None,
) -> Profile:
    """Return the profile with what the cells say of days, marks and signs.

    :raises AmbiguousFile: with a question for each thing that they leave open.
    """
    questions = []
    dated, marked = _gather(profile, columns, source)
    if profile.date_order is None:
        order, question = _order(dated, columns, above)
        profile = replace(profile, date_order=order)
        questions += [question] if question else []
    if profile.decimal_mark is None:
        mark, question = _mark(marked, columns)
        profile = replace(profile, decimal_mark=mark)
        questions += [question] if question else []
    if questions:
        raise AmbiguousFile(questions)
    if "fee" in columns.single:
        columns.fee_sign = fee_sign(profile, columns, _table(columns, source))
    sample = list(islice(_table(columns, source), SAMPLE_ROWS))
    return decide_signs(profile, columns, sample, is_card=is_card)


def _table(columns: Columns, source: Source) -> Iterable[tuple[int, Row]]:
    return islice(source.rows(), columns.skipped, None)


def _gather(profile: Profile, columns: Columns, source: Source) -> tuple[_Evidence, _Evidence]:
    """Look at the first rows, and at all of them as long as a question stays open."""
    dated = _Evidence(days.ORDERS, _as_objects(days.readings))
    marked = _Evidence(amounts.MARKS, _as_objects(amounts.readings))
    places = [
        *columns.date,
        *([columns.single["user_date"]] if "user_date" in columns.single else []),
    ]
    asked = [(dated, place) for place in places if profile.date_order is None]
    asked += [(marked, place) for place in columns.numbers if profile.decimal_mark is None]
    for count, (line, row) in enumerate(_table(columns, source)):
        if count == SAMPLE_ROWS:
            _leave_unlikely(dated, line)
        if count >= SAMPLE_ROWS:
            # A workbook's days and numbers are what they are, whatever may follow.
            asked = [
                (one, place)
                for one, place in asked
                if not one.decided and (one.seen or source.is_text)
            ]
            if not asked:
                break
        for evidence, place in asked:
            found = cell(row, place)
            if isinstance(found, str) and found:
                evidence.see(found, line, place)
    _leave_unlikely(dated, 0)
    return dated, marked


def _leave_unlikely(evidence: _Evidence, line: int) -> None:
    """Leave out the orders in which dates that may begin with their year lie too far apart."""
    first = evidence.known[0][0] if evidence.known else None
    listed = [(said, found) for place, said, found in evidence.known if place == first]
    dates = [(said, found) for said, found in listed if year_first.is_short(said)]
    likely = year_first.likely(evidence.possible, dates)
    if likely != evidence.possible:
        evidence.possible, evidence.narrowed = likely, (line, dates[0][0])


def _order(
    evidence: _Evidence, columns: Columns, above: Sequence[Row]
) -> tuple[str | None, Question | None]:
    doubt = evidence.in_doubt
    if doubt is None:
        return evidence.decided, None
    (one, other), (line, place, said) = doubt
    told = _told_above(above, said, evidence.possible)
    if told is not None:
        return told, None
    found = days.readings(said)
    choices = tuple((order, _written(found[order])) for order in sorted(evidence.possible))
    if len(choices) < 3:
        choices = tuple((order, _written(found[order])) for order in sorted((one, other)))
    return None, _asked(columns.name(place), said, line, choices)


def _asked(name: str, said: str, line: int, choices: tuple[tuple[str, str], ...]) -> Question:
    """Return the question which of two or three days a date is."""
    (first, day), (second, another_day), *others = choices
    as_first, as_second = days.SAID[first], days.SAID[second]
    if not others:
        sentence = (
            f"The dates of the column “{name}” can be read in two ways: “{said}” is "
            f"{day} ({as_first}) or {another_day} ({as_second})."
        )
        return Question("date_order", name, sentence, line, choices)
    ((third, third_day),) = others
    as_third = days.SAID[third]
    sentence = (
        f"The dates of the column “{name}” can be read in three ways: “{said}” is {day} "
        f"({as_first}), {another_day} ({as_second}) or {third_day} ({as_third})."
    )
    return Question("date_order", name, sentence, line, choices)


def _told_above(above: Sequence[Row], said: str, possible: set[str]) -> str | None:
    """Return the order that the days above the table have, such as those of its period."""
    mark = next(one for one in said if not one.isdigit()) if not said.isdigit() else ""
    orders = set(possible)
    for row in above:
        for one in row:
            for written in _WITHIN.findall(one) if isinstance(one, str) else ():
                if mark in written:
                    try:
                        orders &= days.readings(written).keys()
                    except BadCell:
                        continue
    return orders.pop() if len(orders) == 1 else None


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _mark(evidence: _Evidence, columns: Columns) -> tuple[str | None, Question | None]:
    doubt = evidence.in_doubt
    if doubt is None:
        return evidence.decided, None
    line, place, said = doubt[1]
    found: dict[str, Decimal] = amounts.readings(said)
    by_point, by_comma = (f"{found[mark]:f}" for mark in amounts.MARKS)
    sentence = (
        f"The amounts of the column “{columns.name(place)}” can be read in two ways: “{said}” is "
        f"{by_point} (decimal point) or {by_comma} (decimal comma)."
    )
    choices = tuple(zip(amounts.MARKS, (by_point, by_comma), strict=True))
    return None, Question("decimal_mark", columns.name(place), sentence, line, choices)


def _as_objects(readings: Callable[[str], dict]) -> _Readings:
    return readings
