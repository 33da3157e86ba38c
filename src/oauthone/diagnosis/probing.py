"""`probe` and `aprobe`: which way of signing a provider takes, found with a few harmless requests."""

import re
from collections.abc import Generator, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from oauthone.core.drive import arun, run
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.core.signing import Signer

if TYPE_CHECKING:
    from oauthone.providers import Provider

_REALM = re.compile(r"""\boauth\b(?:(?!\boauth\b)[^"])*?\brealm="([^"\\]{0,200})\"""", re.IGNORECASE)


class ProbeResult(NamedTuple):
    """Which way of signing a provider takes. It contains no secret.

    Attributes:
        options: the arguments of the client to change; empty if nothing has to be changed; None if the provider took no
            way of signing that was tried.
        tried: what was tried, each with the status of the answer.
        explanation: one sentence for people.
    """

    options: Mapping[str, Any] | None
    tried: tuple[tuple[str, int], ...]
    explanation: str

    def __str__(self) -> str:
        return "\n".join([self.explanation, *(f"  {name}: {status}" for name, status in self.tried)])


def probe(client: Any, url: str, *, limit: int = 6, pause: float = 1.0) -> ProbeResult:
    """Find out with which signature method, placement, realm or token a provider takes a request.

    It sends GET requests to ``url`` and to nowhere else: it follows no redirect. It sends no secret, so it never tries
    PLAINTEXT, and it stops at the first request that is taken and when the provider answers 429. With a client that has
    a provider, it tries first what that provider documents.

    Args:
        client: a client of `oauthone.clients` that blocks, with the credentials to try.
        url: an address that answers a signed GET, such as that of the user's own profile.
        limit: the maximum number of requests.
        pause: how many seconds to wait between two.

    Raises:
        TypeError: ``client`` is none of those.
        Exception: the library's own, if the provider could not be reached.
    """
    return run(_probing(client, url, limit, pause, is_async=False), lambda effect: effect())


async def aprobe(client: Any, url: str, *, limit: int = 6, pause: float = 1.0) -> ProbeResult:
    """See `probe`; for a client that is awaited."""
    return await arun(_probing(client, url, limit, pause, is_async=True), lambda effect: effect())


def _probing(
    client: Any, url: str, limit: int, pause: float, *, is_async: bool
) -> Generator["partial[Any]", Any, ProbeResult]:
    if getattr(client, "_is_awaited", None) is not is_async:
        raise TypeError(
            f"a {type(client).__name__} cannot be probed so: pass a client of oauthone.clients to probe(), or to "
            "aprobe() if its requests are awaited"
        )
    auth, tried, challenges = client._flow_state.auth, list[tuple[str, int]](), list[str]()
    for changes in islice(_changes(auth.signer, challenges, auth.provider), limit):
        if tried:
            yield partial(client._pause, pause)
        variant = auth.with_signer(auth.signer.replace(**changes))
        response = yield partial(client._send_probe, variant, client._endpoint(url))
        status, headers, _ = client._read_exchange(response).answer
        challenges += [value for name, value in headers if name.lower() == "www-authenticate"]
        tried.append((_shown(changes), status))
        if 200 <= status < 300:
            return _taken(changes, tried)
        if status == 429:
            return ProbeResult(None, tuple(tried), "The provider asked for fewer requests: try again later.")
    return ProbeResult(None, tuple(tried), "The provider took none of these requests.")


def _changes(signer: Signer, challenges: list[str], provider: "Provider | None") -> Iterator[dict[str, Any]]:
    """Yield what to change in the client for each attempt, the likelier first.

    Args:
        signer: the client's signer.
        challenges: those of the answers so far, which may name a realm.
        provider: the client's provider, or None. What contradicts its documentation comes last.
    """
    method = signer.signature_method.name
    start = {"signature_method": "HMAC-SHA1"} if method == "PLAINTEXT" else dict[str, Any]()
    yield start
    methods = _others_of_its_kind(start.get("signature_method", method))
    first = [one for one in methods[:2] if not _contradicts(one, provider)]
    yield from first
    found = _REALM.search(", ".join(challenges))
    realms = dict.fromkeys([*([found[1]] if found else []), None, ""])
    others: list[dict[str, Any]] = [
        *({"realm": realm} for realm in realms if realm != signer.realm),
        {"signature_type": "QUERY" if signer.placement != "QUERY" else "HEADER"},
        *({"token": token, "token_secret": ""} for token in (None, "") if token != signer.token),
        {"version": None},
        *(one for one in methods if one not in first),
    ]
    others.sort(key=lambda change: _contradicts(change, provider))
    yield from ({**start, **change} for change in others)


def _contradicts(change: Mapping[str, Any], provider: "Provider | None") -> bool:
    """Return whether a change contradicts what is known about a provider."""
    if provider is None:
        return False
    realm = None if provider.realm is None else provider.realm.value
    return (
        change.get("signature_method", provider.signature_methods[0]) not in provider.signature_methods
        or change.get("signature_type", "").lower() not in ("", *provider.placement)
        or (realm is not None and change.get("realm", realm) != realm)
    )


def _others_of_its_kind(method: str) -> list[dict[str, Any]]:
    """Return the changes to the methods that need the same credentials; none for a method of a program's own."""
    kind = method.partition("-")[0]
    names = [f"{kind}-{hashed}" for hashed in ("SHA1", "SHA256", "SHA512")]
    return [{"signature_method": name} for name in names if name != method] if method in SIGNATURE_METHODS else []


def _shown(changes: Mapping[str, Any]) -> str:
    named = [f"{name}={value!r}" for name, value in changes.items() if name != "token_secret"]
    return ", ".join(named) or "as the client signs"


def _taken(changes: Mapping[str, Any], tried: list[tuple[str, int]]) -> ProbeResult:
    shown = _shown(changes)
    said = f"The provider takes a request with {shown}." if changes else "The provider takes what this client sends."
    return ProbeResult(changes, tuple(tried), said)
