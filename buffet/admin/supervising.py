"""What is kept of staff and of signing in: read here, second factors also forgotten."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.decorators import action

from buffet.admin.base import HouseAdmin, actor
from buffet.admin.verbs import ask
from buffet.models import RecoveryCode, SecondFactor, SignIn, SupportAccess
from buffet.services.second_factor import forget_second_factor


@admin.register(SupportAccess)
class SupportAccessPage(HouseAdmin):
    """Which books let support see their amounts, until when; their owners decide."""

    list_display = ("book", "granted_by", "created_at", "expires_at", "revoked_at")
    list_select_related = ("book", "granted_by")
    date_hierarchy = "created_at"
    search_fields = ("book__name",)


@admin.register(SignIn)
class SignInPage(HouseAdmin):
    """Who signed in or tried to, when, from where, and what became of it."""

    list_display = ("at", "user", "outcome", "door", "address", "user_agent")
    list_select_related = ("user",)
    list_filter = ("outcome", "door")
    date_hierarchy = "at"
    search_fields = ("user__email", "address")


@admin.register(SecondFactor)
class SecondFactorPage(HouseAdmin):
    """Which of staff have enrolled an app; of each, nobody knows the secret."""

    list_display = ("user", "created_at", "confirmed_at")
    list_select_related = ("user",)
    ordering = ("-created_at", "pk")
    date_hierarchy = "created_at"
    exclude = ("salt", "last_step")
    search_fields = ("user__email",)
    actions_detail = ("forget",)

    def has_forget_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whoever looks after users looks after what they prove themselves with."""
        return request.user.has_perm("buffet.change_user")

    @action(description="Forget the app", permissions=["forget"], url_path="forget")
    def forget(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a member of staff enrol another app."""
        found = get_object_or_404(SecondFactor.objects.select_related("user"), pk=object_id)

        def does(sent: dict[str, Any], rows: Any) -> str:
            forget_second_factor(by=actor(request), user_id=found.pk, reason=sent["reason"])
            return reverse("admin:buffet_secondfactor_changelist")

        return ask(
            request,
            title=f"Forget the app of {found.user.email}",
            verb="Forget it",
            back=reverse("admin:buffet_secondfactor_change", args=[found.pk]),
            does=does,
            sentence="They enrol another one when they sign in next. Be sure who asked you.",
        )


@admin.register(RecoveryCode)
class RecoveryCodePage(HouseAdmin):
    """Which recovery codes of staff were used; nobody knows the others."""

    list_display = ("factor", "used_at")
    list_select_related = ("factor",)
    date_hierarchy = "used_at"
    search_fields = ("factor__user__email",)
    exclude = ("digest",)
