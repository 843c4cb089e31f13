"""The pack's report to read and to print: the figures of the period on A4."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fontpkg_noto_sans import ROOT
from fpdf import FPDF
from fpdf.enums import TextMode

from buffet.money import Money
from reports.pack.figures import Figures
from reports.templatetags.figures import amount, day, money, month, name, percent, short_day
from reports.templatetags.words import account_name

#: Latin, Greek and Cyrillic; a sign that it lacks stands as an empty box.
FONT = ROOT / "files" / "NotoSans[wdth,wght].ttf"
MARGIN, FOOT, LINE = 16, 14, 5.2
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
    """A4 pages with the book, the period and the version in the margin."""

    def __init__(self, found: Figures) -> None:
        super().__init__(format="A4")
        asked, period = found.asked, found.asked.period
        self.foot = " · ".join(
            (
                found.book.name,
                f"{short_day(period.since)} – {short_day(period.until)}",
                _("as of {day}").format(day=day(asked.today)),
                _("version {version}").format(version=asked.version),
            )
        )
        self.add_font("Noto", "", FONT)
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
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align="R")

    def write_line(self, text: str, size: float, *, is_strong: bool = False) -> None:
        """Write a line of its own."""
        self.set_font("Noto", size=size)
        self._set(self.epw, size * 0.6, text, is_strong=is_strong)
        self.ln(size * 0.6)

    def set_table(self, heading: str, columns: Sequence[Column], lines: Iterable[Line]) -> None:
        """Set a table; its headings stand again on each page that it goes on to."""
        if self._is_full(5):
            self.add_page()
        self.ln(4)
        self.write_line(heading, 11, is_strong=True)
        self._headings(columns)
        for line in lines:
            if self._is_full(1):
                self.add_page()
                self._headings(columns)
            self._line(columns, line)

    def write_left_out(self, left_out: Sequence[Money]) -> None:
        """Say what the table above does not count; nothing where all of it had a rate."""
        if not left_out:
            return
        if self._is_full(1):
            self.add_page()
        sums = ", ".join(money(one) for one in left_out)
        self.write_line(f"{_('Not converted and not counted:')} {sums}", 8)

    def _is_full(self, lines: int) -> bool:
        return self.get_y() + lines * LINE > self.h - FOOT - 2

    def _headings(self, columns: Sequence[Column]) -> None:
        self.set_font("Noto", size=7)
        for column in columns:
            self._cell(column, column.heading)
        self.ln(LINE)
        self._rule()

    def _line(self, columns: Sequence[Column], line: Line) -> None:
        self.set_font("Noto", size=8)
        if line.is_strong:
            self._rule()
        for place, (column, text) in enumerate(zip(columns, line.cells, strict=True)):
            indent = 3 * line.depth if place == 0 else 0
            self._cell(column, text, indent=indent, is_strong=line.is_strong)
        self.ln(LINE)

    def _rule(self) -> None:
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())

    def _cell(
        self, column: Column, text: str, *, indent: float = 0, is_strong: bool = False
    ) -> None:
        width = self.epw * column.share
        if indent:
            self.cell(indent, LINE)
        align = "R" if column.is_figure else "L"
        self._set(width - indent, LINE, text, align=align, is_strong=is_strong)

    def _set(
        self, width: float, height: float, text: str, *, align: str = "L", is_strong: bool = False
    ) -> None:
        fitting = self._fitting(text, width)
        if not is_strong:
            self.cell(width, height, fitting, align=align)
            return
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=_BOLD):
            self.cell(width, height, fitting, align=align)

    def _fitting(self, text: str, width: float) -> str:
        """Return a text on one line, cut if it would not fit."""
        text, room = " ".join(text.split()), width - 2 * self.c_margin
        if self.get_string_width(text) <= room:
            return text
        while text and self.get_string_width(f"{text}…") > room:
            text = text[:-1]
        return f"{text}…"


def printed(found: Figures) -> bytes:
    """Return the report as a PDF, in the language that is active."""
    paper, period = Paper(found), found.asked.period
    paper.add_page()
    paper.write_line(found.book.name, 18, is_strong=True)
    dates = f"{day(period.since)} – {day(period.until)}"
    paper.write_line(dates, 11)
    paper.write_line(_("Amounts are in {currency}.").format(currency=found.asked.currency), 8)
    for section in (_cash_flow, _spending, _net_worth, _balances, _trial_balance):
        section(paper, found)
    return bytes(paper.output())


def _figures(*headings: str, share: float) -> list[Column]:
    return [Column(heading, share) for heading in headings]


def _cash_flow(paper: Paper, found: Figures) -> None:
    report, currency = found.cash_flow, found.asked.currency
    columns = [
        Column(_("Month"), 0.2, is_figure=False),
        *_figures(
            _("Income"),
            _("Expenses"),
            pgettext("kept", "Saved"),
            _("of which invested"),
            share=0.17,
        ),
        Column(_("Savings rate"), 0.12),
    ]

    def line(heading: str, flow: Any, *, is_strong: bool = False) -> Line:
        values = (flow.income, flow.expenses, flow.savings, flow.investments)
        figures = [amount(value, currency) for value in values]
        return Line([heading, *figures, percent(flow.savings_rate)], is_strong)

    lines = [line(month(one.month.name), one.flow) for one in report.months]
    paper.set_table(
        _("Cash flow"), columns, [*lines, line(_("Total"), report.total, is_strong=True)]
    )
    paper.write_left_out(report.left_out)


def _spending(paper: Paper, found: Figures) -> None:
    report, currency = found.spending, found.asked.currency
    columns = [
        Column(_("Category"), 0.4, is_figure=False),
        Column(_("Share"), 0.12),
        *_figures(_("Spent"), _("Period before"), _("Year before"), share=0.16),
    ]

    def line(heading: str, share: Any, values: Sequence[Decimal], **more: Any) -> Line:
        figures = [amount(value, currency) for value in values]
        return Line([heading, percent(share), *figures], **more)

    lines = [
        line(
            account_name(one.node.name),
            one.share,
            (one.total, one.before, one.year_before),
            depth=one.depth,
        )
        for one in report.categories
    ]
    total = (report.total, report.before, report.year_before)
    paper.set_table(_("Spending"), columns, [*lines, line(_("Total"), None, total, is_strong=True)])
    paper.write_left_out(report.left_out)


def _net_worth(paper: Paper, found: Figures) -> None:
    report, currency = found.net_worth, found.asked.currency
    columns = [
        Column(_("At the end of"), 0.4, is_figure=False),
        *_figures(_("Assets"), _("Liabilities"), _("Net worth"), share=0.2),
    ]
    ends = [report.opening, *(step.worth for step in report.steps)]
    lines = [
        Line(
            [
                short_day(one.on),
                *(
                    amount(value, currency)
                    for value in (one.assets, one.liabilities, one.net_worth)
                ),
            ],
            one is ends[-1],
        )
        for one in ends
    ]
    paper.set_table(_("Net worth"), columns, lines)
    paper.write_left_out(report.left_out)


def _balances(paper: Paper, found: Figures) -> None:
    report, currency = found.balances, found.asked.currency
    columns = [
        Column(_("Account"), 0.4, is_figure=False),
        Column(_("Kind"), 0.16, is_figure=False),
        Column(_("Balance"), 0.18),
        Column(_("Currency"), 0.08, is_figure=False),
        Column(currency, 0.18),
    ]
    lines = [
        Line(
            [
                one.name,
                name(one.kind),
                amount(one.balance.amount, one.balance.currency),
                one.balance.currency,
                amount(one.converted.amount, currency) if one.converted else _("not counted"),
            ]
        )
        for one in report.accounts
    ]
    whole = Line([_("Net worth"), "", "", "", amount(report.net_worth.amount, currency)], True)
    paper.set_table(_("Balances"), columns, [*lines, whole])
    paper.write_left_out(report.not_converted)


def _trial_balance(paper: Paper, found: Figures) -> None:
    columns = [
        Column(_("Account"), 0.3, is_figure=False),
        Column(_("Currency"), 0.08, is_figure=False),
        *_figures(_("Opening"), _("Debit"), _("Credit"), _("Closing"), share=0.155),
    ]
    paper.set_table(_("Trial balance"), columns, _trial_lines(found))


def _trial_lines(found: Figures) -> Iterator[Line]:
    report, type = found.trial_balance, ""
    for line in report.lines:
        if line.node.type != type:
            type = line.node.type
            yield Line([name(type), "", "", "", "", ""], is_strong=True)
        values = (line.opening, line.debit, line.credit, line.closing)
        figures = [amount(value, line.currency) for value in values]
        yield Line([account_name(line.node.name), line.currency, *figures])
    for one in report.totals:
        values = (one.opening, one.debit, one.credit, one.closing)
        figures = [amount(value, one.currency) for value in values]
        yield Line([_("All accounts"), one.currency, *figures], is_strong=True)
