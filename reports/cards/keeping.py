"""The forms of a purchase in parcels itself: what it is called, and to delete it."""

from contextlib import suppress
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from buffet.audit import writing
from buffet.errors import ChangedMeanwhile, NotFound
from invoices import services
from invoices.models import InstallmentPlan
from invoices.services.installments import get_plan
from reports.deeds import Deed
from reports.meanwhile import Amending
from reports.recording import fields
from reports.requests import PageRequest


class Naming(Amending):
    """What a plan is called, and what else there is to say; its transactions keep their texts."""

    action = "keep"

    description = fields.description()
    notes = fields.notes()

    def __init__(self, request: PageRequest, plan: InstallmentPlan) -> None:
        self.plan = plan
        super().__init__(request)
        self.fields["description"].help_text = _("Its transactions keep what they are called.")
        self.show_what_was()

    def as_it_is(self) -> dict[str, Any]:
        """Return what the fields hold of the plan as it was read last."""
        return {"description": self.plan.description, "notes": self.plan.notes}

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises ChangedMeanwhile: if somebody else changed the same since.
        """
        book = self.who["book"]
        with writing(book.id, by=self.who["by"]):
            # Whoever held the book until now may have changed it after this request had read it.
            self.plan = get_plan(book, self.plan.id)
            self.agree(self.changed_data)
            given = {name: self.cleaned_data[name] for name in self.changed_data}
            services.change_plan(**self.who, plan_id=self.plan.id, **given)


class Dropping(Deed):
    """To delete a plan with its transactions, as it was when that was asked for."""

    action = "drop"
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, request: PageRequest, plan: InstallmentPlan) -> None:
        self.plan = plan
        super().__init__(request, initial={"version": plan.version})

    def carry_out(self) -> None:
        """Delete it, which it may be already.

        :raises ChangedMeanwhile: if it is another version by now.
        :raises Refusal: if a parcel is billed, or the service will not.
        """
        book, id = self.who["book"], self.plan.id
        with suppress(NotFound), writing(book.id, by=self.who["by"]):
            if get_plan(book, id).version != self.cleaned_data["version"]:
                raise ChangedMeanwhile
            services.delete_plan(**self.who, plan_id=id, today=self.request.today)
