"""How many examples a slow test tries: a fifth or a third in `make test`, and all of them in `.ci/run`."""

import os
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

T = TypeVar("T")

#: Whether a profile with more examples is chosen: `.ci/run` names one, and so do a CI service and `make exhaust`.
FULL = (os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")) != "default"


def examples(count: int, **options: Any) -> settings:
    """Settings for ``count`` examples, or for more if the profile has more, on a machine of any speed."""
    size = count if FULL else count // 5
    options = {"suppress_health_check": [HealthCheck.too_slow], **options}
    return settings(max_examples=max(size, settings.default.max_examples), deadline=None, **options)


def portion(cases: Sequence[T], turn: int) -> Sequence[T]:
    """All ``cases``, or every third one. Tests with three consecutive turns try all of them together."""
    return cases if FULL else cases[turn % 3 :: 3]
