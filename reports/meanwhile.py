"""Forms of what is there: what somebody else changed since it was shown is not undone unseen."""

from collections.abc import Iterable
from typing import Any

from buffet.errors import ChangedMeanwhile, Refusal
from reports.deeds import Deed
from reports.requests import PageRequest


class Amending(Deed):
    """Something as it should be; what somebody else changed since it was shown stays so.

    The page brings back what it showed, so that only what was typed anew is written.
    """

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request, initial=self.as_it_is())

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold as it is now, as their reader would type it."""
        raise NotImplementedError  # each form says what it is about

    def show_what_was(self) -> None:
        """Let each field bring back what it showed; for when the form has all of its fields."""
        for field in self.fields.values():
            field.show_hidden_initial = True

    def refuse(self, refusal: Refusal) -> None:
        """Show why not; whoever then sends what was typed has seen that it was changed.

        What they left alone is shown as it is by now.
        """
        if isinstance(refusal, ChangedMeanwhile):
            typed, self.data = set(self.changed_data), self.data.copy()
            for name, value in self.initial.items():
                self.data[self.add_initial_prefix(name)] = value
                if name not in typed:
                    self.data[self.add_prefix(name)] = value
        super().refuse(refusal)

    def agree(self, names: Iterable[str]) -> None:
        """Read anew what is there, for a service that holds the book's lock, and compare.

        :raises ChangedMeanwhile: if somebody else changed one of these since the form was shown.
        """
        self.initial = self.as_it_is()
        if any(map(self._is_newer, names)):
            raise ChangedMeanwhile

    def _is_newer(self, name: str) -> bool:
        """Whether somebody else changed this very thing since the form was shown."""
        field = self.fields[name]
        shown = field.hidden_widget().value_from_datadict(
            self.data, self.files, self.add_initial_prefix(name)
        )
        typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        now = self.get_initial_for_field(field, name)
        return field.has_changed(now, shown) and field.has_changed(now, typed)
