"""The attributes of an auth that cannot be assigned."""

from typing import Any, ClassVar


class ReadOnlyAttributes:
    """An object with attributes that cannot be assigned, because it is made from their values once."""

    #: The attributes that cannot be assigned: the signer is made from them once.
    read_only: ClassVar[frozenset[str]] = frozenset(
        (
            *("client_id", "client_secret", "token", "token_secret", "redirect_uri", "callback", "verifier", "signer"),
            *("signature_method", "signature_type", "realm", "rsa_key", "body_hash", "force_include_body", "version"),
            *("clock", "nonce", "allow_insecure_transport", "provider"),
        )
    )

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.read_only:
            kind = type(self).__name__
            raise AttributeError(
                f"{name} of an {kind} cannot be changed: to use another token, set client.token = {{…}}, or create "
                f"another auth with with_token(token, token_secret) or {kind}(…)"
            )
        super().__setattr__(name, value)
