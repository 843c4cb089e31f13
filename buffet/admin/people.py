"""Staff's view of people, their sessions, books and seats."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from buffet.admin.base import HouseAdmin
from buffet.admin.lists import one_of
from buffet.admin.visiting import SeesAsMember
from buffet.models import (
    Attempts,
    Book,
    CalendarLink,
    Invitation,
    KeptAnswer,
    Membership,
    PersonalToken,
    Role,
    Session,
    SharedState,
    SlowRequest,
    Tombstone,
    User,
)
from buffet.services import LastOwner, keeps_owner, raise_versions

admin.site.unregister(Group)
#: As tombstones name them.
RESOURCES = (
    *("account", "allocationchoice", "balancepoint", "bookrate", "broker", "cardterms"),
    *("closedmonth", "creditcard", "import", "importprofile", "installmentplan", "invoice"),
    *("rule", "rulerun", "subscription", "transaction", "vendor"),
)


class NewUser(UserCreationForm):
    """An e-mail address and a password."""

    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        """Return the address as it is kept, in lower case."""
        return self.cleaned_data["email"].strip().lower()


@admin.register(User)
class UserPage(UserAdmin, HouseAdmin):
    """People: found by e-mail, deactivated rather than deleted."""

    form, add_form, change_password_form = UserChangeForm, NewUser, AdminPasswordChangeForm
    is_editable = True
    list_display = ("email", "name", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "groups")
    date_hierarchy = "created_at"
    ordering = ("email",)
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "created_at")
    autocomplete_fields = ("default_book",)
    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ("email", "name", "password", "default_book")}),
        ("May", {"fields": ("is_active", "is_staff", "groups")}),
        ("Trace", {"fields": ("created_at", "last_login", "history")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)

    actions_detail: tuple[str, ...] = ("history_of_person",)

    @action(description="What they did", permissions=["see_history"], url_path="what-they-did")
    def history_of_person(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what they changed."""
        return HttpResponseRedirect(f"{reverse('staff-history')}?user={object_id}")

    def has_see_history_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who sees books and people sees what happened."""
        return request.user.has_perms(["buffet.view_book", "buffet.view_user"])

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, and have what names the person made anew."""
        if change and {"name", "email"} & {*form.changed_data}:
            raise_versions(obj.pk)
        super().save_model(request, obj, form, change)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Find by e-mail or name."""
        return HouseAdmin.get_search_results(self, request, queryset, search_term)


@admin.register(Session)
class SessionPage(HouseAdmin):
    """Sign-ins through the API."""

    list_display = ("user", "created_at", "used_at", "expires_at", "ended_at", "ended_because")
    list_select_related = ("user",)
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    date_hierarchy = "created_at"
    narrowed_by = {"user": ("-id",)}
    exclude = ("refresh_id",)
    search_fields = ("user__email",)


@admin.register(PersonalToken)
class PersonalTokenPage(HouseAdmin):
    """Keys of people's programs; of each, only its beginning is known."""

    list_display = ("user", "name", "prefix", "scope", "created_at", "used_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = ("scope", ("revoked_at", admin.EmptyFieldListFilter))
    date_hierarchy = "created_at"
    narrowed_by = {"user": ("-id",)}
    exclude = ("digest",)
    search_fields = ("user__email", "prefix")


@admin.register(CalendarLink)
class CalendarLinkPage(HouseAdmin):
    """Private addresses of calendars; of each, nobody knows the secret."""

    list_display = ("user", "book", "created_at", "revoked_at")
    list_select_related = ("user", "book")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    date_hierarchy = "created_at"
    exclude = ("digest",)
    search_fields = ("user__email", "book__name")


@admin.register(Book)
class BookPage(HouseAdmin):
    """Books: their names and zones may change here, their money may not."""

    is_editable = True
    list_display = (
        "name",
        "base_currency",
        "time_zone",
        "month_start_day",
        "version",
        "created_at",
    )
    list_filter = ("base_currency",)
    date_hierarchy = "created_at"
    readonly_fields = ("version", "created_at")
    search_fields = ("name",)
    actions_detail: tuple[str, ...] = ("coming", "history_of_book")

    @action(description="What happened", permissions=["see_history"], url_path="what-happened")
    def history_of_book(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what was changed in it."""
        return HttpResponseRedirect(f"{reverse('staff-history')}?book={object_id}")

    def has_see_history_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Who sees books and people sees what happened."""
        return request.user.has_perms(["buffet.view_book", "buffet.view_user"])

    @action(description="What is coming", permissions=["view"], url_path="coming")
    def coming(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show its bills and where they lead."""
        return HttpResponseRedirect(reverse("staff-coming", args=[object_id]))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Books are opened by their owners."""
        return False


class Seat(forms.ModelForm):
    """A seat; a book keeps an owner."""

    def clean(self) -> dict[str, Any]:
        """Refuse what would leave the book without an owner."""
        sent = super().clean() or self.cleaned_data
        owns = sent.get("role") == Role.OWNER and sent.get("expires_at") is None
        seat = self.instance
        # Locked until the row is saved, in the transaction of the admin's view.
        if not seat._state.adding and not owns:
            Book.objects.select_for_update(no_key=True).get(id=seat.book_id)
            if not keeps_owner(seat.book_id, without=seat.user_id):
                raise forms.ValidationError(str(LastOwner()))
        return sent


@admin.register(Membership)
class MembershipPage(SeesAsMember, HouseAdmin):
    """Seats: who may do what in which book, and until when."""

    form = Seat
    is_editable = True
    actions_detail = ("see_as",)
    list_display = ("book", "user", "role", "expires_at", "created_at")
    list_select_related = ("book", "user")
    list_filter = ("role", ("expires_at", admin.EmptyFieldListFilter))
    date_hierarchy = "created_at"
    autocomplete_fields = ("book", "user")
    search_fields = ("user__email", "book__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep book and user of a seat that is there."""
        kept = ("book", "user") if obj is not None else ()
        return [*kept, *super().get_readonly_fields(request, obj)]


@admin.register(Invitation)
class InvitationPage(HouseAdmin):
    """Seats offered by letter, and what became of them."""

    list_display = ("email", "book", "role", "invited_by", "created_at", "expires_at", "answer")
    list_select_related = ("book", "invited_by")
    list_filter = ("role", ("answered_at", admin.EmptyFieldListFilter))
    date_hierarchy = "created_at"
    exclude = ("digest",)
    search_fields = ("email", "book__name")


@admin.register(KeptAnswer)
class KeptAnswerPage(HouseAdmin):
    """Answers kept for clients that ask a second time with the same Idempotency-Key."""

    list_display = ("key", "user", "status", "created_at")
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    narrowed_by = {"user": ("-key",)}
    exclude = ("body", "fingerprint")
    search_fields = ("key", "user__email")


@admin.register(Attempts)
class AttemptsPage(HouseAdmin):
    """What is counted against limits; names are digests, or those of tokens."""

    list_display = ("name", "count", "began_at")
    ordering = ("-began_at",)
    date_hierarchy = "began_at"
    search_fields = ("name",)


@admin.register(SharedState)
class SharedStatePage(HouseAdmin):
    """What all books share, and the number of its state."""

    list_display = ("name", "version")
    ordering = ("name",)


@admin.register(SlowRequest)
class SlowRequestPage(HouseAdmin):
    """Answers that took long."""

    list_display = ("at", "method", "route", "status", "milliseconds", "queries", "request_id")
    date_hierarchy = "at"
    search_fields = ("route", "request_id")


@admin.register(Tombstone)
class TombstonePage(HouseAdmin):
    """The traces of deleted rows, which clients follow."""

    list_display = ("resource", "row_id", "book", "version", "deleted_at")
    list_select_related = ("book",)
    list_filter = (one_of("resource", *RESOURCES),)
    is_large = True
    narrowed_by = {"book": ("-version", "-id")}
    date_hierarchy = "deleted_at"
