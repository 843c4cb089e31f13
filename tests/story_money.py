"""What a story tells of transactions: one by one, two that become one, and in bulk."""

from decimal import Decimal

from story import Json, Known, Step


class MoneyVerbs(Known):
    """Transactions: one by one and in bulk."""

    def draft(self) -> Json:
        """Return a transaction in one of its forms."""
        ids = self.open_accounts()
        account = self.chance.choice(ids)
        currency = self.accounts[account]["currency"]
        body: Json = {"date": self.day(), "description": self.name()}
        if self.vendors and self.chance.random() < 0.3:
            body["vendor"] = self.pick(self.vendors)
        form = self.chance.choice(["simple", "simple", "category", "transfer", "full"])
        if form == "full":
            return body | {"entries": self.entries(account, currency)}
        body |= {"account": account, "amount": self.amount(currency)}
        if self.chance.random() < 0.2:
            body["external_id"] = f"bank-{self.chance.randrange(200)}"
        if form == "category":
            body["category"] = self.pick(self.categories)
        other = self.chance.choice(ids)
        if form == "transfer" and other != account:
            body["transfer_to"] = other
            if self.accounts[other]["currency"] != currency:
                body["transfer_amount"] = self.amount(self.accounts[other]["currency"], 1)
        return body

    def entries(self, account: str, currency: str) -> list[Json]:
        """Return a split over some categories."""
        parts = [self.amount(currency, 1) for _ in range(self.chance.randint(1, 4))]
        total = -sum(Decimal(part) for part in parts)
        own = {"account": account, "amount": f"{total:f}", "note": self.name()}
        others = [
            {"account": self.pick(self.categories), "amount": part, "currency": currency}
            for part in parts
        ]
        return [own, *others]

    def changes(self, id: str) -> Json:
        """Return a correction of a transaction."""
        known = self.transactions[id]
        sort = self.chance.randrange(5)
        if sort == 0 and known.get("kind") in ("expense", "income"):
            return {"amount": self.amount(known["currency"])}
        if sort == 1 and "entries" in known:
            return {"entries": [{"id": self.pick(known["entries"])["id"], "note": self.name()}]}
        if sort == 2:
            return {"vendor": self.pick([None, *self.vendors]), "date": self.day()}
        if sort == 3 and known.get("kind") in ("expense", "income"):
            return {"category": self.pick(self.categories)}
        return {"description": self.name(), "notes": self.chance.choice([None, "Noted\nagain"])}

    def record(self) -> Step:
        """Record one transaction."""
        return Step("transactions", "post", "/transactions", self.draft())

    def correct(self) -> Step | None:
        """Correct one."""
        id = self.pick(self.transactions)
        return id and Step(
            "transactions/<uuid:id>", "patch", f"/transactions/{id}", self.changes(id)
        )

    def delete(self) -> Step | None:
        """Delete one."""
        id = self.pick(self.transactions)
        return id and Step("transactions/<uuid:id>", "delete", f"/transactions/{id}")

    def restore(self) -> Step | None:
        """Bring one back."""
        id = self.pick(self.deleted)
        return id and Step("transactions/<uuid:id>/restore", "post", f"/transactions/{id}/restore")

    def unite(self) -> Step | None:
        """Make one transfer of two, of which the second is recorded to fit if none does."""
        sides = [
            row
            for row in self.transactions.values()
            if row.get("kind") in ("expense", "income") and len(row.get("entries", ())) == 2
        ]
        if not sides:
            return None
        one = self.chance.choice(sides)
        fitting = [row for row in sides if _is_other_side(one, row)]
        if fitting:
            into = self.chance.choice(fitting)["id"]
            path = f"/transactions/{one['id']}/merge"
            return Step("transactions/<uuid:id>/merge", "post", path, {"into": into})
        others = [
            id
            for id, row in self.accounts.items()
            if row["currency"] == one["currency"] and id != one["account"]
        ]
        if not others:
            return None
        amount = one["amount"][1:] if one["amount"].startswith("-") else f"-{one['amount']}"
        body = {"account": self.pick(others), "amount": amount, "date": one["date"]}
        return Step("transactions", "post", "/transactions", body | {"description": self.name()})

    def separate(self) -> Step | None:
        """Separate what was made one, which only a few were."""
        id = self.pick([id for id, row in self.transactions.items() if row.get("was_merged")])
        path = f"/transactions/{id}/separate"
        return id and Step("transactions/<uuid:id>/separate", "post", path)

    def bulk(self) -> Step:
        """Record, correct or delete some at once: all or none, what is right, or none at all."""
        method = self.chance.choice(["post", "post", "patch", "delete"])
        some = self.chance.sample(
            list(self.transactions), min(len(self.transactions), self.chance.randint(1, 5))
        )
        rows: list[Json] = {
            "post": [self.draft() for _ in range(self.chance.randint(1, 6))],
            "patch": [{"id": id} | self.changes(id) for id in some],
            "delete": [{"id": id} for id in some],
        }[method]
        how = self.chance.choice(["", "", "?atomic=false", "?atomic=false", "?dry_run=true"])
        if how == "?atomic=false":
            rows.append({"id": self.pick(self.deleted), "amount": "nothing"})
        path = f"/transactions/bulk{how}"
        return Step("transactions/bulk", method, path, {"transactions": rows})


def _is_other_side(one: Json, other: Json) -> bool:
    """Whether another transaction may tell of the other side of one."""
    amounts = [Decimal(row["amount"]) for row in (one, other)]
    if one["account"] == other["account"] or (amounts[0] < 0) == (amounts[1] < 0):
        return False
    return one["currency"] != other["currency"] or sum(amounts) == 0
