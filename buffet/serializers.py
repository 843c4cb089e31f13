"""How people, sessions and books look in the OpenAPI document."""

from rest_framework import serializers

from buffet.models import LATEST_START, Role, Scope
from buffet.rest.documents import CODE
from buffet.rest.samples import identity, samples


class Credentials(serializers.Serializer):
    """What one signs in with."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1024)


class RefreshRequest(serializers.Serializer):
    """A refresh token."""

    refresh = serializers.CharField(max_length=4096)


class TokenPair(serializers.Serializer):
    """A short access token and the refresh token that renews it once."""

    access = serializers.CharField()
    refresh = serializers.CharField()


@samples(ana={})
class Me(serializers.Serializer):
    """The signed-in person."""

    id = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField()
    is_staff = serializers.BooleanField()
    default_book = serializers.UUIDField(allow_null=True)


@samples(ana={"name": "Ana Souza", "default_book": ...})
class MeChange(serializers.Serializer):
    """What people change about themselves."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    default_book = serializers.UUIDField(required=False)


@samples(household={})
class BookRead(serializers.Serializer):
    """A book and the caller's role in it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    base_currency = serializers.CharField()
    time_zone = serializers.CharField()
    month_start_day = serializers.IntegerField()
    role = serializers.ChoiceField(choices=Role.choices)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class BookCreate(serializers.Serializer):
    """A new book."""

    name = serializers.CharField(max_length=100)
    base_currency = serializers.RegexField(CODE)
    time_zone = serializers.CharField(max_length=64, required=False)
    month_start_day = serializers.IntegerField(min_value=1, max_value=LATEST_START, required=False)


@samples(household={"name": "Ana and Ben", "time_zone": ..., "month_start_day": 25})
class BookChange(serializers.Serializer):
    """What owners change about a book."""

    name = serializers.CharField(max_length=100, required=False)
    base_currency = serializers.RegexField(CODE, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)
    month_start_day = serializers.IntegerField(min_value=1, max_value=LATEST_START, required=False)


class ReadyRead(serializers.Serializer):
    """Whether the service can serve, and what keeps it from it."""

    status = serializers.CharField()
    checks = serializers.DictField(child=serializers.CharField(), required=False)


class FaultRead(serializers.Serializer):
    """What is wrong, where in the body or the query, and the code that clients may rely on."""

    pointer = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()


def page_of(row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """Return the answer of a list of `row`."""
    return type(
        f"{row.__name__.removesuffix('Read')}Page",
        (serializers.Serializer,),
        {
            "__doc__": "A page of a list, with links to its neighbours.",
            "results": row(many=True),
            "next": serializers.CharField(allow_null=True),
            "previous": serializers.CharField(allow_null=True),
        },
    )


@samples(this_phone={})
class SessionRead(serializers.Serializer):
    """A place where the caller is signed in; `current` is this one."""

    id = serializers.UUIDField()
    current = serializers.BooleanField()
    user_agent = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


@samples(budget_script={})
class TokenRead(serializers.Serializer):
    """A personal token, without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scope = serializers.ChoiceField(choices=Scope.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    used_at = serializers.DateTimeField(allow_null=True)


class NewTokenRead(TokenRead):
    """A new token with its secret, to be sent as a bearer token."""

    token = serializers.CharField()


@samples(budget_script={"scope": ..., "expires_at": "2099-05-01T09:15:00.000000Z"})
class TokenCreate(serializers.Serializer):
    """A wanted token; without `expires_at` it is good until it is revoked."""

    name = serializers.CharField(max_length=100)
    scope = serializers.ChoiceField(choices=Scope.choices)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class PasswordChange(serializers.Serializer):
    """The password as it is and as it shall be."""

    current_password = serializers.CharField(max_length=4096)
    new_password = serializers.CharField(max_length=4096)


class EmailRequest(serializers.Serializer):
    """An e-mail address that a letter shall go to."""

    email = serializers.EmailField(max_length=254)


@samples(ana={"name": ...})
class Registration(serializers.Serializer):
    """A new account: the token of a registration's or an invitation's letter, and a password."""

    token = serializers.CharField(max_length=4096)
    password = serializers.CharField(max_length=4096)
    name = serializers.CharField(max_length=150, required=False, allow_blank=True)


class PasswordReset(serializers.Serializer):
    """The token of a letter and the password as it shall be."""

    token = serializers.CharField(max_length=4096)
    new_password = serializers.CharField(max_length=4096)


@samples(
    seat_of_ana={"name": "Ana", "expires_at": None},
    seat_of_ben={
        "name": "Ben",
        "email": "ben@example.com",
        "user": identity("ben"),
        "role": "editor",
        "expires_at": None,
    },
)
class MemberRead(serializers.Serializer):
    """A seat in a book and who has it."""

    id = serializers.UUIDField()
    user = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=Role.choices)
    expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


@samples(for_good={"role": "owner", "expires_at": None})
class MemberChange(serializers.Serializer):
    """What owners change about a seat; null lets it last."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


@samples(ben={"email": "ben@example.com", "role": "editor"})
class InvitationRead(serializers.Serializer):
    """A seat offered by letter; the link is in the letter alone."""

    id = serializers.UUIDField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    seat_expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


@samples(ben={"email": "ben@example.com", "role": "editor", "seat_expires_at": None})
class InvitationCreate(serializers.Serializer):
    """A seat to be offered; it lasts when it has no `seat_expires_at`."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)
    seat_expires_at = serializers.DateTimeField(required=False, allow_null=True)


class InvitationAccept(serializers.Serializer):
    """The token of an invitation's letter."""

    token = serializers.CharField(max_length=4096)


@samples(support_access={"revoked_at": None})
class SupportAccessRead(serializers.Serializer):
    """Leave for support to see the book's amounts, and until when it holds."""

    id = serializers.UUIDField()
    granted_by = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


@samples(support_access={"days": 7})
class SupportAccessGrant(serializers.Serializer):
    """For how many days support may see the book's amounts."""

    days = serializers.IntegerField(min_value=1, max_value=30)
