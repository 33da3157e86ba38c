"""The last request that a server refused, kept for an hour so that ``oauthone explain --last`` can say why.

It is kept without secrets: those are in the vault, and the answer is cut short.
"""

import json
import time
from typing import Any

from oauthone.cli.output import CommandError, Exit, warn, without_plaintext
from oauthone.cli.places import state_folder
from oauthone.cli.private_files import read_json, write_private
from oauthone.core.masking import masked_header
from oauthone.diagnosis import Evidence

_LIFETIME = 3600
_LONGEST = 16 * 1024


def keep_last(
    method: str,
    url: str,
    headers: list[tuple[str, str]],
    body: bytes | None,
    answer: Any,
    profile: str | None = None,
) -> None:
    """Keep a refused request and the answer to it.

    Args:
        method: the request method.
        url: the URL as it was sent.
        headers: the headers as they were sent.
        body: the octets; None if they are not known.
        answer: status, headers and octets.
        profile: the name of the profile that signed it, or None.
    """
    status, answer_headers, content = answer
    # A part of a form would look like a wrong signature; one that is not known does not.
    text = None if body is None or len(body) > _LONGEST else without_plaintext(body.decode("latin-1"))
    pairs = [(name, without_plaintext(masked_header(name, value))) for name, value in headers]
    answer_headers = [(name, masked_header(name, value)) for name, value in answer_headers]
    kept = {
        "at": int(time.time()),
        "profile": profile,
        "request": [method, without_plaintext(url), pairs, text],
        "answer": [status, answer_headers, content[:_LONGEST].decode("latin-1")],
    }
    try:
        write_private(_path(), json.dumps(kept) + "\n")
    except CommandError as failure:
        warn(failure.message)  # the answer counts, and it has been printed


def load_last() -> tuple[Evidence, Any, str | None]:
    """Return the request; status, headers and body of the answer; and the name of the profile, or None.

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
    evidence = Evidence(method, url, pairs, None if body is None else body.encode("latin-1"))
    return evidence, (status, answer_headers, content.encode("latin-1")), kept.get("profile")


def _path() -> Any:
    return state_folder() / "last-refusal.json"
