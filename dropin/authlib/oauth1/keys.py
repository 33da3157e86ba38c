"""RSA keys as this distribution takes them: short ones too, with a warning."""

import warnings
from typing import Any

from oauthone import RsaKey
from oauthone.errors import SecurityWarning

_SAFE_BITS = 2048


def lenient_key(material: Any) -> RsaKey | None:
    """``material`` as a parsed key; None for None. A key under 2048 bits raises a `SecurityWarning` only."""
    if material is None:
        return None
    key = material if isinstance(material, RsaKey) else RsaKey(material, min_bits=1)
    if 0 < key.bits < _SAFE_BITS:
        warnings.warn(
            f"the RSA key has {key.bits} bits: keys under {_SAFE_BITS} bits can be broken. Ask for a longer one",
            SecurityWarning,
            stacklevel=3,
        )
    return key
