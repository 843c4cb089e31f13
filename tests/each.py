"""One test over many cases, for which what it is given is made once."""

from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any


def each(names: str, cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a test go over cases as `parametrize` does, but as one test.

    For what changes nothing, or only what is its own: then hundreds of users and books need not be
    made for as many requests. A failure says of which case it is.
    """
    own, wanted = names.split(", "), [*cases]

    def over_all(test: Callable[..., None]) -> Callable[..., None]:
        def of_each(**given: Any) -> None:
            for case in wanted:
                values = case if len(own) > 1 else (case,)
                try:
                    test(**dict(zip(own, values, strict=True)), **given)
                except AssertionError as error:
                    error.add_note(f"Of {case}.")
                    raise

        asked = signature(test)
        given = [one for name, one in asked.parameters.items() if name not in own]
        of_each.__signature__ = asked.replace(parameters=given)  # type: ignore[attr-defined]  # what pytest reads
        of_each.__name__, of_each.__module__ = test.__name__, test.__module__
        return of_each

    assert wanted, "There is nothing to go over."
    return over_all
