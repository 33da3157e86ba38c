"""`diagnose`: why a server refused a request, from what the client has in its hands."""

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from oauthone.core.known_secrets import KnownSecrets
from oauthone.diagnosis.answer import NO_ANSWER, Answer, read_answer
from oauthone.diagnosis.case import Case, Given, read_rsa_key
from oauthone.diagnosis.diagnosis import Diagnosis
from oauthone.diagnosis.findings import FINDINGS
from oauthone.diagnosis.sent_request import SentRequest, read_request

if TYPE_CHECKING:
    from oauthone import providers  # the server has a Provider, too


def diagnose(
    method: str | bytes,
    url: str | bytes,
    headers: "Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None" = None,
    body: Any = None,
    *,
    client_id: str | None = None,
    client_secret: str | None = None,
    token: str | None = None,
    token_secret: str | None = None,
    rsa_key: Any = None,
    answer: Any = None,
    base_string: str | None = None,
    expected_signature: str | None = None,
    working: Any = None,
    history: Iterable[Any] = (),
    now: float | None = None,
    provider: "str | providers.Provider | None" = None,
    thorough: bool = False,
) -> Diagnosis:
    """Say why a server refused a request, and what proves it.

    Nothing is named that is not proven: by the signature that was sent, by the server's base string or signature, by
    the words of its answer, by the request itself, or by a request that works.

    Args:
        method: the request method.
        url: the absolute URL as the client's program has it. One that begins with ``//`` does not tell its scheme:
            both http and https are tried.
        headers: the headers as they were sent, as a mapping or as pairs, text or octets.
        body: the body as it was sent, text or octets; None for no body, ``...`` for one that is not known. An object of
            another kind, such as a stream, counts as not known too.
        client_id: the client's identifier (``oauth_consumer_key``).
        client_secret: its secret.
        token: the token, or the temporary credentials' identifier.
        token_secret: its secret.
        rsa_key: the client's RSA key in any form that `oauthone.RsaKey` takes, or its public half.
        answer: what the server answered: status, headers and body.
        base_string: the base string that the server made, if it told by another way than its answer.
        expected_signature: the signature that the server expected, likewise.
        working: a request that the server took, as an `Evidence`: method, URL, headers and body.
        history: the requests that were redirected to this one, each as a tuple that begins with method and URL.
        now: the client's clock, in seconds since 1970; None asks the system.
        provider: the provider, as a name or as `oauthone.providers.get` returns it. Its answer is read with what is
            known about its errors, and the advice names what the request contradicts of its documentation.
        thorough: whether to look for two mistakes longer where a quick search finds nothing. The advice says when that
            may help.

    Returns:
        The diagnosis, which contains no secret. No request and no answer is an error.

    Raises:
        SigningError: ``rsa_key`` cannot be read.
        ConfigurationError: there is no such provider, or it needs options; `oauthone.providers.get` takes them.
        ProviderRetired: the provider no longer offers OAuth 1.0.
        TypeError: ``provider`` is neither a name nor a `oauthone.providers.Provider`.
    """
    public_key, rsa_text = read_rsa_key(rsa_key)
    facts = None if provider is None else _as_provider(provider)
    case = Case(
        _read_sent(facts, method, url, headers, body),
        Given(client_id, client_secret, token, token_secret, public_key, rsa_text),
        NO_ANSWER if answer is None else answer if isinstance(answer, Answer) else read_answer(*answer),
        base_strings=() if base_string is None else (base_string,),
        signatures=() if expected_signature is None else (expected_signature,),
        working=None if working is None else working if isinstance(working, SentRequest) else read_request(*working),
        earlier=[read_request(*hop) for hop in history],
        now=time.time() if now is None else now,
        provider=facts,
        thorough=thorough,
    )
    found = next(diagnosis for finding in FINDINGS if (diagnosis := finding(case)) is not None)
    if facts is not None:
        from oauthone.diagnosis.provider_facts import with_facts  # loads the model of the catalogue

        found = with_facts(found, case, facts)
    secrets = KnownSecrets([client_secret, token_secret, rsa_text])
    return found._replace(
        explanation=secrets.without_values(found.explanation),
        proof=secrets.without_values(found.proof),
        advice=secrets.without_values(found.advice),
    )


def _as_provider(provider: object) -> "providers.Provider":
    from oauthone.providers._catalogue import as_provider  # loads a parser

    return as_provider(provider)


def _read_sent(provider: "providers.Provider | None", *sent: Any) -> SentRequest:
    """Return the request that was refused, with what its provider takes for a form."""
    if provider is None:
        return read_request(*sent)
    from oauthone.diagnosis.provider_requests import as_read  # loads the model of the catalogue

    return as_read(provider, read_request(*sent))
