"""Random verbs of the chart of accounts and of months."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from book_model import Kept, Line
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from machine import CURRENCIES, DAYS, MONTHS, TODAY, Machine, amounts, sometimes
from raw import one

from accounts import services as chart
from transactions import services as ledger


class ChartVerbs(Machine):
    """Opening, moving, merging, archiving and deleting accounts; closing months."""

    @sometimes
    @precondition(lambda self: len(self.model.real) < 7)
    @rule(data=st.data(), currency=st.sampled_from(CURRENCIES), day=DAYS)
    def open_account(self, data: st.DataObject, currency: str, day: date) -> None:
        opening = data.draw(amounts(currency))
        # Before it exists, the account stands in for itself.
        new, equity = UUID(int=0), self.model.own["opening_balances", "equity"]
        self.model.real[new] = currency
        lines = (Line(new, currency, opening), Line(equity, currency, -opening))
        faults = self.model.faults([day], lines) if opening else set()
        del self.model.real[new]

        done = self.does(
            faults, lambda: self.account(currency, opened_on=day, opening_balance=opening)
        )

        if done:
            self.model.real[done.id] = currency
            if opening:
                sql = "SELECT transaction_id FROM transactions_entry WHERE account_id = %s"
                own = replace(lines[0], account=done.id)
                self.model.there[one(sql, done.id)] = Kept(day, (own, lines[1]))

    @sometimes
    @precondition(lambda self: len(self.model.categories) < 8)
    @rule(data=st.data(), type=st.sampled_from(["expense", "income"]))
    def create_category(self, data: st.DataObject, type: str) -> None:
        parents = [id for id, (of, _) in self.model.categories.items() if of == type]
        below = data.draw(st.booleans()) and parents
        self.category(type, self.draw(data, parents) if below else None)

    @sometimes
    @rule(data=st.data(), to_top=st.integers(0, 3))
    def move_category(self, data: st.DataObject, to_top: int) -> None:
        model = self.model
        id = self.draw(data, model.categories)
        parent = self.draw(data, model.categories) if to_top else None

        done = self.does(
            model.faults_of_move(id, parent),
            lambda: chart.change_category(**self.who, category_id=id, parent_id=parent),
        )

        if done:
            model.categories[id] = model.categories[id][0], parent

    @sometimes
    @rule(data=st.data(), closes=st.booleans())
    def archive_or_reopen(self, data: st.DataObject, closes: bool) -> None:
        archived = self.model.archived
        id = self.draw(data, [*self.model.real, *self.model.categories])
        # Few at a time, or there would be little left to record on.
        closes = closes and (id in archived or len(archived) < 2)
        if not closes and not archived:
            return
        verb = chart.archive_account if closes else chart.reopen_account
        code = "already_archived" if closes else "not_archived"

        done = self.does(
            {code} if closes == (id in archived) else (),
            lambda: verb(**self.who, account_id=id),
        )

        if done:
            (archived.add if closes else archived.remove)(id)

    @sometimes
    @rule(data=st.data())
    def delete_account(self, data: st.DataObject) -> None:
        model = self.model
        id = self.draw(data, [*model.real, *model.categories])
        if len(model.real) <= 3 or len(model.categories) <= 3:
            return

        faults = model.faults_of_deletion(id)
        self.does(faults, lambda: ledger.delete_account(**self.who, account_id=id))

        if not faults:
            model.drop(id)

    @sometimes
    @precondition(lambda self: len(self.model.categories) > 3)
    @rule(data=st.data())
    def merge_categories(self, data: st.DataObject) -> None:
        of = self.model.categories
        source = self.draw(data, of)
        target = self.draw(data, [id for id in of if of[id][0] == of[source][0] or id < source])

        done = self.does(
            self.model.faults_of_merge(source, target),
            lambda: ledger.merge_categories(**self.who, source_id=source, target_id=target),
        )

        if done:
            self.model.merge(source, target)

    # Months

    @sometimes
    @rule(month=MONTHS, closes=st.booleans())
    def close_or_reopen(self, month: date, closes: bool) -> None:
        closed = self.model.closed
        # One at a time, or there would be few days left to record on.
        if not closed and not closes:
            return
        if not closes or closed - {month}:
            faults = set() if month in closed else {"not_closed"}
            self.does(faults, lambda: ledger.reopen_month(**self.who, month=month, reason="x"))
            closed.discard(month)
            return
        faults = {"already_closed"} if month in closed else set()
        faults |= {"month_not_over"} if month >= TODAY.replace(day=1) else set()
        if self.does(faults, lambda: ledger.close_month(**self.who, month=month, today=TODAY)):
            closed.add(month)
