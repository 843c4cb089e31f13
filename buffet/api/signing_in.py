"""The API of signing in and out, of registering and of forgotten passwords."""

from django.utils.translation import get_language_from_request
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from buffet import serializers, services
from buffet.limits import client_address
from buffet.rest import fields
from buffet.rest.responses import Response
from buffet.rest.views import AnonymousView

EMAIL = fields.text(254, least=1)


class TokenView(AnonymousView):
    """Sign in."""

    @extend_schema(
        operation_id="auth_token",
        summary="Sign in",
        request=serializers.Credentials,
        responses=serializers.TokenPair,
    )
    def post(self, request: Request) -> Response:
        """Answer with a pair of tokens."""
        sent = fields.read(
            request.data,
            {"email": EMAIL, "password": fields.secret},
            required=("email", "password"),
        )
        agent = request.headers.get("User-Agent", "")
        address = client_address(request._request)
        return Response(_pair(services.sign_in(**sent, address=address, user_agent=agent)))


class RefreshView(AnonymousView):
    """Renew the tokens."""

    @extend_schema(
        operation_id="auth_refresh",
        summary="Renew the tokens",
        request=serializers.RefreshRequest,
        responses=serializers.TokenPair,
    )
    def post(self, request: Request) -> Response:
        """Answer with a new pair; the token sent is spent."""
        sent = fields.read(request.data, {"refresh": fields.secret}, required=("refresh",))
        return Response(_pair(services.refresh(token=sent["refresh"])))


class LogoutView(AnonymousView):
    """Sign out."""

    @extend_schema(
        operation_id="auth_logout",
        summary="Sign out",
        request=serializers.RefreshRequest,
        responses={204: OpenApiResponse(description="The session has ended.")},
    )
    def post(self, request: Request) -> Response:
        """End the session, its access tokens included."""
        sent = fields.read(request.data, {"refresh": fields.secret}, required=("refresh",))
        services.sign_out(token=sent["refresh"])
        return Response(status=204)


def _pair(tokens: services.Tokens) -> dict[str, str]:
    return {"access": tokens.access, "refresh": tokens.refresh}


def _asked_from(request: Request) -> dict[str, str]:
    """Return from which network a letter is asked for, and in which language."""
    asked = request._request
    return {"address": client_address(asked), "language": get_language_from_request(asked)}


class RegisterView(AnonymousView):
    """Ask for an account."""

    @extend_schema(
        operation_id="auth_register",
        summary="Ask for an account",
        request=serializers.EmailRequest,
        responses={202: OpenApiResponse(description="A letter is on its way.")},
    )
    def post(self, request: Request) -> Response:
        """Send a letter with a link to register; to who has an account, one that says so.

        It is in the language that `Accept-Language` asks for.
        """
        sent = fields.read(request.data, {"email": fields.email}, required=("email",))
        services.ask_to_register(**sent, **_asked_from(request))
        return Response(status=202)


class RegistrationView(AnonymousView):
    """Register."""

    @extend_schema(
        operation_id="auth_register_confirm",
        summary="Register with the token of a letter",
        request=serializers.Registration,
        responses={201: serializers.TokenPair},
    )
    def post(self, request: Request) -> Response:
        """Make the account, take the seat if the letter was an invitation, and sign in."""
        known = {"token": fields.secret, "password": fields.secret, "name": fields.text(150)}
        sent = fields.read(request.data, known, required=("token", "password"))
        agent = request.headers.get("User-Agent", "")
        address = client_address(request._request)
        user = services.register(**sent, address=address, user_agent=agent)
        return Response(_pair(services.open_session(user, agent)), status=201)


class ForgottenView(AnonymousView):
    """Ask for a new password."""

    @extend_schema(
        operation_id="auth_password_forgotten",
        summary="Ask for a new password",
        request=serializers.EmailRequest,
        responses={202: OpenApiResponse(description="A letter is on its way.")},
    )
    def post(self, request: Request) -> Response:
        """Send a letter with a link to choose one; to who has no account, one that says so.

        It is in the language that `Accept-Language` asks for.
        """
        sent = fields.read(request.data, {"email": fields.email}, required=("email",))
        services.ask_for_reset(**sent, **_asked_from(request))
        return Response(status=202)


class ResetView(AnonymousView):
    """Choose a new password."""

    @extend_schema(
        operation_id="auth_password_reset",
        summary="Choose a new password with the token of a letter",
        request=serializers.PasswordReset,
        responses={204: OpenApiResponse(description="It is chosen, and all sessions ended.")},
    )
    def post(self, request: Request) -> Response:
        """Set it; whoever is signed in is so no more."""
        known = {"token": fields.secret, "new_password": fields.secret}
        sent = fields.read(request.data, known, required=tuple(known))
        services.reset_password(
            token=sent["token"],
            new=sent["new_password"],
            user_agent=request.headers.get("User-Agent", ""),
            **_asked_from(request),
        )
        return Response(status=204)
