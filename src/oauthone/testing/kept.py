"""Credentials of a box that stay the same from start to start: a seed and a key in the folder for such state."""

import os
import re
import secrets
import sys
from pathlib import Path
from typing import NamedTuple

from oauthone.core.private_file import replace_private
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.errors import ConfigurationError
from oauthone.server import IssuedToken
from oauthone.testing.box import ProviderBox
from oauthone.testing.identities import BoxToken, derived_secret, new_private_key

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SEED = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n")


class Kept(NamedTuple):
    """What the credentials of a box are made from.

    Attributes:
        seed: what the secrets are derived from.
        rsa_key: the private key of the clients for RSA, as PEM.
        key_file: the file that contains the key.
        is_new: whether they were made now.
    """

    seed: bytes
    rsa_key: str
    key_file: Path
    is_new: bool

    def __repr__(self) -> str:
        return f"Kept({str(self.key_file)!r}, …)"

    def tokens(self) -> dict[str, BoxToken]:
        """Return token credentials for the client of each signature method, by the method's name."""
        names = {method: f"box-token-{method.lower()}" for method in SIGNATURE_METHODS}
        return {method: BoxToken(name, derived_secret(self.seed, name)) for method, name in names.items()}

    def issue_tokens(self, box: ProviderBox) -> None:
        """Let a box accept the tokens, as those of its resource owner."""
        tokens = self.tokens()
        for method, client in box.clients.items():
            token, token_secret = tokens[method]
            box.store.save_token(IssuedToken(token, token_secret, client.client_id, box.user))


def state_folder() -> Path:
    """Return the folder for what programs keep between their runs."""
    home = os.environ.get("OAUTHONE_HOME")
    if home:
        return Path(home).expanduser() / "state"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local", "oauthone")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "oauthone"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state", "oauthone")


def keep(name: str = "box", *, fresh: bool = False) -> Kept:
    """Return what the credentials of the box ``name`` are made from; it is made and stored at its first start.

    Args:
        name: letters, digits, and ``. _ -``.
        fresh: whether to forget what is stored.

    Raises:
        ConfigurationError: the name cannot name a file, or a file holds something else.
        OSError: the files cannot be read or written.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} cannot name a box: use letters, digits, '.', '_' and '-'")
    folder = state_folder()
    seed_file, key_file = folder / f"{name}.seed", folder / f"{name}.pem"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed, key = (None, None) if fresh else (_stored(seed_file, _SEED), _stored(key_file, _KEY))
    is_new = seed is None or key is None
    if seed is None:
        seed = secrets.token_hex(32)
        replace_private(seed_file, seed)
    if key is None:
        key = new_private_key()
        replace_private(key_file, key)
    return Kept(bytes.fromhex(seed), key, key_file, is_new)


def _stored(path: Path, pattern: re.Pattern[str]) -> str | None:
    """Return the text of a file; None if it does not exist."""
    try:
        text = path.read_text("ascii", "replace")
    except FileNotFoundError:
        return None
    if not pattern.fullmatch(text):
        raise ConfigurationError(f"{path} does not hold what a box keeps there: delete it, or start with --fresh")
    return text
