"""Verbs of the story about cards: their days, what stands on their statements, who pays."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from story import Json, Known, Step

from buffet.money import decimals


class CardVerbs(Known):
    """Cards and statements; what to change is found by looking, in both books alike."""

    # What is there

    def own_cards(self) -> list[str]:
        """Return the cards that take entries."""
        return [id for id, row in self.cards.items() if row["account"] not in self.archived]

    def statements(self, card: str | None = None) -> list[Json]:
        """Return the statements of one of the cards that have lines, the earliest first."""
        card = card or self.pick(self.own_cards())
        rows = self.look(f"/invoices?card={card}&sort=month&limit=500") if card else []
        return [row for row in rows if row["lines"]]

    def line(self, invoice: Json | None, *sections: str) -> Json | None:
        """Return a line of a statement, of these sections if any are said."""
        lines = self.look(f"/invoices/{invoice['id']}/lines?limit=500") if invoice else []
        return self.pick(row for row in lines if not sections or row["section"] in sections)

    def payers(self) -> list[str]:
        """Return the accounts that may pay a card."""
        return [id for id in self.open_accounts() if self.accounts[id]["type"] == "asset"]

    # Cards

    def add_card(self) -> Step | None:
        """Make a card of an account, or of nothing yet."""
        if len(self.own_cards()) > 3:
            return None
        taken = {row["account"] for row in self.cards.values()}
        unused = (id for id in self.open_accounts() if id not in taken)
        accounts = [id for id in unused if self.accounts[id]["kind"] == "credit_card"]
        body: Json = {"closing_day": self.chance.randint(1, 31), "due_day": 10}
        if accounts and self.chance.random() < 0.7:
            body["account"] = self.pick(accounts)
        else:
            body |= {"name": self.name(), "currency": self.chance.choice(["BRL", "BRL", "USD"])}
        if self.chance.random() < 0.5:
            body |= {"paying_account": self.pick(self.payers()), "limit": "5000"}
        return Step("credit-cards", "post", "/credit-cards", body)

    def change_card(self) -> Step | None:
        """Change a card, or the days of its statements from a month on."""
        id, month = self.pick(self.cards), f"2025-0{self.chance.randint(1, 6)}"
        body = self.chance.choice(
            [
                {"name": self.name(), "limit": self.chance.choice([None, "900"])},
                {"closing_day": self.chance.randint(1, 31)},
                {"closing_day": 25, "due_day": 5, "from_month": month},
                {"closing_day_is_next": self.chance.random() < 0.5},
                {"paying_account": self.pick(self.payers()), "last_four": "4242", "brand": "visa"},
            ]
        )
        return id and Step("credit-cards/<uuid:id>", "patch", f"/credit-cards/{id}", body)

    def archive_card(self) -> Step | None:
        """Archive a card, or take one back into use."""
        away = [id for id in self.cards if id not in self.own_cards()]
        verb = "reopen" if away else "archive"
        id = self.pick(away or (self.cards if len(self.cards) > 2 else []))
        path = f"/credit-cards/{id}/{verb}"
        return id and Step(f"credit-cards/<uuid:id>/{verb}", "post", path)

    def drop_card(self) -> Step | None:
        """Delete a card, mostly one without entries."""
        id = self.pick(self.cards)
        if id is None or (self.statements(id) and self.chance.random() < 0.95):
            return None
        return Step("credit-cards/<uuid:id>", "delete", f"/credit-cards/{id}")

    # Statements

    def change_invoice(self) -> Step | None:
        """Close a statement on another day, or say what the bank wants at least."""
        one = self.pick(self.statements())
        if one is None:
            return None
        closes = date.fromisoformat(one["closes_on"]) + timedelta(self.chance.randint(-3, 3))
        body = self.chance.choice(
            [
                {"closes_on": f"{closes}", "due_on": f"{closes + timedelta(9)}"},
                {"minimum_payment": self.chance.choice([None, "15"])},
            ]
        )
        return Step("invoices/<uuid:id>", "patch", f"/invoices/{one['id']}", body)

    def move_line(self) -> Step | None:
        """Move a line to another statement, mostly of its card, or back."""
        rows = self.statements()
        one = self.pick(rows)
        line = self.line(one)
        others = rows if self.chance.random() < 0.95 else self.statements()
        target = self.pick([None, *(row["id"] for row in others)])
        path = f"/invoices/{one['id']}/lines/{line['id']}" if line else ""
        route = "invoices/<uuid:id>/lines/<uuid:line>"
        return line and Step(route, "patch", path, {"invoice": target})

    def pay_invoice(self) -> Step | None:
        """Pay what remains of a statement, a part of it or more."""
        one = self.pick(row for row in self.statements() if Decimal(row["remaining"]))
        payer = self.pick(self.payers())
        if not one or not payer:
            return None
        body: Json = {"from_account": payer}
        if self.chance.random() < 0.6:
            body |= {"amount": self.amount(one["currency"], 1), "date": self.day()}
        currency = self.accounts[payer]["currency"]
        if currency != one["currency"]:
            body["from_amount"] = self.amount(currency, 1)
        return Step("invoices/<uuid:id>/pay", "post", f"/invoices/{one['id']}/pay", body)

    def allocate(self) -> Step | None:
        """Say which statement a payment is for."""
        rows = self.statements()
        payment = self.line(
            self.pick(row for row in rows if Decimal(row["totals"]["payments"])), "payment"
        )
        one = self.pick(row for row in rows if Decimal(row["total"]) > 0)
        if payment is None or one is None:
            return None
        body: Json = {"payment": payment["id"]}
        if self.chance.random() < 0.5:
            body["amount"] = f"{Decimal(1).scaleb(-decimals(one['currency'])):f}"
        path = f"/invoices/{one['id']}/allocations"
        return Step("invoices/<uuid:id>/allocations", "post", path, body)

    def take_back(self) -> Step | None:
        """Take a payment back from a statement."""
        one = self.pick(row for row in self.statements() if Decimal(row["paid"]))
        parts = self.look(f"/invoices/{one['id']}")[0]["allocations"] if one else []
        part = self.pick(part for part in parts if part["payment"])
        path = f"/invoices/{one['id']}/allocations/{part['payment']}" if part else ""
        route = "invoices/<uuid:id>/allocations/<uuid:payment>"
        return part and Step(route, "delete", path)

    def card_verbs(self) -> list[Callable[[], Step | None]]:
        """Return the verbs of this class."""
        return [
            *(self.add_card, self.change_card, self.archive_card, self.drop_card),
            *(self.change_invoice, self.move_line, self.pay_invoice, self.allocate, self.take_back),
        ]

    # Answers

    def learn(self, step: Step, answer: Json | None) -> None:
        """Know what a step about cards has changed; what stands on statements is looked up."""
        if step.route.startswith("credit-cards"):
            self._learn_of_cards(step, answer)
        elif not step.route.startswith("invoices"):
            super().learn(step, answer)

    def _learn_of_cards(self, step: Step, answer: Json | None) -> None:
        if answer is None:
            account = self.cards.pop(step.path.rpartition("/")[2])["account"]
            self.accounts.pop(account, None)
            self.archived.discard(account)
            return
        self.cards[answer["id"]] = answer
        known = {"currency": answer["currency"], "kind": "credit_card", "type": "liability"}
        self.accounts.setdefault(answer["account"], known)
        away = answer["archived_at"] is not None
        (self.archived.add if away else self.archived.discard)(answer["account"])
