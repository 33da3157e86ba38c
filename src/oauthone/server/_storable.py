"""Which strings a store can hold. Database drivers treat the others differently, so every store rejects them."""

import re
from collections.abc import Mapping
from typing import cast

#: NUL, which PostgreSQL cannot store, and lone surrogates, which UTF-8 cannot encode.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(value: object) -> bool:
    """Whether each string in ``value`` can be stored: it holds neither NUL nor a lone surrogate.

    Args:
        value: a string, or a list, tuple or mapping of strings. A value of any other type holds no string.
    """
    if isinstance(value, str):
        return _UNSTORABLE.search(value) is None
    if isinstance(value, Mapping):
        return all(map(is_storable, cast("Mapping[object, object]", value).items()))
    return not isinstance(value, list | tuple) or all(map(is_storable, cast("tuple[object, ...]", value)))


def refuse_unstorable(**fields: object) -> None:
    """Raise if a store could not hold one of ``fields``.

    Raises:
        ValueError: a string holds NUL or a lone surrogate. The message names the field and does not quote it.
    """
    for name, value in fields.items():
        if not is_storable(value):
            raise ValueError(f"{name} cannot be stored: remove NUL and lone surrogates from it")
