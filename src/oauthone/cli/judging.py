"""What a request and the credentials of a profile prove together."""

from typing import Any

from oauthone.cli.credentials import Credentials
from oauthone.cli.places import home_path
from oauthone.cli.settings import Settings
from oauthone.diagnosis import Diagnosis, case, diagnose
from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.sent_request import SentRequest


def diagnose_sent(request: SentRequest, settings: Settings | None, answer: Any, base_string: str | None) -> Diagnosis:
    """Diagnose a request with the credentials and the provider, if there are any."""
    kept = Credentials() if settings is None else settings.credentials
    key = None if kept.rsa_key is None else _rsa_key(kept)
    return diagnose(
        request.method,
        request.url,
        request.headers,
        request.body if request.body is not None else ...,
        client_id=kept.client_id,
        client_secret=kept.client_secret,
        token=kept.token,
        token_secret=kept.token_secret,
        rsa_key=key,
        answer=answer,
        base_string=base_string,
        provider=settings and settings.provider,
        thorough=True,
    )


def signature_holds(request: SentRequest, credentials: Credentials | None) -> bool | None:
    """Return whether the signature is the one of these credentials; None if that cannot be told."""
    return None if credentials is None else case.signature_holds(request, _given(credentials))


def with_scheme(
    request: SentRequest, settings: Settings | None, base_string: str | None = None, answer: Any = None
) -> SentRequest:
    """Return a request with its scheme, which a pasted message may not tell.

    Args:
        request: the request.
        settings: the credentials, if there are any.
        base_string: the base string of the server, if it was given.
        answer: the answer to the request, which may tell one too.
    """
    told = [] if base_string is None else [base_string]
    told += [] if answer is None else read_answer(*answer).base_strings
    credentials = Credentials() if settings is None else settings.credentials
    return case.with_scheme(request, _given(credentials), told)


def _given(credentials: Credentials) -> case.Given:
    key = None if credentials.rsa_key is None else _rsa_key(credentials)
    return case.Given(*credentials[:4], *case.read_rsa_key(key))


def _rsa_key(credentials: Credentials) -> Any:
    from oauthone import RsaKey

    return RsaKey(home_path(credentials.rsa_key or "").read_bytes(), credentials.rsa_password, min_bits=0)
