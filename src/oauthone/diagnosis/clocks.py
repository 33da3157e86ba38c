"""What the evidence about a request proves of the clocks of client and server."""

import re

from oauthone.diagnosis.case import Case
from oauthone.diagnosis.diagnosis import Diagnosis, mistake

#: Servers usually accept timestamps that differ from their clock by five minutes.
WINDOW = 300


def outside(case: Case) -> Diagnosis | None:
    """Return that a timestamp is not among those which the server says it accepts."""
    accepted = re.fullmatch(r"(\d{1,12})-(\d{1,12})", case.answer.fields.get("oauth_acceptable_timestamps", ""))
    timestamp = case.request.timestamp
    if accepted is None or timestamp is None:
        return None
    first, last = map(int, accepted.groups())
    if first <= timestamp <= last:
        return None
    off = _off(timestamp - (first + last) // 2)
    return mistake([(f"clock-off:{off}",)], "oauth_acceptable_timestamps in the answer tells the server's clock")


def clock(case: Case, window: int | None = None) -> Diagnosis | None:
    """A timestamp that differs from the server's clock."""
    if window is None:
        window = (case.provider and case.provider.timestamp_window) or WINDOW
    timestamp, date = case.request.timestamp, case.answer.date
    if date is None or timestamp is None or (case.refusal is not None and case.refusal.about_signature):
        return None
    seconds = timestamp - round(date)
    if abs(seconds) <= max(window, 5) or case.answer.status not in (400, 401, 403):
        return None
    return mistake([(f"clock-off:{_off(seconds)}",)], "the Date header of the answer tells the server's clock")


def _off(seconds: int) -> str:
    return f"{duration(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"


def duration(seconds: int) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
