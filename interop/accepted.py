"""What may differ between the two runs of a library, part by part, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

ACCEPTED: Mapping[str, Mapping[str, str]] = {}
