"""The works whose instructions are counted. ``python -m bench.counted_works GROUP [WORK COUNT] …``: valgrind runs this.

The process prepares every work of its group, and does each often enough to be warm. Then it forks once for each pair of
a work and a count. Two children thus differ by nothing but what they repeat, and what is slow, loading everything, is
done once.

Only the group of the peers imports any of them, as `bench.gate` runs where none is installed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from oauthone import Signer
from oauthone.server import Verifier

from . import cases, glue_applications, glue_calls
from .accepting_store import AcceptingStore, rsa_pair

Work = Callable[[], Any]

_WARM = 40  # by then, CPython has adapted the code to the types that it meets


def core() -> dict[str, Work]:
    """Return signing and verification, without a framework."""
    return {
        "sign GET": _sign(cases.GET_3),
        "sign form": _sign(cases.FORM_10),
        "verify GET": _verify(cases.GET_3, _signer()),
        "verify form": _verify(cases.FORM_10, _signer()),
        "verify RSA": _verify(cases.GET_3, _signer(signature_method="RSA-SHA1", rsa_key=rsa_pair()[0])),
    }


def glue(framework: str) -> dict[str, Work]:
    """Return a resource in the framework, open and protected."""
    place, headers = glue_applications.PLACES[framework](AcceptingStore()), glue_calls.signed_headers()
    glue_applications.check(place, headers)
    return {"open": place.is_open(headers), "protected": place.is_protected(headers)}


def login() -> dict[str, Work]:
    """Return a login in Starlette, without a network."""
    from oauthone.login.starlette import OAuth

    from . import login_application

    app = login_application.without_network(OAuth(secret_key="a secret"))
    return {"log in": login_application.login(asyncio.new_event_loop(), app)}


def signers() -> dict[str, Work]:
    """Return the signers of every library."""
    from . import candidates

    found = {
        "ours": candidates.ours,
        "Authlib": candidates.authlib,
        "oauthlib": candidates.oauthlib,
        "floor": candidates.fastest,
    }
    return {name: sign(cases.GET_3) for name, sign in found.items()}


GROUPS: dict[str, Callable[[], dict[str, Work]]] = {
    "core": core,
    **{name: partial(glue, name) for name in glue_applications.PLACES},
    "login": login,
    "signers": signers,
}


def _signer(**options: Any) -> Signer:
    token = {"token": cases.TOKEN, "token_secret": cases.TOKEN_SECRET}
    return Signer(cases.CLIENT_ID, cases.CLIENT_SECRET, **token, **options)


def _sign(case: cases.Case) -> Work:
    signer, method, url, headers, body = _signer(), case.method, case.url, case.headers, case.octets
    return lambda: signer.sign(method, url, headers, body)


def _verify(case: cases.Case, signer: Signer) -> Work:
    signed = signer.sign(case.method, case.url, case.headers, case.octets)
    headers = {**case.headers, "Authorization": str(signed.authorization)}
    verifier, method, url, body = Verifier(AcceptingStore()), case.method, case.url, case.octets
    return lambda: verifier.verify(method, url, headers, body)


def main() -> None:
    """Prepare a group, and repeat one of its works in each child."""
    group, *pairs = sys.argv[1:]
    works = GROUPS[group]()
    for work in works.values():
        for _ in range(_WARM):
            work()
    gc.collect()
    gc.disable()
    for name, repetitions in zip(pairs[::2], pairs[1::2], strict=True):
        _in_child(works[name] if name else _nothing, int(repetitions))


def _nothing() -> None:
    """Do nothing, as the base of a work that has no other."""


def _in_child(work: Work, repetitions: int) -> None:
    """Repeat ``work`` in a child, whose instructions valgrind prints when it exits, and wait for it."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        return
    status = 1
    try:
        for _ in range(repetitions):
            work()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
