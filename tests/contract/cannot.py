"""The table of what a client cannot do, and why. The documentation shows it, and the tests prove it.

The tests run these cases too, and each has to fail with the named error. So an entry that is no longer true makes a
test fail. An entry without an error cannot be run at all.
"""

from typing import NamedTuple

from oauthone.errors import SigningError, VerificationError


class Cannot(NamedTuple):
    """Why a client cannot do a case.

    Attributes:
        reason: for the documentation.
        fails_with: the exception that the case raises; None if the case cannot be run.
    """

    reason: str
    fails_with: type[BaseException] | tuple[type[BaseException], ...] | None


_HTTPX = ("httpx", "httpx async", "httpx2", "httpx2 async")
_NO_HTTP2 = Cannot("the library speaks HTTP/1.1 only", AssertionError)
_SYNCHRONOUS = Cannot("the client is synchronous and needs no event loop", None)
_ASYNCIO = "the library runs on asyncio only"
_READ_ONCE = Cannot(
    "a body that can be read only once cannot be hashed: a `SigningError` before anything is sent", SigningError
)

#: By client and case.
CANNOT: dict[tuple[str, str], Cannot] = {
    ("requests", "HTTP/2"): _NO_HTTP2,
    ("aiohttp", "HTTP/2"): _NO_HTTP2,
    ("requests", "a hash of a body that can be read only once"): _READ_ONCE,
    ("niquests", "a hash of a body that can be read only once"): _READ_ONCE,
    ("niquests async", "a hash of a body that can be read only once"): _READ_ONCE,
    ("aiohttp", "a hash of a body that can be read only once"): _READ_ONCE,
    ("aiohttp", "forms that carry the parameters: empty bytes"): Cannot(
        "the library labels them `application/octet-stream`, which is not a form: a `SigningError`", SigningError
    ),
    **{
        (name, "a bare auth with retries"): Cannot(
            "the library sends the same signature again: use the session, which signs each attempt", AssertionError
        )
        for name in ("requests", "niquests", "niquests async")
    },
    **{
        (name, "a bare auth signs each hop of a redirect"): Cannot(
            "the library calls an auth for the first request only; our client signs each redirect", AssertionError
        )
        for name in _HTTPX
    },
    **{
        (name, "a bare auth signs a hop that repeats the query"): Cannot(
            "the library calls an auth for the first request only; our client signs each redirect", VerificationError
        )
        for name in _HTTPX
    },
    **{
        (name, "a bare auth's query is not repeated elsewhere"): Cannot(
            "the library repeats it: a `SigningError` before anything is sent; our client removes it", SigningError
        )
        for name in _HTTPX
    },
    **{
        (name, "a bare auth's header does not go from http to https"): Cannot(
            "the library keeps it: a `SigningError` before anything is sent; our client removes it", SigningError
        )
        for name in _HTTPX
    },
    **{
        (name, "a bare auth above a transport without `trace`"): Cannot(
            "the library sends the redirect without calling our code. It keeps the header from http to https, and the "
            "query if the redirect repeats it: use our client, or follow no redirects",
            AssertionError,
        )
        for name in _HTTPX
    },
    **{
        (name, "a client that is pickled"): Cannot(
            "the library's own client cannot be pickled: keep the token, or an auth", TypeError
        )
        for name in (*_HTTPX, "aiohttp")
    },
    ("aiohttp", "one built request that is sent twice"): Cannot(
        "the library has no request that can be built and sent later", NotImplementedError
    ),
    **{
        (name, case): Cannot("the library sends a `Host` header with another authority than the URL's", AssertionError)
        for case in ("an IPv6 address", "proxies, for http")
        for name in ("niquests", "niquests async")
    },
    **{
        (name, "odd URLs: dots in a path"): Cannot(
            "the library resolves them before it sends the request", AssertionError
        )
        for name in ("niquests", "niquests async")
    },
    ("aiohttp", "user information in a URL"): Cannot(
        "the library turns it into a Basic `Authorization`, and we do not sign a request that has one",
        AssertionError,
    ),
    **{
        (name, f"{case}: a file"): Cannot(
            "the library's asynchronous client does not accept a file as a body: pass an async generator, or `files=`",
            RuntimeError,
        )
        for name in ("httpx async", "httpx2 async")
        for case in ("bodies go out as they are", "hashes of bodies")
    },
    **{(name, "trio"): _SYNCHRONOUS for name in ("requests", "niquests", "httpx", "httpx2")},
    # trio is not installed in the environment of niquests.
    ("niquests async", "trio"): Cannot(_ASYNCIO, None),
    ("aiohttp", "trio"): Cannot(_ASYNCIO, RuntimeError),
}


def as_table(names: list[str]) -> str:
    """Return the table for the documentation: one row for each case and reason, with its clients."""
    rows: dict[tuple[str, str], list[str]] = {}
    for (client, case), cannot in CANNOT.items():
        rows.setdefault((case, cannot.reason), []).append(client)
    lines = ["| what | which client cannot | why |", "|---|---|---|"]
    for (case, reason), clients in rows.items():
        lines.append(f"| {case} | {', '.join(sorted(clients, key=names.index))} | {reason} |")
    return "\n".join(lines)
