"""The pack's report to read and to print: the figures of the period on A4."""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.pack.figures import Figures
from reports.pack.paper import Column, Line, Paper
from reports.queries.bringing import Conversion
from reports.templatetags.figures import (
    amount,
    day,
    month,
    name,
    percent,
    quoted_by,
    rate,
    short_day,
)
from reports.templatetags.words import account_name


def printed(found: Figures) -> bytes:
    """Return the report as a PDF, in the language that is active."""
    paper, period = Paper(found), found.asked.period
    paper.add_page()
    paper.write_line(found.book.name, 18, is_strong=True)
    dates = f"{day(period.since)} – {day(period.until)}"
    paper.write_line(dates, 11)
    paper.write_line(_("Amounts are in {currency}.").format(currency=found.asked.currency), 8)
    for section in (_cash_flow, _spending, _net_worth, _balances, _trial_balance, _rates):
        section(paper, found)
    return bytes(paper.output())


def _lacking(missing: Collection[str]) -> str:
    """Return what a figure lacks, as pages say it; nothing where it lacks nothing."""
    if not missing:
        return ""
    return _("without %(missing)s: no rate") % {"missing": ", ".join(sorted(missing))}


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
    paper.write_left_out(report.before_left_out, _("Period before"))
    paper.write_left_out(report.year_before_left_out, _("Year before"))


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
                " ".join((short_day(one.on), _lacking(one.missing))),
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
                _("not counted")
                if one.converted is None
                else amount(one.converted.amount, currency),
            ]
        )
        for one in report.accounts
    ]
    whole = Line([_("Net worth"), "", "", "", amount(report.net_worth.amount, currency)], True)
    paper.set_table(_("Balances"), columns, [*lines, whole])
    paper.write_left_out(report.not_converted)


def _trial_balance(paper: Paper, found: Figures) -> None:
    headings = [_("Opening"), _("Debit"), _("Credit"), _("Closing")]
    if found.trial_balance.is_foreign:
        headings.append(found.asked.currency)
    columns = [
        Column(_("Account"), 0.3, is_figure=False),
        Column(_("Currency"), 0.08, is_figure=False),
        *_figures(*headings, share=0.62 / len(headings)),
    ]
    paper.set_table(_("Trial balance"), columns, _trial_lines(found, len(columns)))
    paper.write_left_out(found.trial_balance.left_out)


def _trial_lines(found: Figures, width: int) -> Iterator[Line]:
    report, target, type = found.trial_balance, found.asked.currency, ""

    def line_of(cells: Sequence[str], *, is_strong: bool = False) -> Line:
        return Line([*cells, *[""] * width][:width], is_strong)

    for line in report.lines:
        if line.node.type != type:
            type = line.node.type
            yield line_of([name(type)], is_strong=True)
        values = (line.opening, line.debit, line.credit, line.closing)
        figures = [amount(value, line.currency) for value in values]
        brought = _("no rate") if line.converted is None else amount(line.converted, target)
        yield line_of([account_name(line.node.name), line.currency, *figures, brought])
    for one in report.totals:
        values = (one.opening, one.debit, one.credit, one.closing)
        figures = [amount(value, one.currency) for value in values]
        yield line_of([_("All accounts"), one.currency, *figures], is_strong=True)
    if report.is_foreign:
        converted = amount(report.converted, target)
        yield Line([_("All accounts, converted"), target, *[""] * 4, converted], is_strong=True)


def _rates(paper: Paper, found: Figures) -> None:
    """Set at which rates amounts were converted: each once, whichever tables have it."""
    named = {(one.currency, f"{one.month:%Y-%m}", one.rate): one for _name, one in found.rates}
    used = [named[key] for key in sorted(named, key=lambda key: key[:2])]
    if not used:
        return
    columns = [
        Column(_("Month"), 0.2, is_figure=False),
        Column(_("Currency"), 0.1, is_figure=False),
        Column(found.asked.currency, 0.2),
        Column(_("Rate of"), 0.5, is_figure=False),
    ]
    paper.set_table(_("The rates used"), columns, map(_rate_line, used))


def _rate_line(one: Conversion) -> Line:
    how = [short_day(one.rate.as_of)] if one.rate.as_of else []
    how += [pgettext("rate", "carried")] if one.rate.status == "carried" else []
    of = " · ".join(filter(None, (", ".join(how), quoted_by(one.rate.source))))
    value = "" if one.rate.rate is None else rate(one.rate.rate)
    return Line([month(one.month), one.currency, value, of])
