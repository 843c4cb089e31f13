"""The API of oneself: name, password, sessions and personal tokens."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language_from_request
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from buffet import serializers, services
from buffet.errors import NotAllowed
from buffet.models import PersonalToken, Scope, Session
from buffet.rest import fields
from buffet.rest.documents import PAGING
from buffet.rest.named import id_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.times import instant
from buffet.rest.views import ApiView

GONE = {204: OpenApiResponse(description="It has ended.")}


class MeView(ApiView):
    """The signed-in person."""

    @extend_schema(operation_id="me_read", summary="Who am I?", responses=serializers.Me)
    def get(self, request: Request) -> Response:
        """Answer with the caller."""
        caller = self.caller
        return Response(_me(caller.id, caller.email, caller.name, caller.is_staff, caller))

    @extend_schema(
        operation_id="me_change",
        summary="Change my name or default book",
        request=serializers.MeChange,
        responses=serializers.Me,
    )
    def patch(self, request: Request) -> Response:
        """Change what was sent."""
        known = {"name": fields.text(150), "default_book": fields.identity}
        sent = fields.read(request.data, known)
        if "default_book" in sent:
            sent["default_book_id"] = sent.pop("default_book")
        user = services.change_user(by=self.actor, user_id=self.caller.id, **sent)
        return Response(_me(user.id, user.email, user.name, user.is_staff, user))


def _me(id: UUID, email: str, name: str, is_staff: bool, person: Any) -> dict[str, Any]:
    return {
        "id": id,
        "email": email,
        "name": name,
        "is_staff": is_staff,
        "default_book": person.default_book_id,
    }


class SessionOnlyView(ApiView):
    """A view for who has signed in: no token may make, see or end what lets people in.

    Its answers are not kept for a second attempt: some hold a secret, and most end what the
    attempt would be made with.
    """

    keeps_answers = False
    refuses_readers = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the caller, then that it is no token."""
        super().initial(request, *args, **kwargs)
        if self.caller.session_id is None:
            raise NotAllowed("A personal token cannot do this: sign in with your password.")


class SessionsView(SessionOnlyView):
    """The caller's sessions."""

    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="sessions_list",
        summary="List where I am signed in",
        parameters=PAGING,
        responses=serializers.page_of(serializers.SessionRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of sessions that go on, the newest first."""
        rows = services.current_sessions(self.caller.id)
        return Response(id_page(request, self.query, rows, self._session))

    @extend_schema(operation_id="sessions_end_all", summary="Sign out everywhere", responses=GONE)
    def delete(self, request: Request) -> Response:
        """End all sessions, this one included."""
        services.end_sessions(user_id=self.caller.id, because="signed out everywhere")
        return Response(status=204)

    def _session(self, session: Session) -> dict[str, Any]:
        return {
            "id": session.id,
            "current": session.id == self.caller.session_id,
            "user_agent": session.user_agent,
            "created_at": instant(session.created_at),
            "used_at": instant(session.used_at),
            "expires_at": instant(session.expires_at),
        }


class SessionView(SessionOnlyView):
    """One session."""

    @extend_schema(operation_id="sessions_end", summary="End a session", responses=GONE)
    def delete(self, request: Request, id: UUID) -> Response:
        """End it, its access tokens included."""
        services.end_session(user_id=self.caller.id, session_id=id)
        return Response(status=204)


class TokensView(SessionOnlyView):
    """The caller's personal tokens."""

    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="tokens_list",
        summary="List my personal tokens",
        parameters=PAGING,
        responses=serializers.page_of(serializers.TokenRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of tokens, the newest first; their secrets are told to nobody."""
        rows = services.current_tokens(self.caller.id)
        return Response(id_page(request, self.query, rows, _token))

    @extend_schema(
        operation_id="tokens_create",
        summary="Make a personal token",
        request=serializers.TokenCreate,
        responses={201: serializers.NewTokenRead},
    )
    def post(self, request: Request) -> Response:
        """Make a token for a program of mine; its secret is in this answer alone."""
        known = {
            "name": fields.text(100, least=1),
            "scope": fields.one_of(*Scope.values),
            "expires_at": fields.optional(fields.instant),
        }
        sent = fields.read(request.data, known, required=("name", "scope"))
        made = services.create_token(by=self.actor, user_id=self.caller.id, **sent)
        return Response(_token(made.token) | {"token": made.secret}, status=201)


class TokenView(SessionOnlyView):
    """One personal token."""

    @extend_schema(operation_id="tokens_revoke", summary="Revoke a personal token", responses=GONE)
    def delete(self, request: Request, id: UUID) -> Response:
        """End it, at once."""
        services.revoke_token(by=self.actor, user_id=self.caller.id, token_id=id)
        return Response(status=204)


class PasswordView(SessionOnlyView):
    """The caller's password."""

    @extend_schema(
        operation_id="password_change",
        summary="Change my password",
        request=serializers.PasswordChange,
        responses={204: OpenApiResponse(description="It is changed, and other sessions ended.")},
    )
    def post(self, request: Request) -> Response:
        """Change it; whoever is signed in elsewhere is so no more."""
        known = {"current_password": fields.secret, "new_password": fields.secret}
        sent = fields.read(request.data, known, required=tuple(known))
        services.change_password(
            by=self.actor,
            user_id=self.caller.id,
            session_id=self.caller.session_id,
            current=sent["current_password"],
            new=sent["new_password"],
            language=get_language_from_request(request._request),
        )
        return Response(status=204)


def _token(token: PersonalToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "prefix": token.prefix,
        "scope": token.scope,
        "created_at": instant(token.created_at),
        "expires_at": instant(token.expires_at) if token.expires_at else None,
        "used_at": instant(token.used_at) if token.used_at else None,
    }
