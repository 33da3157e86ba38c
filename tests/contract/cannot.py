"""What a client cannot do, and why: one table, which the documentation shows and the cases hold to be true.

A case that stands here is run for that client all the same and has to fail, with the error that is named, so that an
entry goes as soon as it is no longer true. Where nothing can be run, there is no error to name.
"""

from typing import NamedTuple

from oauthone.errors import SigningError, VerificationError


class Cannot(NamedTuple):
    """Why a client cannot do a case.

    Attributes:
        reason: for the documentation.
        fails_with: what the case raises; None where it cannot even be tried.
    """

    reason: str
    fails_with: type[BaseException] | tuple[type[BaseException], ...] | None


_HTTPX = ("httpx", "httpx async", "httpx2", "httpx2 async")
_NO_HTTP2 = Cannot("the library speaks HTTP/1.1 only", AssertionError)
_SYNCHRONOUS = Cannot("the client is synchronous and needs no event loop", None)
_ASYNCIO = "the library runs on asyncio only"
_READ_ONCE = Cannot("what can be read only once has no hash: a `SigningError` before anything is sent", SigningError)

#: By client and case.
CANNOT: dict[tuple[str, str], Cannot] = {
    ("requests", "HTTP/2"): _NO_HTTP2,
    ("aiohttp", "HTTP/2"): _NO_HTTP2,
    ("requests", "a hash of what is read as it is sent"): _READ_ONCE,
    ("niquests", "a hash of what is read as it is sent"): _READ_ONCE,
    ("niquests async", "a hash of what is read as it is sent"): _READ_ONCE,
    ("aiohttp", "a hash of what is read as it is sent"): _READ_ONCE,
    ("aiohttp", "forms that carry the parameters: empty octets"): Cannot(
        "the library labels them `application/octet-stream`, which is no form: a `SigningError`", SigningError
    ),
    **{
        (name, "a bare auth below retries"): Cannot(
            "the library repeats what was signed: take the session, which signs each attempt", AssertionError
        )
        for name in ("requests", "niquests", "niquests async")
    },
    **{
        (name, "a bare auth signs each hop of a redirect"): Cannot(
            "the library shows an auth the first hop alone; our client signs each", AssertionError
        )
        for name in _HTTPX
    },
    **{
        (name, "a bare auth signs a hop that repeats the query"): Cannot(
            "the library shows an auth the first hop alone; our client signs each", VerificationError
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
            "neither an auth nor anything else of ours sees the hop of a redirect, which has the header from http to "
            "https, and the query that the redirect repeats: take our client, or follow no redirects",
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
        (name, case): Cannot("the `Host` header of the library names another authority than the URL", AssertionError)
        for case in ("an address in version 6", "proxies, for http")
        for name in ("niquests", "niquests async")
    },
    **{
        (name, "odd URLs: dots in a path"): Cannot("they are resolved before the request is sent", AssertionError)
        for name in ("niquests", "niquests async")
    },
    ("aiohttp", "user information in a URL"): Cannot(
        "the library makes a Basic `Authorization` of it, and a request that brings one is left as it is",
        AssertionError,
    ),
    **{
        (name, f"{case}: a file"): Cannot(
            "the library's asynchronous client takes no file for a body: pass an async generator, or `files=`",
            RuntimeError,
        )
        for name in ("httpx async", "httpx2 async")
        for case in ("bodies go out as they are", "hashes of bodies")
    },
    **{(name, "trio"): _SYNCHRONOUS for name in ("requests", "niquests", "httpx", "httpx2")},
    # Where niquests is tested, trio is not installed.
    ("niquests async", "trio"): Cannot(_ASYNCIO, None),
    ("aiohttp", "trio"): Cannot(_ASYNCIO, RuntimeError),
}


def as_table(names: list[str]) -> str:
    """The table as it stands in the documentation: one row for each case and reason, with the clients it goes for."""
    rows: dict[tuple[str, str], list[str]] = {}
    for (client, case), cannot in CANNOT.items():
        rows.setdefault((case, cannot.reason), []).append(client)
    lines = ["| what | which client cannot | why |", "|---|---|---|"]
    for (case, reason), clients in rows.items():
        lines.append(f"| {case} | {', '.join(sorted(clients, key=names.index))} | {reason} |")
    return "\n".join(lines)
