"""The log of refusals: one record for each request that is refused, in the logger ``oauthone.server``.

A record holds no secret: of the request's target it has the path alone, without the values in it. What a stranger sent
is shortened, and cannot break a line. The number of records is limited (`oauthone.core.record_limit`).
"""

import logging
import os
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.masking import printable
from oauthone.core.policy import VerificationPolicy
from oauthone.core.record_limit import EACH, RecordLimit, Withheld
from oauthone.errors import OAuth1Error, VerificationError
from oauthone.server._refusals import refusal_hint

#: Called with the problem of each request that is refused, and with None for each that is accepted.
OnResult: TypeAlias = Callable[[str | None], None]

#: The problem of a request that is refused because the store failed. It is no word of the Problem Reporting extension.
STORE_FAILED = "store_failed"

LOG = logging.getLogger("oauthone.server")

_LONGEST_CLIENT = 80
_LONGEST_METHOD = 20
_LONGEST_PATH = 200
_LONGEST_REASON = 1000
# How many clients a summary names.
_NAMED = 3

# A client may escape the question mark, once or more, and so send its query in its path.
_QUERY = re.compile(r"(?:\?|%(?:25)*3[Ff]).*", re.DOTALL)
_VALUE = re.compile(r"(=|%(?:25)*3[Dd])[^/;&]+")


class RefusalLog:
    """Writes a record for each refusal, as far as the limit allows, and summaries of the others.

    A store that fails has a limit of its own, or a stranger who sends nonsense could hide it.

    Args:
        limit: decides which refusals get a record.
        failures: decides which failures of the store get one.
    """

    def __init__(self, limit: RecordLimit, failures: RecordLimit) -> None:
        self._limits = {logging.WARNING: limit, logging.ERROR: failures}

    def write(self, error: OAuth1Error, request: IncomingRequest, policy: VerificationPolicy) -> None:
        """Log that ``request`` was refused.

        Args:
            error: the error that refused it. If it is not a `VerificationError`, the store failed.
            request: the request.
            policy: the policy of the verifier.
        """
        level = logging.WARNING if isinstance(error, VerificationError) else logging.ERROR
        if not LOG.isEnabledFor(level):
            return
        client_id = claimed_client(request)
        # A backslash of its own cannot be taken for the beginning of an escape.
        client = None if client_id is None else printable(client_id.replace("\\", "\\\\"), _LONGEST_CLIENT)
        is_admitted, withheld = self._limits[level].admit(client or "")
        if withheld is not None:
            LOG.log(level, _summary(withheld), extra={"oauth_withheld": withheld.total})
        if is_admitted:
            fields = _fields(error, request, policy, client)
            LOG.log(level, "%s", _sentence(fields), extra=fields)


#: All protectors and providers of a process share its limits.
_LIMIT = RecordLimit()
_FAILURES = RecordLimit(total=EACH)
_REFUSALS = RefusalLog(_LIMIT, _FAILURES)
if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(after_in_child=_LIMIT.reset)
    os.register_at_fork(after_in_child=_FAILURES.reset)


def log_refusal(error: OAuth1Error, request: IncomingRequest, policy: VerificationPolicy) -> None:
    """Log that ``request`` was refused: see `RefusalLog.write`."""
    _REFUSALS.write(error, request, policy)


def problem_of(error: OAuth1Error) -> str:
    """The problem of a refusal in one word: one of the Problem Reporting extension, or `STORE_FAILED`.

    Args:
        error: the error that refused a request.
    """
    return error.problem if isinstance(error, VerificationError) else STORE_FAILED


def claimed_client(request: IncomingRequest) -> str | None:
    """The client that the request names, whether it is that client or not; None if verification did not get that far.

    It is read from what verification has parsed already, as parsing could fail again.

    Args:
        request: the request that was refused.
    """
    found: list[dict[str, str]] = []
    if request.parsed_head is not None:
        _, header, query, _, _ = request.parsed_head[1]
        found += [header, query]
    if request.parsed_form is not None:
        found.append(request.parsed_form[1][1])
    return next((one["oauth_consumer_key"] for one in found if one.get("oauth_consumer_key")), None)


def shown_path(path: str) -> str:
    """A path for the log: without a query that a client escaped into it, and without the values of its parameters.

    Args:
        path: the path as it arrived.
    """
    start = _QUERY.sub("", path[: _LONGEST_PATH + 1])
    shown = printable(_VALUE.sub(r"\1***", start), _LONGEST_PATH).replace(" ", "%20")
    return shown if len(start) == len(path) or shown.endswith("…") else f"{shown}…"


def _fields(
    error: OAuth1Error, request: IncomingRequest, policy: VerificationPolicy, client: str | None
) -> dict[str, Any]:
    """The attributes of a record. They have a prefix: `logging` rejects a name that a record has already."""
    hint = refusal_hint(error, request, policy)
    # A store or a signature method of your own may put anything into its errors.
    reason = printable(error.reason if isinstance(error, VerificationError) else str(error), _LONGEST_REASON)
    return {
        "oauth_client_id": client,
        "oauth_problem": printable(problem_of(error), _LONGEST_CLIENT),
        "oauth_reason": reason if hint is None else f"{reason}; {hint}",
        "oauth_method": printable(request.method, _LONGEST_METHOD),
        "oauth_path": shown_path(request.path),
        "oauth_status": error.status if isinstance(error, VerificationError) else 503,
    }


def _sentence(fields: dict[str, Any]) -> str:
    return (
        f"refused {fields['oauth_method']} {fields['oauth_path']} from {_sender(fields['oauth_client_id'])}: "
        f"{fields['oauth_status']} {fields['oauth_problem']}: {fields['oauth_reason']}"
    )


def _sender(client: str | None) -> str:
    return "an unnamed client" if not client else "client '{}'".format(client.replace("'", "\\'"))


def _summary(withheld: Withheld) -> str:
    busiest = sorted(withheld.by_source.items(), key=lambda one: -one[1])[:_NAMED]
    named = [f"{count} from {_sender(client)}" for client, count in busiest]
    others = withheld.total - sum(count for _, count in busiest)
    listed = ", ".join([*named, f"{others} from others"] if others else named)
    return f"… {withheld.total} more refused without a record ({listed}), the last one {withheld.ago:.0f} s ago"
