"""The forms that make one transfer of two transactions, and two of it again."""

from contextlib import suppress

from django import forms

from buffet.errors import NotFound
from reports.recording import fields
from reports.recording.correcting import OfTransaction
from transactions import services
from transactions.queries import transactions


class Uniting(OfTransaction):
    """Another transaction that tells of the same money."""

    action = "unite"
    other = forms.UUIDField()
    on = fields.Day(required=False)

    def carry_out(self) -> None:
        """Make one transfer of both, which they may be already; `id` is that of the one that stays.

        :raises Refusal: if the service will not.
        """
        other, own = self.cleaned_data["other"], {**self.who, "on": self.cleaned_data["on"]}
        try:
            services.merge_into_transfer(**own, source_id=other, target_id=self.id)
        except services.BroughtByImport:
            services.merge_into_transfer(**own, source_id=self.id, target_id=other)
            self.id = other
        except NotFound:
            if transactions.get(self.who["book"].id, self.id)["kind"] != "transfer":
                raise


class Separating(OfTransaction):
    """A transfer that was made of two."""

    action = "separate"

    def carry_out(self) -> None:
        """Separate them, which they may be already.

        :raises Refusal: if the service will not.
        """
        with suppress(services.NothingMerged):
            services.separate(**self.who, transaction_id=self.id)
