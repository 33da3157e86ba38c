"""What a pickle contains, read without loading it, and the secrets and classes that none of a response may contain."""

import pickle
import pickletools
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

#: Long enough not to appear by chance, with characters that are encoded in a URL or a base string.
SECRETS = st.text("abcXYZ0189é&%+/= ", min_size=14, max_size=20).map(lambda text: f"s3cr{text}t")
PROTOCOLS = st.integers(0, pickle.HIGHEST_PROTOCOL)


def strings_in(pickled: bytes) -> Iterator[str]:
    """Yield every string and all octets of a pickle as text, and the modules and names of its classes."""
    for _, argument, _ in pickletools.genops(pickled):
        if isinstance(argument, bytes | bytearray):
            yield argument.decode("latin-1")
        elif isinstance(argument, str):
            yield argument


def secrets_in(kept: Any, *secrets: str, protocol: int = pickle.DEFAULT_PROTOCOL) -> list[str]:
    """Return which of ``secrets``, or of the classes that hold secrets, are in a pickle of ``kept``."""
    text = "\n".join(strings_in(pickle.dumps(kept, protocol)))
    classes = ("Signer", "SignerCache", "RsaKey", "PRIVATE KEY", "FlowState", "_client")
    wanted = [*secrets, *(secret.encode().decode("latin-1") for secret in secrets), *classes]
    return [one for one in wanted if one in text]
