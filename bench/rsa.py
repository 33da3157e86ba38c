"""RSA signatures with a 2048-bit key, passed as a PEM string."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from . import cases
from .accepting_store import rsa_pair
from .candidates import Sign, authlib, checked, fastest, oauthlib, ours
from .measure import Effort, compare
from .report import OVER, Goal, Row

TITLE = "rsa: a signature with a 2048-bit key, passed as a PEM string; ratio: × the bare private-key operation"


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each signature method."""
    private, public = rsa_pair()
    public_key = load_pem_public_key(public.encode())
    for method in ("RSA-SHA1", "RSA-SHA256"):
        signers = {"ours": ours(cases.GET_3, method, private), "floor": fastest(cases.GET_3, method, private)}
        if method == "RSA-SHA1":
            signers["Authlib"] = authlib(cases.GET_3, method, private)
        note = _add_oauthlib(signers, method, private)
        bare = {"bare": _bare(private, method)}
        samples = compare(checked(signers, cases.GET_3, public_key) | bare, effort)
        note = f"bare operation {samples.median('bare'):.0f} µs{note}"
        if "Authlib" in signers:
            note += f"; {samples.ratio('Authlib', 'ours'):.0f} times as fast as Authlib"
        ratio = samples.ratio("ours", "bare")
        yield Row(f"GET, 3 parameters, {method}", "µs", samples.medians(), ratio, Goal(OVER, 1.15, 1.05), note, samples)


def _add_oauthlib(signers: dict[str, Sign], method: str, private: str) -> str:
    """Add oauthlib, which needs PyJWT for RSA: its plain installation does not include it."""
    sign = oauthlib(cases.GET_3, method, private)
    try:
        sign()
    except ImportError as missing:
        return f"; oauthlib left out: {missing}"
    signers["oauthlib"] = sign
    return ""


def _bare(private: str, method: str) -> Callable[[], Any]:
    key: Any = load_pem_private_key(private.encode(), None)
    message, pad = b"x" * 400, padding.PKCS1v15()
    digest = hashes.SHA1() if method == "RSA-SHA1" else hashes.SHA256()
    return lambda: key.sign(message, pad, digest)
