"""Find the view of an address among many without trying one route after the other."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern


class ByFirstWord(URLResolver):
    """Routes below one prefix, each beginning with a word of its own and not with a parameter.

    A list is tried route by route, which for a hundred of them costs as much as Django's hello
    world. Here a route without parameters is found by its text, and of the others only those are
    tried which begin with the address's first word.
    """

    def __init__(self, prefix: str, routes: Sequence[URLPattern]) -> None:
        """Set up with the prefix that all share."""
        super().__init__(RoutePattern(prefix, is_endpoint=False), list(routes))

    def resolve(self, path: str) -> ResolverMatch:
        """Return the view of an address, as any resolver does.

        :raises Resolver404: if no route is the address.
        """
        below = self.pattern.match(str(path))
        if below is None:
            raise Resolver404({"path": path})
        rest = below[0]
        whole = self._whole.get(rest)
        found = whole.resolve(rest) if whole is not None else None
        if found is not None:
            return found
        candidates = self._by_word.get(_first_word(rest))
        if candidates is None:
            raise Resolver404({"tried": [[route] for route in self.url_patterns], "path": rest})
        return candidates.resolve(path)

    @cached_property
    def _whole(self) -> dict[str, URLPattern | URLResolver]:
        """The routes without parameters, the first of equal ones."""
        found: dict[str, URLPattern | URLResolver] = {}
        for route in self.url_patterns:
            if not route.pattern.converters:
                found.setdefault(str(route.pattern), route)
        return found

    @cached_property
    def _by_word(self) -> dict[str, URLResolver]:
        found: dict[str, list[Any]] = {}
        for route in self.url_patterns:
            found.setdefault(_first_word(str(route.pattern)), []).append(route)
        return {word: URLResolver(self.pattern, routes) for word, routes in found.items()}


def _first_word(route: str) -> str:
    return route.partition("/")[0]
