"""Verbs of the story about rules, what is said of lines of files, and whole books."""

from collections.abc import Callable

from story import Json, Known, Step
from writes import WHOLE

#: What the answers to these change is found by looking.
LOOKED_UP = ("rules", "import-profiles", "books/load")


class FileVerbs(Known):
    """Rules, profiles and choices for lines; what to change is found by looking, in both alike."""

    def rules(self) -> list[Json]:
        """Return the rules."""
        return self.look("/rules")

    def keep_rule(self) -> Step | None:
        """Make a rule about what the story's texts have in common."""
        if len(self.rules()) > 20:
            return None
        body: Json = {"name": self.name(), "contains": self.chance.choice(["name", "line 1", "9"])}
        body |= {"category": self.pick(self.categories), "vendor": self.pick(self.vendors)}
        return Step("rules", "post", "/rules", body)

    def change_rule(self) -> Step | None:
        """Ask something else of a transaction, or delete the rule."""
        one = self.pick(self.rules())
        if one is None:
            return None
        path, route = f"/rules/{one['id']}", "rules/<uuid:id>"
        if self.chance.random() < 0.3:
            return Step(route, "delete", path)
        body: Json = {"regex": self.chance.choice(["", "^Name [0-9]+$"]), "amount_min": "1"}
        return Step(route, "patch", path, body)

    def order_rules(self) -> Step | None:
        """Put the rules in another order."""
        ids = [one["id"] for one in self.rules()]
        self.chance.shuffle(ids)
        return Step("rules/order", "post", "/rules/order", {"rules": ids}) if ids else None

    def apply_rules(self) -> Step | None:
        """Apply the rules to a month."""
        month = f"2025-0{self.chance.randint(1, 6)}"
        body: Json = {"date_from": f"{month}-01", "date_to": f"{month}-28"}
        return Step("rules/apply", "post", "/rules/apply", body) if self.rules() else None

    def undo_rules(self) -> Step | None:
        """Take back what rules gave."""
        runs = [one for one in self.look("/rules/runs?limit=500") if one["undone_at"] is None]
        one = self.pick(runs)
        path = f"/rules/runs/{one['id']}/undo" if one else ""
        return one and Step("rules/runs/<uuid:id>/undo", "post", path)

    def keep_profile(self) -> Step:
        """Say how tables of an account are read."""
        account = self.chance.choice(self.open_accounts())
        profile = {"date_order": self.chance.choice(["dmy", "mdy"])}
        body: Json = {"name": self.name(), "account": account, "profile": profile}
        return Step("import-profiles", "post", "/import-profiles", body)

    def change_profile(self) -> Step | None:
        """Say it otherwise, or not any more."""
        one = self.pick(self.look("/import-profiles?limit=500"))
        if one is None:
            return None
        path, route = f"/import-profiles/{one['id']}", "import-profiles/<uuid:id>"
        if self.chance.random() < 0.3:
            return Step(route, "delete", path)
        body = {"name": self.name(), "profile": {"decimal_mark": ","}}
        return Step(route, "patch", path, body)

    def look_again(self) -> Step | None:
        """Have the file of a preview read again."""
        id = self.preview()
        body = {"options": {"day_first": True}}
        return id and Step("imports/<uuid:id>", "patch", f"/imports/{id}", body)

    def choose(self) -> Step | None:
        """Say something about lines of a preview, one or some."""
        id = self.preview()
        if id is None:
            return None
        numbers = [line["number"] for line in self.imports[id]["lines"]]
        choice: Json = {"verdict": self.chance.choice(["ignored", "new"])}
        path, route = f"/imports/{id}/lines", "imports/<uuid:id>/lines"
        if self.chance.random() < 0.5:
            number = self.chance.choice(numbers)
            return Step(f"{route}/<int:number>", "patch", f"{path}/{number}", choice)
        some = self.chance.sample(numbers, min(len(numbers), 3))
        return Step(route, "post", path, {"lines": [{"number": one} | choice for one in some]})

    def preview(self) -> str | None:
        """Return an import that is not committed."""
        return self.pick(id for id, row in self.imports.items() if row["status"] == "preview")

    def load_book(self) -> Step:
        """Make another book of a file."""
        return Step("books/load", "post", "/books/load", {}, WHOLE)

    def file_verbs(self) -> list[Callable[[], Step | None]]:
        """Return the verbs of this class."""
        return [
            *(self.keep_rule, self.change_rule, self.order_rules, self.apply_rules),
            *(self.undo_rules, self.keep_profile, self.change_profile, self.look_again),
            *(self.choose, self.choose, self.load_book),
        ]

    def learn(self, step: Step, answer: Json | None) -> None:
        """Know of none of these: they are looked up."""
        if not step.route.startswith(LOOKED_UP) and "/lines" not in step.route:
            super().learn(step, answer)
