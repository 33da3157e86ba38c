"""Why a request was refused: the mistakes that break a signature, and what the evidence about a request proves."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauthone.diagnosis.diagnose_request import diagnose as diagnose
    from oauthone.diagnosis.diagnosis import Diagnosis as Diagnosis
    from oauthone.diagnosis.evidence import Evidence as Evidence
    from oauthone.diagnosis.probing import ProbeResult as ProbeResult
    from oauthone.diagnosis.probing import aprobe as aprobe
    from oauthone.diagnosis.probing import probe as probe

__all__ = ["Diagnosis", "Evidence", "ProbeResult", "aprobe", "diagnose", "probe"]

#: The module of each public name. They are loaded when they are used first: a server needs none of them.
_HOMES = {
    "Diagnosis": "diagnosis",
    "Evidence": "evidence",
    "ProbeResult": "probing",
    "aprobe": "probing",
    "diagnose": "diagnose_request",
    "probe": "probing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
