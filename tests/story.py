"""What the teller of a book's story knows of the book, and what a step of it is."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from buffet.money import decimals

Json = dict[str, Any]
#: All of it is over, so that its months can be closed.
BEGIN, DAYS = date(2025, 1, 1), 180


@dataclass(frozen=True, slots=True)
class Step:
    """One write: the address as the resolver knows it, the method, and what is sent where."""

    route: str
    method: str
    path: str
    body: Json | None = None
    file: bytes | None = None


@dataclass
class Known:
    """What the answers said of the book; the next step is chosen by that."""

    chance: random.Random
    #: Returns the rows of a list, or the one of an address, as the book has them now.
    look: Callable[[str], list[Json]]
    accounts: dict[str, Json] = field(default_factory=dict)
    categories: dict[str, Json] = field(default_factory=dict)
    vendors: dict[str, Json] = field(default_factory=dict)
    brokers: dict[str, Json] = field(default_factory=dict)
    transactions: dict[str, Json] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    imports: dict[str, Json] = field(default_factory=dict)
    subscriptions: dict[str, Json] = field(default_factory=dict)
    archived: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    cards: dict[str, Json] = field(default_factory=dict)
    rates: dict[str, Json] = field(default_factory=dict)
    book: str = ""
    names: int = 0
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    verbs_used: set[str] = field(default_factory=set)

    # Choices

    def pick(self, rows: Any) -> Any:
        """Return one of some rows, the newest more often; None if there is none."""
        known = list(rows)
        if not known:
            return None
        return self.chance.choice(known[-8:] if self.chance.random() < 0.7 else known)

    def name(self) -> str:
        """Return a name that nothing has."""
        self.names += 1
        return f"Name {self.names}"

    def day(self) -> str:
        """Return a day of the story."""
        return (BEGIN + timedelta(days=self.chance.randrange(DAYS))).isoformat()

    def amount(self, currency: str, sign: int = 0) -> str:
        """Return an amount of the currency."""
        units = self.chance.randint(1, 99_999) * (sign or self.chance.choice([-1, -1, 1]))
        return f"{Decimal(units).scaleb(-decimals(currency)):f}"

    def open_accounts(self) -> list[str]:
        """Return the accounts that take entries."""
        return [id for id in self.accounts if id not in self.archived]

    # Answers

    def learn(self, step: Step, answer: Json | None) -> None:
        """Know what a step that was carried out has changed."""
        if "dry_run=true" in step.path:
            return
        if step.route.startswith("transactions"):
            self._learn_of_transactions(step, answer)
        elif step.route.startswith("imports"):
            self._learn_of_imports(step, answer)
        elif step.route.startswith("subscriptions"):
            self._learn_of_subscriptions(step, answer)
        elif step.route.startswith("exchange-rates"):
            if answer is None:
                del self.rates[step.path.rpartition("/")[2]]
            else:
                self.rates[answer["id"]] = answer
        elif step.route.startswith("closed-months"):
            if step.body:
                self.closed.add(step.body["month"])
            else:
                self.closed.discard(step.path.rpartition("/")[2].partition("?")[0])
        elif step.route not in ("books", "books/<uuid:id>", "users/me"):
            self._learn_of_chart(step, answer)

    def _learn_of_transactions(self, step: Step, answer: Json | None) -> None:
        if step.method == "delete" and step.body is None:
            self._gone(step.path.rpartition("/")[2])
        elif "results" not in (answer or {}):
            self.transactions[answer["id"]] = answer
            if step.path.endswith("/merge"):
                answer["was_merged"] = True
                self._gone(step.path.split("/")[2])
            elif step.path.endswith("/separate"):
                self.deleted.remove(answer["id"])
                self.transactions[step.path.split("/")[2]].pop("was_merged", None)
        else:
            for row in answer["results"]:
                if step.method == "delete" and row.get("ok", True):
                    self._gone(row["id"])
                elif row.get("ok", True):
                    self.transactions[row["id"]] = row.get("transaction", row)

    def _learn_of_imports(self, step: Step, answer: Json | None) -> None:
        if answer is None:
            del self.imports[step.path.rpartition("/")[2]]
            return
        before = self.imports.get(answer["id"])
        self.imports[answer["id"]] = answer
        new = [line["transaction"] for line in answer["lines"] if line["verdict"] == "new"]
        if answer["status"] == "committed":
            self.transactions |= {id: {"id": id} for id in new}
        elif before and before["status"] == "committed":
            for id in [one for one in new if one in self.transactions]:
                self._gone(id)

    def _learn_of_subscriptions(self, step: Step, answer: Json | None) -> None:
        if answer is not None:
            self.subscriptions[answer["id"]] = answer
        elif step.route == "subscriptions/<uuid:id>":
            del self.subscriptions[step.path.rpartition("/")[2]]

    def _learn_of_chart(self, step: Step, answer: Json | None) -> None:
        kind, id, verb = (*step.path.strip("/").split("/"), "", "")[:3]
        rows = getattr(self, kind)
        if answer is None or verb == "merge":
            del rows[id]
            self.archived.discard(id)
        elif verb in ("archive", "reopen"):
            (self.archived.add if verb == "archive" else self.archived.discard)(id)
        else:
            rows[answer["id"]] = answer

    def _gone(self, id: str) -> None:
        self.transactions.pop(id, None)
        self.deleted.append(id)
