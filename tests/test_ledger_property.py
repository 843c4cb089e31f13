"""Random calls of every verb against a plain model: the same refusals, the same books."""

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from book_model import Kept, Line, Simple
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from machine import DAYS, EXTERNAL_IDS, amounts
from machine_chart import ChartVerbs
from raw import run

from transactions import services as ledger
from transactions.drafts import Changes, Draft, DraftEntry, EntryChange

MORE_EXAMPLES = os.environ.get("PROPERTY_EXAMPLES")


class Books(ChartVerbs):
    """Recording, correcting, deleting and restoring, between the verbs of the chart."""

    def form(self, data: st.DataObject) -> Simple:
        """Draw a transaction in simple form."""
        model = self.model
        account = self.draw(data, model.real)
        form = Simple(
            account,
            data.draw(amounts(model.real[account])),
            external_id=data.draw(EXTERNAL_IDS),
        )
        kind = data.draw(st.sampled_from(["category", "transfer", "transfer", "neither"]))
        if kind == "category":
            return replace(form, category=self.draw(data, model.categories))
        if kind == "neither":
            return form
        to = self.draw(data, model.real)
        crosses = model.real[to] != model.real[account]
        arrives = data.draw(amounts(model.real[to], 1)) if crosses else None
        return replace(form, transfer_to=to, arrives=arrives)

    @rule(data=st.data(), day=DAYS)
    def record_simple(self, data: st.DataObject, day: date) -> None:
        form = self.form(data)
        wanted = Draft(
            date=day,
            description="Simple",
            account_id=form.account,
            amount=form.amount,
            category_id=form.category,
            transfer_to_id=form.transfer_to,
            transfer_amount=form.arrives,
            external_id=form.external_id,
        )
        lines = self.model.lines(form)

        self.record(wanted, Kept(day, lines, form), self.model.faults_of_form(form))

    @rule(data=st.data(), day=DAYS, balanced=st.integers(0, 7))
    def record_entries(self, data: st.DataObject, day: date, balanced: int) -> None:
        model = self.model
        currency = data.draw(st.sampled_from(sorted(set(model.real.values()))))
        own = [id for id, of in model.real.items() if of == currency]
        among = [*own, *model.categories]
        lines = [
            Line(self.draw(data, among), currency, data.draw(amounts(currency)))
            for _ in range(data.draw(st.integers(1, 4)))
        ]
        off = sum((line.amount for line in lines), Decimal(0)) - (balanced == 0)
        lines.insert(0, Line(self.draw(data, own), currency, -off, data.draw(EXTERNAL_IDS)))
        wanted = Draft(
            date=day,
            description="Entries",
            entries=tuple(
                DraftEntry(line.account, line.amount, currency, external_id=line.external_id)
                for line in lines
            ),
        )

        self.record(wanted, Kept(day, tuple(lines)), set())

    def record(self, wanted: Draft, kept: Kept, faults: set[str]) -> None:
        faults |= self.model.faults([kept.day], kept.lines)
        done = self.does(faults, lambda: ledger.record(**self.who, drafts=[wanted]))
        if done:
            self.model.there[done[0]] = kept

    def correct(self, id: UUID, changes: Changes, kept: Kept, faults: set[str]) -> None:
        days = {self.model.there[id].day, kept.day}
        faults |= self.model.faults(days, kept.lines, besides=id)
        done = self.does(
            faults, lambda: ledger.correct(**self.who, transaction_id=id, changes=changes)
        )
        if done:
            self.model.there[id] = kept

    @precondition(lambda self: any(kept.form for kept in self.model.there.values()))
    @rule(data=st.data())
    def correct_amount(self, data: st.DataObject) -> None:
        model = self.model
        id = self.draw(data, [id for id, kept in model.there.items() if kept.form])
        before = model.there[id]
        assert before.form is not None
        form = replace(before.form, amount=data.draw(amounts(before.lines[0].currency)))
        kept = Kept(before.day, model.lines(form), form)

        self.correct(id, Changes({"amount": form.amount}), kept, model.faults_of_form(form))

    @precondition(lambda self: any(kept.form for kept in self.model.there.values()))
    @rule(data=st.data(), day=DAYS)
    def correct_simple(self, data: st.DataObject, day: date) -> None:
        model = self.model
        id = self.draw(data, [id for id, kept in model.there.items() if kept.form])
        before, wanted = model.there[id].form, self.form(data)
        assert before is not None
        if wanted.transfer_to is not None:
            names = ["category", "transfer_to", "transfer_amount"]
        elif wanted.category is not None:
            names = ["category", "transfer_to"]
        else:
            names = ["amount", "external_id"]
        names = [name for name in ("account", *names) if data.draw(st.booleans())]
        roles = {"transfer_amount": "arrives"}
        given = {name: getattr(wanted, roles.get(name, name)) for name in names}
        form = replace(before, **{roles.get(name, name): value for name, value in given.items()})
        # As the service reads it: one of the two takes the other's place.
        if given.get("transfer_to") and "category" not in given:
            form = replace(form, category=None)
        if given.get("category") and "transfer_to" not in given:
            form = replace(form, transfer_to=None)
        if "transfer_amount" not in given and (
            form.transfer_to is None or model.real[form.account] == model.real[form.transfer_to]
        ):
            form = replace(form, arrives=None)
        # A number is not taken over into another currency.
        there = model.real.get(before.transfer_to)
        if "transfer_amount" not in given and there not in (None, model.real.get(form.transfer_to)):
            form = replace(form, arrives=None)
        faults = model.faults_of_form(form)
        if "amount" not in given and model.real[form.account] != model.real[before.account]:
            faults.add("required")
        references = ("account", "category", "transfer_to")
        sent = {f"{name}_id" if name in references else name: given[name] for name in given}
        moves = data.draw(st.booleans())
        kept = Kept(day if moves else model.there[id].day, model.lines(form), form)

        self.correct(id, Changes(sent | ({"date": day} if moves else {})), kept, faults)

    @precondition(lambda self: self.model.there)
    @rule(data=st.data(), day=DAYS)
    def correct_entries(self, data: st.DataObject, day: date) -> None:
        model = self.model
        id = self.draw(data, model.there)
        lines = list(model.there[id].lines)
        sql = "SELECT id FROM transactions_entry WHERE transaction_id = %s ORDER BY id"
        ids = [row for (row,) in run(sql, id)]
        at = data.draw(st.integers(0, len(lines) - 1))
        was = lines[at]
        what = data.draw(st.sampled_from(["double", "add", "remove", "move", "name", "unbalance"]))
        changes = []
        if what == "double":
            lines = [replace(line, amount=line.amount * 2) for line in lines]
            changes = [
                EntryChange(entry, given={"amount": line.amount})
                for entry, line in zip(ids, lines, strict=True)
            ]
        elif what == "add":
            part = data.draw(amounts(was.currency))
            account = self.draw(data, model.categories)
            lines[at] = replace(was, amount=was.amount - part)
            lines.append(Line(account, was.currency, part))
            given = {"account_id": account, "amount": part, "currency": was.currency}
            changes = [
                EntryChange(ids[at], given={"amount": lines[at].amount}),
                EntryChange(given=given),
            ]
        elif what == "remove":
            other = (at + 1) % len(lines)
            if lines[other].currency != was.currency:
                return
            lines[other] = replace(lines[other], amount=lines[other].amount + was.amount)
            changes = [
                EntryChange(ids[at], remove=True),
                EntryChange(ids[other], given={"amount": lines[other].amount}),
            ]
            del lines[at]
        elif what == "move":
            own = [account for account, of in model.real.items() if of == was.currency]
            account = self.draw(data, [*own, *model.categories])
            lines[at] = replace(was, account=account)
            given = {"account_id": account, "currency": was.currency}
            changes = [EntryChange(ids[at], given=given)]
        elif what == "name":
            lines[at] = replace(was, external_id=data.draw(EXTERNAL_IDS))
            changes = [EntryChange(ids[at], given={"external_id": lines[at].external_id})]
        else:
            lines[at] = replace(was, amount=was.amount + 1)
            changes = [EntryChange(ids[at], given={"amount": lines[at].amount})]

        self.correct(id, Changes({"date": day}, tuple(changes)), Kept(day, tuple(lines)), set())

    @precondition(lambda self: self.model.there)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        id = self.draw(data, self.model.there)
        faults = self.model.faults([self.model.there[id].day], ()) & {"month_closed"}

        self.does(faults, lambda: ledger.delete(**self.who, transaction_ids=[id]))

        if not faults:
            self.model.deleted[id] = self.model.there.pop(id)

    @precondition(lambda self: self.model.deleted)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        id = self.draw(data, self.model.deleted)
        kept = self.model.deleted[id]

        done = self.does(
            self.model.faults([kept.day], kept.lines),
            lambda: ledger.restore(**self.who, transaction_id=id),
        )

        if done:
            self.model.there[id] = self.model.deleted.pop(id)


@pytest.mark.django_db(transaction=True)
def test_the_books_are_what_the_model_says() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=int(MORE_EXAMPLES or 25),
            stateful_step_count=40,
            derandomize=not MORE_EXAMPLES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
