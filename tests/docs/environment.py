"""The environment of the examples: a provider, credentials, a person with a browser, and files."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from oauthone import RsaKey
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.server import Client
from oauthone.testing import BoxClient, ProviderBox

PROVIDER, APPLICATION = "https://provider.example", "https://app.example"
KEY_PASSWORD = "correct horse"

_ADDRESS = re.compile(r"https?://\S+")


class PageEnvironment:
    """A provider that plays ``https://provider.example``, and the names that an example may use without defining them.

    Args:
        box: the provider.
        folder: the current directory of the examples.
    """

    def __init__(self, box: ProviderBox, folder: Path) -> None:
        self._box = box
        self._said: list[str] = []
        self._addresses: list[str] = []
        key: Any = box.clients["RSA-SHA1"].rsa_key
        client = Client.create(
            "photo-printer",
            "secret of %&+ é~",
            rsa_key=RsaKey(key).public_key(),
            signature_methods=tuple(SIGNATURE_METHODS),
            name="Photo printer",
        )
        box.store.add_client(client)
        issued = box.issue_token(BoxClient(client.client_id, client.client_secret, "HMAC-SHA1", None, client.name))
        self._names: dict[str, Any] = {
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "token": issued.token,
            "token_secret": issued.token_secret,
        }
        self._key = key
        self._write_keys(folder)

    def names(self) -> dict[str, Any]:
        """Return the namespace in which a page begins."""
        return {"__name__": "example", **self._names, "print": self._print, "input": self._input}

    def for_checks(self) -> dict[str, Any]:
        """Return the names that checks may use besides those of the page."""
        return {"box": self._box, "visit": self._box.visit, "pytest": pytest}

    def environment(self) -> dict[str, str]:
        """Return the environment variables of the examples."""
        credentials = {
            f"{name}_CLIENT_{part.upper()}": self._names[f"client_{part}"]
            for name in ("PHOTOS", "PRINTS")
            for part in ("id", "secret")
        }
        key = {"OAUTH_RSA_KEY": self._key.replace("\n", "\\n"), "OAUTH_RSA_PASSWORD": KEY_PASSWORD}
        return {"SECRET_KEY": "a long random text", **credentials, **key}

    def here(self, text: str) -> str:
        """Return ``text`` with the URLs of this run instead of those that readers see."""
        return text.replace(PROVIDER, self._box.origin).replace(APPLICATION, self._box.other_origin)

    def said(self) -> str:
        """Return what was printed since the last call, with the URLs that readers see."""
        text = "".join(self._said)
        self._said.clear()
        return text.replace(self._box.origin, PROVIDER).replace(self._box.other_origin, APPLICATION)

    def _print(self, *values: object, sep: str = " ", end: str = "\n") -> None:
        text = sep.join(map(str, values))
        self._addresses += _ADDRESS.findall(text)
        self._said.append(text + end)

    def _input(self, prompt: str = "") -> str:
        """Open the last printed URL, agree, and return what the person would type."""
        return self._box.visit(self._addresses[-1])

    def _write_keys(self, folder: Path) -> None:
        key: Any = serialization.load_pem_private_key(self._key.encode(), None)
        public: Any = key.public_key()
        pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
        pkcs1, pkcs8 = serialization.PrivateFormat.TraditionalOpenSSL, serialization.PrivateFormat.PKCS8
        plain = serialization.NoEncryption()
        locked = serialization.BestAvailableEncryption(KEY_PASSWORD.encode())
        files: dict[str, bytes] = {
            "client.pem": key.private_bytes(pem, pkcs8, plain),
            "client-pkcs1.pem": key.private_bytes(pem, pkcs1, plain),
            "client-locked.pem": key.private_bytes(pem, pkcs8, locked),
            "client.der": key.private_bytes(der, pkcs8, plain),
            "client.p12": pkcs12.serialize_key_and_certificates(b"client", key, None, None, locked),
            "client-public.pem": public.public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo),
        }
        for name, content in files.items():
            (folder / name).write_bytes(content)


Opener = Callable[[], PageEnvironment]
