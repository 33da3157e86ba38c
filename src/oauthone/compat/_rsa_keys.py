"""RSA keys for code written for other libraries, which accept short ones."""

import warnings
from typing import Any

from oauthone.core.rsa import RsaKey
from oauthone.errors import SecurityWarning

_SAFE_BITS = 2048


def lenient_key(material: Any) -> RsaKey | None:
    """Return ``material`` as a parsed key, or None for None. A key under 2048 bits raises only a `SecurityWarning`."""
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
