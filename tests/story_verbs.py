"""A long story of a book: every write of the API again and again, chosen by a seed."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from story import BEGIN, DAYS, Json, Step
from story_cards import CardVerbs
from story_files import FileVerbs
from story_money import MoneyVerbs
from story_plans import PlanVerbs
from story_points import PointVerbs

from buffet.money import decimals

Verb = Callable[[], Step | None]

LINE = "<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{:%Y%m%d}<TRNAMT>{}<FITID>{}<MEMO>{}</STMTTRN>"
FILE = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{}<BANKACCTFROM><ACCTID>1</BANKACCTFROM>
<BANKTRANLIST>{}</BANKTRANLIST><LEDGERBAL><BALAMT>{}<DTASOF>20250630</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


class Story(FileVerbs, PointVerbs, PlanVerbs, CardVerbs, MoneyVerbs):
    """All verbs, of accounts, cards, balances, imports, months and the owner too."""

    def next(self) -> Step:
        """Return the next step; the first ones make something to tell of."""
        few = len(self.accounts) < 4 or len(self.categories) < 4
        verbs = [self.open_account, self.add_category] if few else self.verbs()
        # Now and then what was told least, and before that a verb that could not be used so far.
        is_rare = self.chance.random() < 0.35
        found = self.unused(verbs) if is_rare else None
        if found is None:
            steps: list[Step] = []
            while len(steps) < (8 if is_rare else 1):
                if step := self.used(self.chance.choice(verbs)):
                    steps.append(step)
            found = min(steps, key=lambda one: self.told[one.route, one.method])
        self.told[found.route, found.method] += 1
        return found

    def unused(self, verbs: list[Verb]) -> Step | None:
        """Return the step of a verb that never made one, if one of them can by now."""
        left = [verb for verb in verbs if verb.__name__ not in self.verbs_used]
        self.chance.shuffle(left)
        return next((step for verb in left if (step := self.used(verb))), None)

    def used(self, verb: Verb) -> Step | None:
        """Return what a verb makes of the book as it is; None if it cannot be used."""
        step = verb()
        if step is not None:
            self.verbs_used.add(verb.__name__)
        return step

    def open_account(self) -> Step | None:
        """Open an account."""
        if len(self.open_accounts()) > 12:
            return None
        currency = self.chance.choice(["BRL", "BRL", "BRL", "USD", "JPY"])
        kind = self.chance.choice(["savings", "savings", "investment", "credit_card"])
        body: Json = {"name": self.name(), "kind": kind, "currency": currency}
        if self.chance.random() < 0.5:
            body |= {"opened_on": self.day(), "opening_balance": self.amount(currency, 1)}
        if self.brokers and self.chance.random() < 0.5:
            body["broker"] = self.pick(self.brokers)
        return Step("accounts", "post", "/accounts", body)

    def add_category(self) -> Step | None:
        """Add a category, often below another."""
        if len(self.categories) > 25:
            return None
        body: Json = {"name": self.name(), "type": self.chance.choice(["expense", "income"])}
        parents = [id for id, row in self.categories.items() if row["type"] == body["type"]]
        if self.chance.random() < 0.6:
            body["parent"] = self.pick(parents)
        return Step("categories", "post", "/categories", body)

    def merge(self) -> Step | None:
        """Merge two categories, mostly of one type."""
        first, second = self.pick(self.categories), self.pick(self.categories)
        types = {self.categories[id]["type"] for id in (first, second)}
        if first == second or (len(types) > 1 and self.chance.random() < 0.9):
            return None
        path = f"/categories/{first}/merge"
        return Step("categories/<uuid:id>/merge", "post", path, {"into": second})

    def archive(self) -> Step:
        """Archive an account or category, or take one back into use."""
        rows = self.chance.choice(["accounts", "categories"])
        away = [id for id in getattr(self, rows) if id in self.archived]
        verb = "reopen" if len(away) > 1 else "archive"
        id = self.pick(away if verb == "reopen" else getattr(self, rows))
        return Step(f"{rows}/<uuid:id>/{verb}", "post", f"/{rows}/{id}/{verb}")

    def add_named(self) -> Step:
        """Add a vendor or a broker."""
        rows = self.chance.choice(["vendors", "brokers"])
        return Step(rows, "post", f"/{rows}", {"name": self.name()})

    def rename(self) -> Step | None:
        """Change something that has a name; a category may move."""
        rows = self.chance.choice(["accounts", "categories", "vendors", "brokers"])
        id = self.pick(getattr(self, rows))
        body: Json = {"name": self.name(), "notes": self.chance.choice([None, self.name()])}
        if rows == "categories":
            body["parent"] = self.pick([None, *self.categories])
            body["billed_as"] = self.chance.choice(["purchase", "fee", "interest", "tax"])
        return id and Step(f"{rows}/<uuid:id>", "patch", f"/{rows}/{id}", body)

    def drop(self) -> Step | None:
        """Delete something that has a name, if nothing hangs on it."""
        rows = self.chance.choice(["accounts", "categories", "vendors", "brokers"])
        known = list(getattr(self, rows))
        id = known[-1] if known and self.chance.random() < 0.8 else self.pick(known)
        few = rows in ("accounts", "categories") and len(known) < 6
        return None if few or not id else Step(f"{rows}/<uuid:id>", "delete", f"/{rows}/{id}")

    # Rates

    def rate(self) -> Step:
        """Add a rate of the book's own, or change or delete one."""
        id, value = (
            self.pick(self.rates),
            f"{self.chance.randint(1, 9)}.{self.chance.randint(0, 9)}",
        )
        choice = self.chance.choice(["post", "patch", "delete"])
        if id is None or choice == "post":
            pair = dict(
                zip(("base", "quote"), self.chance.sample(["BRL", "USD", "EUR"], 2), strict=True)
            )
            body = {**pair, "on": self.day(), "rate": value}
            return Step("exchange-rates", "post", "/exchange-rates", body)
        body = {"rate": value, "on": self.day()} if choice == "patch" else None
        return Step("exchange-rates/<uuid:id>", choice, f"/exchange-rates/{id}", body)

    # Subscriptions

    def subscribe(self) -> Step:
        """Add a subscription."""
        account = self.chance.choice(self.open_accounts())
        currency = self.accounts[account]["currency"]
        body: Json = {"name": self.name(), "account": account, "starts_on": self.day()}
        body |= {"amount": self.amount(currency, 1), "every": self.chance.randint(1, 2)}
        body["cadence"] = self.chance.choice(["weekly", "monthly"])
        if self.vendors and self.chance.random() < 0.3:
            body["vendor"] = self.pick(self.vendors)
        return Step("subscriptions", "post", "/subscriptions", body)

    def change_subscription(self) -> Step | None:
        """Change a subscription, end it, or delete it if nothing was paid for it."""
        id = self.pick(self.subscriptions)
        if id is None:
            return None
        path, route = f"/subscriptions/{id}", "subscriptions/<uuid:id>"
        known, sort = self.subscriptions[id], self.chance.random()
        if sort < 0.3:
            return Step(f"{route}/end", "post", f"{path}/end", {"on": known["starts_on"]})
        if sort < 0.65 and known["last_payment"] is None:
            return Step(route, "delete", path)
        return Step(route, "patch", path, {"name": self.name(), "amount": known["amount"]})

    def pay(self) -> Step | None:
        """Link the transaction that paid for a subscription, or unlink it."""
        id = self.pick(self.subscriptions)
        if id is None:
            return None
        known, route = self.subscriptions[id], "subscriptions/<uuid:id>/payments"
        if known["last_payment"] and self.chance.random() < 0.4:
            paid = known["last_payment"]["transaction"]
            path = f"/subscriptions/{id}/payments/{paid}"
            return Step(f"{route}/<uuid:transaction>", "delete", path)
        paying = [
            id
            for id, row in self.transactions.items()
            if row.get("account") == known["account"] and row["amount"].startswith("-")
        ]
        transaction = self.pick(paying)
        body = {"transaction": transaction}
        return transaction and Step(route, "post", f"/subscriptions/{id}/payments", body)

    # Imports, months, the book and its owner

    def upload(self) -> Step:
        """Upload a statement; some of its lines were in another one."""
        account = self.chance.choice(self.open_accounts())
        currency = self.accounts[account]["currency"]
        lines = []
        for _ in range(self.chance.randint(1, 8)):
            number = self.chance.randrange(300)
            same = random.Random(number)
            day, units = BEGIN + timedelta(days=same.randrange(DAYS)), same.randint(-9999, -1)
            amount = Decimal(units).scaleb(-decimals(currency))
            lines.append(LINE.format(day, amount, f"fit-{number}", f"Line {number}"))
        file = FILE.format(currency, "".join(lines), self.amount(currency)).encode()
        return Step("imports", "post", "/imports", {"account": account}, file)

    def go_on_with_import(self) -> Step | None:
        """Commit, throw away or revert an import."""
        id = self.pick(self.imports)
        if id is None:
            return None
        path, route = f"/imports/{id}", "imports/<uuid:id>"
        if self.imports[id]["status"] == "committed":
            return Step(f"{route}/revert", "post", f"{path}/revert")
        if self.chance.random() < 0.3:
            return Step(route, "delete", path)
        opening = {"book_opening_balance": self.chance.random() < 0.5}
        return Step(f"{route}/commit", "post", f"{path}/commit", opening)

    def close_or_reopen(self) -> Step:
        """Close a month, or reopen the one that is closed."""
        if self.closed and self.chance.random() < 0.9:
            month = self.pick(sorted(self.closed))
            path = f"/closed-months/{month}?reason=A%20late%20bill"
            return Step("closed-months/<month:month>", "delete", path)
        month = f"2025-0{self.chance.randint(1, 6)}"
        return Step("closed-months", "post", "/closed-months", {"month": month})

    def of_the_owner(self) -> Step:
        """Rename the owner or the book, or open another book."""
        return self.chance.choice(
            [
                Step("users/me", "patch", "/users/me", {"name": self.name()}),
                Step("books/<uuid:id>", "patch", f"/books/{self.book}", {"name": self.name()}),
                Step("books", "post", "/books", {"name": self.name(), "base_currency": "EUR"}),
            ]
        )

    def verbs(self) -> list[Verb]:
        """Return the verbs, those that move money more often."""
        often = [self.record, self.record, self.correct, self.delete, self.bulk] * 3
        rarely = [
            *(self.restore, self.open_account, self.add_category, self.merge, self.archive),
            *(self.unite, self.unite, self.separate),
            *(self.add_named, self.rename, self.drop, self.upload, self.go_on_with_import),
            *(self.go_on_with_import, self.close_or_reopen, self.of_the_owner),
            *(self.subscribe, self.change_subscription, self.pay, self.pay),
            *(self.rate, self.rate),
        ]
        others = self.card_verbs() + self.plan_verbs() + self.point_verbs() + self.file_verbs()
        return often + rarely + others
