"""Verbs of the story about balance points."""

from collections.abc import Callable

from story import Json, Known, Step

ROUTE = "balance-points/<uuid:id>"


class PointVerbs(Known):
    """Balance points; what to change is found by looking, in both books alike."""

    def points(self) -> list[Json]:
        """Return the balance points."""
        return self.look("/balance-points?limit=500")

    def keep_balance(self) -> Step:
        """Say what is on an account, or what it is worth."""
        accounts = self.open_accounts()
        # Of few accounts one can say what they are worth.
        worth = [id for id in accounts if self.accounts[id]["kind"] == "investment"]
        account = self.chance.choice(worth if worth and self.chance.random() < 0.7 else accounts)
        known = self.accounts[account]
        body: Json = {"account": account, "on": self.day()}
        body["balance"] = self.amount(known["currency"])
        if known["kind"] == "investment":
            body["kind"] = "valuation"
        return Step("balance-points", "post", "/balance-points", body)

    def change_point(self) -> Step | None:
        """Say that it is something else."""
        one = self.pick(self.points())
        if one is None:
            return None
        body: Json = {"note": self.chance.choice([None, self.name()])}
        if self.chance.random() < 0.7 and one["reconciled_at"] is None:
            body["balance"] = self.amount(one["currency"])
        return Step(ROUTE, "patch", f"/balance-points/{one['id']}", body)

    def drop_or_restore(self) -> Step | None:
        """Delete a point, or bring one back that was."""
        gone = self.pick(self.dropped)
        if gone and self.chance.random() < 0.5:
            return Step(f"{ROUTE}/restore", "post", f"/balance-points/{gone}/restore")
        one = self.pick(row for row in self.points() if row["reconciled_at"] is None)
        return one and Step(ROUTE, "delete", f"/balance-points/{one['id']}")

    def revalue(self) -> Step | None:
        """Book a valuation again."""
        one = self.pick(row for row in self.points() if row["kind"] == "valuation")
        path = f"/balance-points/{one['id']}/revalue" if one else ""
        return one and Step(f"{ROUTE}/revalue", "post", path)

    def reconcile_or_unlock(self) -> Step | None:
        """Agree with a point, once it says what the ledger does, or unlock the one that is."""
        found = self.points()
        locked = self.pick(row for row in found if row["reconciled_at"])
        if locked is not None:
            path = f"/balance-points/{locked['id']}/unlock"
            return Step(f"{ROUTE}/unlock", "post", path, {"reason": self.name()})
        one = self.pick(row for row in found if row["ok"])
        if one is not None:
            return Step(f"{ROUTE}/reconcile", "post", f"/balance-points/{one['id']}/reconcile")
        one = self.pick(row for row in found if row["kind"] == "statement")
        body = {"balance": one["computed"]} if one else {}
        return one and Step(ROUTE, "patch", f"/balance-points/{one['id']}", body)

    def point_verbs(self) -> list[Callable[[], Step | None]]:
        """Return the verbs of this class."""
        once = (self.keep_balance, self.change_point, self.drop_or_restore, self.revalue)
        return [*once, self.reconcile_or_unlock, self.reconcile_or_unlock]

    def learn(self, step: Step, answer: Json | None) -> None:
        """Know which points are gone; those that are there are looked up."""
        if not step.route.startswith("balance-points"):
            super().learn(step, answer)
        elif step.method == "delete":
            self.dropped.append(step.path.rpartition("/")[2])
