"""What the inspector says about a request that was pasted. Nothing of it is kept, and nothing is sent."""

from typing import Any

from oauthone.core.masking import mask_secrets
from oauthone.diagnosis import diagnose
from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.base_string_diff import first_difference
from oauthone.diagnosis.base_strings import right_base_string
from oauthone.diagnosis.case import Given, read_rsa_key, signature_holds, with_scheme
from oauthone.diagnosis.pasted import LONGEST_PASTED, PastedAnswer, read_pasted, read_pasted_answer
from oauthone.diagnosis.sent_request import SentRequest, read_request
from oauthone.diagnosis.signed_parts import readable, signed_parts
from oauthone.diagnosis.unknown_schemes import scheme_note
from oauthone.providers._catalogue import at as provider_at

_SECRETS = ("client_secret", "token_secret", "rsa_key")


def inspect_request(given: dict[str, Any]) -> dict[str, Any]:
    """Return what there is to say about a request.

    Args:
        given: ``request`` and, if they are known, ``answer``, ``base_string`` (that of the server), ``client_secret``,
            ``token_secret`` and ``rsa_key``, all as they were pasted. ``reveal`` shows values that may be secret.

    Raises:
        ValueError: there is no request in it, it is too long, or the key cannot be read.
    """
    texts = _texts(given)
    pasted = read_pasted(texts["request"])
    answer = read_pasted_answer(texts["answer"]) or pasted.answer
    sent = read_request(*pasted.request)
    given_secrets = _given(sent, texts)
    request = with_scheme(sent, given_secrets, _theirs(texts, answer))
    reveal = given.get("reveal") is True
    found = diagnose(
        *pasted.request,
        client_id=_protocol(request, "oauth_consumer_key"),
        client_secret=texts["client_secret"] or None,
        token=_protocol(request, "oauth_token"),
        token_secret=texts["token_secret"] or None,
        rsa_key=texts["rsa_key"] or None,
        answer=answer,
        base_string=texts["base_string"].strip() or None,
        provider=provider_at(request._replace(scheme_source=None).url),
        thorough=True,
    )
    return {
        "notation": pasted.notation,
        "status": answer and answer[0],
        "signature_method": _protocol(request, "oauth_signature_method"),
        "has_secrets": any(texts[name] for name in _SECRETS),
        "holds": signature_holds(request, given_secrets) if any(texts[name] for name in _SECRETS) else None,
        "scheme": scheme_note(request),
        "diagnosis": found.as_dict(),
        "signed": signed_parts(request, reveal=reveal).as_dict(),
        **_compared(request, _theirs(texts, answer), reveal=reveal),
    }


def _texts(given: dict[str, Any]) -> dict[str, str]:
    """Return what was pasted.

    Raises:
        ValueError: there is no request in it, or another text is too long.
    """
    texts = {name: _text(given.get(name)) for name in ("request", "answer", "base_string", *_SECRETS)}
    if not texts["request"].strip():
        raise ValueError("Paste a request first: a curl command, an HTTP message, a HAR file or a log.")
    if any(len(texts[name]) > LONGEST_PASTED for name in ("base_string", *_SECRETS)):
        raise ValueError("The base string and each secret have 64 KiB at most.")
    return texts


def _given(request: SentRequest, texts: dict[str, str]) -> Given:
    client_id, token = _protocol(request, "oauth_consumer_key"), _protocol(request, "oauth_token")
    secrets = texts["client_secret"] or None, token, texts["token_secret"] or None
    return Given(client_id, *secrets, *read_rsa_key(texts["rsa_key"] or None))


def _text(given: object) -> str:
    """Return a text of the page; half of a pair of code units, which JSON may hold, becomes a question mark."""
    return str(given or "").encode("utf-8", "replace").decode("utf-8")


def _theirs(texts: dict[str, str], answer: PastedAnswer | None) -> tuple[str, ...]:
    """Return the base string of the server, which its answer may hold."""
    given = texts["base_string"].strip()
    return (given,) if given else tuple(read_answer(*answer).base_strings[:1]) if answer else ()


def _compared(request: SentRequest, told: tuple[str, ...], *, reveal: bool) -> dict[str, Any]:
    """Return the base string of the server and the first difference in words."""
    if not told:
        return {"theirs": None, "difference": None}
    (theirs,) = told
    shown = theirs if reveal else mask_secrets(theirs)
    ours = right_base_string(request)
    return {"theirs": shown, "difference": first_difference(theirs, ours) if theirs.count("&") == 2 else None}


def _protocol(request: SentRequest, name: str) -> str | None:
    value = request.protocol(name)
    return None if value is None else readable(value)
