"""What a client requires of the flow, and where a request of the flow is sent."""

from typing import Any, NamedTuple


class FlowSettings(NamedTuple):
    """What a client requires of the flow; the clients' constructors document each field.

    None stands for what the provider's facts say, and without them for True.
    """

    require_verifier: bool | None
    require_callback_confirmed: bool | None
    allow_insecure_transport: bool


class Target(NamedTuple):
    """Where a request of the flow is sent, and how.

    Attributes:
        url: the absolute URL.
        method: the request method.
        signature_type: where its protocol parameters travel; None for where those of all requests do.
        options: the library's options for the request.
        is_signed: whether the request has a signature.
    """

    url: str
    method: str
    signature_type: str | None
    options: dict[str, Any]
    is_signed: bool = True

    def __repr__(self) -> str:
        return f"Target(url={self.url!r}, method={self.method!r}, …)"


def named_target(url: str | None, method: str | None, options: dict[str, Any]) -> Target:
    """Return the target that the caller names.

    Raises:
        TypeError: the caller names no URL, and no provider whose endpoint could be used.
    """
    if url is None:
        raise TypeError("pass the URL of the provider's endpoint, or build the client with provider=…")
    return Target(url, method or "POST", None, options)
