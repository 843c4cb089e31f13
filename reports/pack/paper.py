"""A4 paper with lines and tables on it."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.utils.translation import gettext as _
from fontpkg_noto_sans import ROOT
from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from buffet.money import Money
from reports.pack.figures import Figures
from reports.templatetags.figures import day, money, short_day

#: Latin, Greek and Cyrillic.
FONT = ROOT / "files" / "NotoSans[wdth,wght].ttf"
#: What stands for a character that the font lacks.
SUBSTITUTE = "\N{REPLACEMENT CHARACTER}"
MARGIN, FOOT, LINE = 16, 14, 5.2
#: How far below a line of a cell its next one is.
NEXT = 3.6
#: The smallest size of a figure, in points.
SMALLEST = 4.5
#: Between words, but for the space that does not break.
_SPACES = re.compile(r"[^\S\xa0]+")
#: How thick a bold line is drawn around its signs, which have one weight, in millimetres.
_BOLD = 0.13

# It would say of each sign that the font lacks it.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether figures are in it."""

    heading: str
    share: float
    is_figure: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; a strong one is a heading or a sum."""

    cells: Sequence[str]
    is_strong: bool = False
    depth: int = 0


class Paper(FPDF):
    """A4 pages with the book, the period and which state of it in the margin."""

    def __init__(self, found: Figures) -> None:
        super().__init__(format="A4")
        asked, period = found.asked, found.asked.period
        self.foot = " · ".join(
            (
                found.book.name,
                f"{short_day(period.since)} – {short_day(period.until)}",
                _("as of {day}").format(day=day(asked.today)),
                _("as known on {day}").format(day=day(asked.known_on))
                if asked.known_on
                else _("version {version}").format(version=asked.version),
            )
        )
        self.add_font("Noto", "", FONT)
        font = self.fonts["noto"]
        self._shown = font.cmap if isinstance(font, TTFFont) else {}
        self._is_lacking = False
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=False)
        self.set_title(f"{found.book.name}, {period.since} – {period.until}")
        self.set_creation_date(datetime.combine(asked.today, time(), UTC))
        self.set_line_width(0.2)

    def footer(self) -> None:
        """Set the margin's line, and the number of the page."""
        self.set_y(-FOOT)
        self.set_font("Noto", size=7)
        self.cell(self.epw - 20, 4, self._fitting(self.foot, self.epw - 20))
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align="R", new_x="LMARGIN", new_y="NEXT")
        if self._is_lacking:
            note = _(
                "{sign} stands for a character that cannot be shown here; the files beside "
                "this report have it."
            )
            self.cell(self.epw, 4, self._fitting(note.format(sign=SUBSTITUTE), self.epw))
        self._is_lacking = False

    def write_line(self, text: str, size: float, *, is_strong: bool = False) -> None:
        """Write a text on lines of its own."""
        self.set_font("Noto", size=size)
        for part in self.wrapped(text, self.epw):
            self._set(self.epw, size * 0.6, part, is_strong=is_strong)
            self.ln(size * 0.6)

    def set_table(self, heading: str, columns: Sequence[Column], lines: Iterable[Line]) -> None:
        """Set a table; its headings stand again on each page that it goes on to."""
        if self._is_full(5):
            self.add_page()
        self.ln(4)
        self.write_line(heading, 11, is_strong=True)
        self._headings(columns)
        for line in lines:
            self._line(columns, line)

    def write_left_out(self, left_out: Sequence[Money], of: str = "") -> None:
        """Say what the table above, or a column `of` it, leaves out; nothing if all had a rate."""
        if not left_out:
            return
        if self._is_full(1):
            self.add_page()
        sums = ", ".join(money(one) for one in left_out)
        told = f"{_('Not converted and not counted:')} {sums}"
        self.write_line(f"{of}: {told}" if of else told, 8)

    def _is_full(self, lines: float) -> bool:
        return self.get_y() + lines * LINE > self.h - FOOT - 2

    def _headings(self, columns: Sequence[Column]) -> None:
        self.set_font("Noto", size=7)
        self._row([_Cell(self, column, column.heading, is_heading=True) for column in columns])
        self._rule()

    def _line(self, columns: Sequence[Column], line: Line) -> None:
        self.set_font("Noto", size=8)
        cells = [
            _Cell(self, column, text, indent=0 if place else 3 * line.depth)
            for place, (column, text) in enumerate(zip(columns, line.cells, strict=True))
        ]
        if self._is_full(1 + (max(len(one.lines) for one in cells) - 1) * NEXT / LINE):
            self.add_page()
            self._headings(columns)
            self.set_font("Noto", size=8)
        if line.is_strong:
            self._rule()
        self._row(cells, is_strong=line.is_strong)

    def _row(self, cells: Sequence["_Cell"], *, is_strong: bool = False) -> None:
        top, left, most = self.get_y(), self.l_margin, max(len(one.lines) for one in cells)
        for one in cells:
            size = self.font_size_pt
            self.set_font_size(one.size)
            above = most - len(one.lines) if one.is_heading else 0
            for place, text in enumerate(one.lines, above):
                self.set_xy(left + one.indent, top + place * NEXT)
                self._set(one.width, LINE, text, align=one.align, is_strong=is_strong)
            self.set_font_size(size)
            left += one.indent + one.width
        self.set_xy(self.l_margin, top + LINE + (most - 1) * NEXT)

    def _rule(self) -> None:
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())

    def _set(
        self, width: float, height: float, text: str, *, align: str = "L", is_strong: bool = False
    ) -> None:
        if not is_strong:
            self.cell(width, height, text, align=align)
            return
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=_BOLD):
            self.cell(width, height, text, align=align)

    def wrapped(self, text: str, width: float) -> list[str]:
        """Return a text on as many lines as it needs; a word that is too long is broken."""
        room, lines = width - 2 * self.c_margin, [""]
        for word in _SPACES.split(self._shown_as(text.strip())):
            longer = f"{lines[-1]} {word}" if lines[-1] else word
            if self.get_string_width(longer) <= room:
                lines[-1] = longer
                continue
            lines += [word] if lines[-1] else []
            lines[-1] = word
            while self.get_string_width(lines[-1]) > room and len(lines[-1]) > 1:
                most = len(lines[-1]) - 1
                while most > 1 and self.get_string_width(lines[-1][:most]) > room:
                    most -= 1
                lines[-1:] = [lines[-1][:most], lines[-1][most:]]
        return lines

    def _fitting(self, text: str, width: float) -> str:
        """Return a text on one line, cut if it would not fit."""
        text, room = self._shown_as(" ".join(text.split())), width - 2 * self.c_margin
        if self.get_string_width(text) <= room:
            return text
        while text and self.get_string_width(f"{text}…") > room:
            text = text[:-1]
        return f"{text}…"

    def _shown_as(self, text: str) -> str:
        """Return a text with substitutes for what the font lacks and a reader would miss."""
        shown = []
        for sign in text:
            if ord(sign) in self._shown:
                shown.append(sign)
            elif not _is_invisible(sign):
                shown.append(SUBSTITUTE)
                self._is_lacking = True
        return "".join(shown)


def _is_invisible(sign: str) -> bool:
    """Whether a sign only says how others are set."""
    return unicodedata.category(sign) == "Cf" or unicodedata.name(sign, "").startswith(
        "VARIATION SELECTOR"
    )


class _Cell:
    """A cell of a row: its lines, and in which size; a figure is rather smaller than on two lines.

    Headings stand on the last lines of their row, all else on the first.
    """

    def __init__(
        self,
        paper: Paper,
        column: Column,
        text: str,
        *,
        indent: float = 0,
        is_heading: bool = False,
    ) -> None:
        self.indent, self.is_heading = indent, is_heading
        self.width = paper.epw * column.share - indent
        self.align = "R" if column.is_figure else "L"
        self.size = paper.font_size_pt
        if column.is_figure and not is_heading:
            room = (self.width - 2 * paper.c_margin) / max(paper.get_string_width(text), 0.1)
            self.size = max(SMALLEST, self.size * min(1, room * 0.99))
        size = paper.font_size_pt
        paper.set_font_size(self.size)
        self.lines = paper.wrapped(text, self.width)
        paper.set_font_size(size)
