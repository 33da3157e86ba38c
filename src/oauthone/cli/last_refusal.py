"""The last request that a server refused, kept for an hour so that ``oauthone explain --last`` can say why.

It is kept without secrets: those of the client are in the vault, and what may be one by its name is masked. Where that
is signed, the diagnosis is kept instead of the answer.
"""

import json
import time
from typing import Any

from oauthone.cli.destinations import without_user
from oauthone.cli.output import CommandError, Exit, warn, without_plaintext
from oauthone.cli.places import state_folder
from oauthone.cli.private_files import read_json, write_private
from oauthone.core.body import is_form
from oauthone.core.masking import masked_form, masked_header
from oauthone.diagnosis import Diagnosis, Evidence

_LIFETIME = 3600
_LONGEST = 16 * 1024


def keep_last(
    method: str,
    url: str,
    headers: list[tuple[str, str]],
    body: bytes | None,
    answer: Any,
    found: Diagnosis,
    profile: str | None = None,
) -> bool:
    """Keep a refused request and the answer to it; return whether that was possible.

    Args:
        method: the request method.
        url: the URL as it was sent.
        headers: the headers as they were sent.
        body: the octets; None if they are not known.
        answer: status, headers and octets.
        found: the diagnosis. It is kept if something that is signed is masked, since no later one could be right.
        profile: the name of the profile that signed it, or None.
    """
    status, answer_headers, content = answer
    url = without_user(url)
    # A part of a form would look like a wrong signature; one that is not known does not.
    octets = None if body is None or len(body) > _LONGEST else _masked_body(headers, body)
    pairs = [(name, without_plaintext(masked_header(name, value))) for name, value in headers]
    sent = _masked_url(url), octets, _signed_headers(pairs)
    is_whole = sent == (url, body if octets is not None else None, _signed_headers(headers))
    answer_headers = [(name, masked_header(name, value)) for name, value in answer_headers]
    kept = {
        "at": int(time.time()),
        "profile": profile,
        "request": [method, sent[0], pairs, None if octets is None else octets.decode("latin-1")],
        "answer": [status, answer_headers, content[:_LONGEST].decode("latin-1") if is_whole else ""],
        "found": None if is_whole else found._asdict(),
    }
    try:
        write_private(_path(), json.dumps(kept) + "\n")
    except CommandError as failure:
        warn(failure.message)  # the answer counts, and it has been printed
        return False
    return True


def _signed_headers(pairs: list[tuple[str, str]]) -> list[str]:
    return [value for name, value in pairs if name.lower() == "authorization"]


def _masked_url(url: str) -> str:
    before, mark, query = url.partition("?")
    return f"{before}{mark}{masked_form(without_plaintext(query))}"


def _masked_body(headers: list[tuple[str, str]], body: bytes) -> bytes:
    """Return a form with what may be secret masked. Any other body is hidden; its length is said."""
    if any(name.lower() == "content-type" and is_form(value) for name, value in headers):
        return masked_form(without_plaintext(body.decode("latin-1"))).encode("latin-1")
    return b"*" * len(body)


def load_last() -> tuple[Evidence, Any, Diagnosis | None, str | None]:
    """Return the request; the answer; the diagnosis if the request is not whole; and the name of the profile, or None.

    Raises:
        CommandError: there is none, or it is older than an hour.
    """
    kept = read_json(_path())
    if not kept or time.time() - kept["at"] > _LIFETIME:
        _path().unlink(missing_ok=True)
        raise CommandError(Exit.USAGE, "No request was refused within the last hour.", code="no_request")
    method, url, headers, body = kept["request"]
    status, answer_headers, content = kept["answer"]
    pairs = tuple((str(name), str(value)) for name, value in headers)
    evidence = Evidence(method, url, pairs, ... if body is None else body.encode("latin-1"))
    told: dict[str, Any] | None = kept.get("found")
    found = None if told is None else Diagnosis(**told)._replace(mistakes=tuple(told["mistakes"]))
    return evidence, (status, answer_headers, content.encode("latin-1")), found, kept.get("profile")


def _path() -> Any:
    return state_folder() / "last-refusal.json"
