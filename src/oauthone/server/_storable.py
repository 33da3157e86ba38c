"""Which text a store can hold. Drivers differ in what they do with other text, so no store is given any."""

import re
from collections.abc import Mapping
from typing import cast

#: NUL, which PostgreSQL lacks, and lone surrogates, which UTF-8 lacks.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(value: object) -> bool:
    """Whether every text in ``value`` can be stored: no NUL, nothing that UTF-8 lacks.

    Args:
        value: a text, or a list, tuple or mapping of such. Whatever else it is holds no text.
    """
    if isinstance(value, str):
        return _UNSTORABLE.search(value) is None
    if isinstance(value, Mapping):
        return all(map(is_storable, cast("Mapping[object, object]", value).items()))
    return not isinstance(value, list | tuple) or all(map(is_storable, cast("tuple[object, ...]", value)))


def refuse_unstorable(**fields: object) -> None:
    """Raise where a store could not hold one of ``fields``.

    Raises:
        ValueError: a text has NUL or a lone surrogate in it. The message names the field and quotes nothing.
    """
    for name, value in fields.items():
        if not is_storable(value):
            raise ValueError(f"{name} cannot be stored: leave out NUL and lone surrogates, which are not valid text")
