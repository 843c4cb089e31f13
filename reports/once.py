"""Forms that have their effect once, however often they are sent."""

from collections.abc import Callable
from contextlib import nullcontext
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import orjson
from django import forms

from buffet.audit import writing
from buffet.errors import Refusal
from buffet.requests import Request, signed_in
from buffet.rest import retries
from buffet.rest.responses import Response
from reports.deeds import actor
from reports.forms import Entrance


class UsedForm(Refusal):
    """This form has recorded something else already: send it again to record this as well."""

    code = "used_form"


class Once(Entrance):
    """A form with a key of its own, by which what it did is known when it comes again."""

    request: Request
    key = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what a field begins with: a key that no other form has."""
        if field_name == "key":
            return self.initial.setdefault("key", uuid4())
        return super().get_initial_for_field(field, field_name)

    def refuse(self, refusal: Refusal) -> None:
        """Show why not; a form that did something else before may be sent again as it is."""
        if isinstance(refusal, retries.KeyReused):
            refusal = UsedForm()
            self.renew()
        super().refuse(refusal)

    def renew(self) -> None:
        """Let the form, as it was typed, have its effect when it comes again."""
        self.data = self.data.copy()
        self.data[self.add_prefix("key")] = str(uuid4())

    def once(self, effect: Callable[[], UUID]) -> UUID:
        """Return the id of what the form made, by now or when it came first.

        On a page of a book its services write in it, and all of it or nothing.

        :raises KeyReused: if something else was in it then.
        :raises Refusal: if the services will not.
        """
        key, request = self.cleaned_data.get("key"), self.request
        book = getattr(request, "book", None)

        def answer() -> Response:
            with nullcontext() if book is None else writing(book.id, by=actor(request)):
                return Response({"made": str(effect())}, status=201)

        if key is None:
            return UUID(orjson.loads(answer().content)["made"])
        names = map(self.add_prefix, self.fields)
        sent = {name: request.POST.getlist(name) for name in names if name in request.POST}
        same = orjson.dumps([book and str(book.id), sent], option=orjson.OPT_SORT_KEYS)
        fingerprint = sha256(f"page {type(self).__name__} ".encode() + same).hexdigest()
        # No key of the API has a space.
        whose = signed_in(request).id
        kept = retries.once_by_name(whose, f"page {key}", fingerprint, answer, waits=True)
        return UUID(orjson.loads(kept.content)["made"])
