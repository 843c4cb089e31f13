"""How people, sessions and books look in the OpenAPI document."""

from rest_framework import serializers

from buffet.models import Role


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


class Me(serializers.Serializer):
    """The signed-in person."""

    id = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField()
    is_staff = serializers.BooleanField()
    default_book = serializers.UUIDField(allow_null=True)


class MeChange(serializers.Serializer):
    """What people change about themselves."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    default_book = serializers.UUIDField(required=False)


class BookRead(serializers.Serializer):
    """A book and the caller's role in it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    base_currency = serializers.CharField()
    time_zone = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class BookCreate(serializers.Serializer):
    """A new book."""

    name = serializers.CharField(max_length=100)
    base_currency = serializers.CharField(max_length=3)
    time_zone = serializers.CharField(max_length=64, required=False)


class BookChange(serializers.Serializer):
    """What owners change about a book."""

    name = serializers.CharField(max_length=100, required=False)
    base_currency = serializers.CharField(max_length=3, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)


class ReadyRead(serializers.Serializer):
    """Whether the service can serve, and what keeps it from it."""

    status = serializers.CharField()
    checks = serializers.DictField(child=serializers.CharField(), required=False)


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
