"""Verbs of the story about purchases in parcels."""

from collections.abc import Callable
from datetime import date, timedelta

from story import Json, Known, Step


class PlanVerbs(Known):
    """Plans with parcels; what to change is found by looking, in both books alike."""

    def plan(self) -> Json | None:
        """Return a plan of a card."""
        return self.pick(self.look("/installment-plans?limit=500") if self.cards else [])

    def buy_in_parcels(self) -> Step | None:
        """Buy in parcels, mostly on days to come, or put a purchase in parcels."""
        cards = [row for row in self.cards.values() if row["account"] not in self.archived]
        card = self.pick(cards)
        if card is None:
            return None
        body: Json = {"parcels": self.chance.randint(2, 5)}
        if self.chance.random() < 0.4:
            entries = self.look(f"/transactions?account={card['account']}&limit=500")
            bought = self.pick(row for row in entries if row["kind"] == "expense")
            if bought is None:
                return None
            body["transaction"] = bought["id"]
        else:
            ahead = date.today() + timedelta(self.chance.randint(1, 40))  # noqa: DTZ011 (near is enough)
            day = f"{ahead}" if self.chance.random() < 0.8 else self.day()
            total = self.amount(card["currency"], 1)
            body |= {"card": card["id"], "description": self.name(), "total": total, "date": day}
            body["category"] = self.pick([None, *self.categories])
            body["cents_on"] = self.chance.choice(["first", "last"])
        return Step("installment-plans", "post", "/installment-plans", body)

    def change_plan(self) -> Step | None:
        """Call a plan something else."""
        one = self.plan()
        body: Json = {"description": self.name(), "notes": self.chance.choice([None, "Noted"])}
        path = f"/installment-plans/{one['id']}" if one else ""
        return one and Step("installment-plans/<uuid:id>", "patch", path, body)

    def drop_plan(self) -> Step | None:
        """Delete a plan."""
        one = self.plan()
        path = f"/installment-plans/{one['id']}" if one else ""
        return one and Step("installment-plans/<uuid:id>", "delete", path)

    def prepay(self) -> Step | None:
        """Pay parcels ahead, for less perhaps."""
        one = self.plan()
        if one is None:
            return None
        body: Json = {"parcels": 1}
        if self.chance.random() < 0.4:
            body |= {"date": one["purchased_on"], "discount": "1"}
        path = f"/installment-plans/{one['id']}/prepay"
        return Step("installment-plans/<uuid:id>/prepay", "post", path, body)

    def cancel(self) -> Step | None:
        """Cancel the rest of a plan."""
        one = self.plan()
        path = f"/installment-plans/{one['id']}/cancel" if one else ""
        return one and Step("installment-plans/<uuid:id>/cancel", "post", path, {})

    def plan_verbs(self) -> list[Callable[[], Step | None]]:
        """Return the verbs of this class."""
        more = (self.change_plan, self.drop_plan, self.prepay, self.cancel)
        return [self.buy_in_parcels, self.buy_in_parcels, *more]

    def learn(self, step: Step, answer: Json | None) -> None:
        """Know nothing of plans: they are looked up."""
        if not step.route.startswith("installment-plans"):
            super().learn(step, answer)
