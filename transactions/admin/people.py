"""What staff do for people who ask for all that is kept of them, or for its end."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from buffet.admin.base import HouseAdmin, actor
from buffet.admin.people import UserPage
from buffet.admin.reason import Reason
from buffet.admin.verbs import ask
from buffet.models import Erasure, User
from buffet.services.erasing import erase_user
from transactions.books.people import export_person

admin.site.unregister(User)


class Erasing(Reason):
    """Whom, typed once more, and why."""

    email = forms.CharField(max_length=254, widget=UnfoldAdminTextInputWidget)
    field_order = ("email", "reason")

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self._user = user

    def clean_email(self) -> str:
        """Refuse another address than that of the person whose page it is."""
        if self.cleaned_data["email"].strip().lower() != self._user.email:
            raise forms.ValidationError("Type the e-mail address of the person to erase.")
        return self._user.email


@admin.register(User)
class PersonPage(UserPage):
    """People, with all that is kept of them to hand out or to erase."""

    actions_detail = (*UserPage.actions_detail, "export_all", "erase")

    def has_erase_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Erasing is a deletion; what is handed out tells as much as that takes away."""
        return request.user.has_perm("buffet.delete_user")

    @action(description="Export everything", permissions=["erase"], url_path="export-all")
    def export_all(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hand out all that is kept of the person."""
        user = get_object_or_404(User, pk=object_id)
        if request.method == "POST":
            return FileResponse(
                export_person(user.pk), as_attachment=True, filename=f"person-{user.pk}.zip"
            )
        return ask(
            request,
            title=f"Export everything of {user.email}",
            verb="Export",
            back=reverse("admin:buffet_user_change", args=[user.pk]),
            does=lambda sent, rows: "",
            form=forms.Form,
            sentence="A zip of JSON: profile, seats, sessions, sign-ins, and the books they own.",
        )

    @action(description="Erase", permissions=["erase"], url_path="erase")
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Erase the person, and the books that are theirs alone."""
        user = get_object_or_404(User, pk=object_id)

        def does(sent: dict[str, Any], rows: Any) -> str:
            erase_user(by=actor(request), user_id=user.pk, reason=sent["reason"])
            return reverse("admin:buffet_erasure_changelist")

        return ask(
            request,
            title="Erase a person",
            verb="Erase for good",
            back=reverse("admin:buffet_user_change", args=[user.pk]),
            does=does,
            form=partial(Erasing, user=user),
            sentence="There is no way back. Books that others keep stay; books that are theirs "
            "alone go with all their history. Do not name the person in the reason.",
        )


@admin.register(Erasure)
class ErasurePage(HouseAdmin):
    """Who was erased, by an id that leads nowhere, and what was removed."""

    list_display = ("erased_at", "user_id", "erased_by", "reason")
    date_hierarchy = "erased_at"
    search_fields = ("reason",)
    search_ids = ("pk", "user_id")
    ordering = ("-erased_at", "-id")
