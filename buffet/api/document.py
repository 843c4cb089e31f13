"""The OpenAPI document of the API."""

from functools import lru_cache
from hashlib import sha256
from threading import Lock

import orjson
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.rest.views import AnonymousView

JSON, YAML = "application/vnd.oai.openapi+json", "application/vnd.oai.openapi"


#: The generator looks for its extensions when it is first asked, and takes no second thread.
_MAKING = Lock()


def rendered(content_type: str) -> tuple[bytes, str]:
    """Return the document and its ETag; made once, since it follows from the code alone."""
    with _MAKING:
        return _rendered(content_type)


@lru_cache(maxsize=2)
def _rendered(content_type: str) -> tuple[bytes, str]:
    found = SchemaGenerator().get_schema(request=None, public=True)
    body = (
        orjson.dumps(found)
        if content_type == JSON
        else OpenApiYamlRenderer().render(found, renderer_context={})
    )
    return body, f'"{sha256(body).hexdigest()[:24]}"'


class SchemaView(AnonymousView):
    """The OpenAPI document."""

    schema = None

    def check_caller(self, request: Request) -> None:
        """Answer everybody, as often as they like: the document is at hand."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Answer with the document: JSON, or YAML to who asks for it."""
        wanted = YAML if "yaml" in request.META.get("HTTP_ACCEPT", "") else JSON
        body, tag = rendered(wanted)
        response = HttpResponse(body, content_type=wanted)
        response["ETag"], response["Vary"] = tag, "Accept"
        response["Cache-Control"] = "public, max-age=300"
        sent = request._request
        return get_conditional_response(sent, etag=tag, response=response) or response
