"""An application that is reached as verified sees what was signed, for requests that Hypothesis generates.

A request line, a Host and a label of the body are composed of unusual pieces. The client signs one of the ways in which
a parser could read them. So the signature reveals a verifier that reads a request differently from the application.
"""

from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sampling import examples

from .exchange import Outcome
from .servers import APPLICATIONS, SERVERS, Pool
from .signing import Meant
from .spellings import HOST, Spelling
from .views import FORM

PIECES = [
    HOST, "/photos", "/admin", "a=1", "admin=1", "x", "/", "?", "#", "@", "\\", ":", ":80", "&", "=", ";", ",", "%",
    "%23", "%2F", "%3F", "%40", "%5C", "%2e", "..", "//", "http://", "*", "[", "]", "[::1]", "+", "\xe9", "\xc3\xa9",
    "%C3%A9", "%E9", "%00", "\t", "'", '"', "|", "~", "%7E", "%7e", "?a=1",
]  # fmt: skip
written = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
targets = st.one_of(
    written,
    written.map("/".__add__),
    st.tuples(st.just("/photos?a=1"), written).map("".join),
    st.tuples(written, st.just("/photos?a=1")).map("".join),
)
hosts = st.one_of(
    st.just(HOST),
    st.just(HOST),
    written,
    st.tuples(st.just(HOST), written).map("".join),
    st.tuples(written, st.just(HOST)).map("".join),
)
LABELS = [FORM, FORM.upper(), ";", "=", " ", "charset=utf-8", '"', ",", "text/plain", "/", "\t", "x", "*", "\xa0"]
labels = st.one_of(st.none(), st.just(FORM), st.lists(st.sampled_from(LABELS), min_size=1, max_size=4).map("".join))
bodies = st.lists(
    st.sampled_from(["a=1", "admin=1", "&", ";", "=", "+", "%", "%26", "%3D", "\xe9", "%E9", "\r", "\n", "?", "b"]),
    max_size=6,
)
methods = st.sampled_from(["GET", "POST", "POST", "PUT", "HEAD", "get", "Post", "OPTIONS"])


def as_written(host: str, target: str) -> Meant:
    """Return the target up to its first ``?``, and the Host, unchanged."""
    path, _, query = target.partition("?")
    return Meant(host=host, path=path, query=query)


def as_url(host: str, target: str) -> Meant:
    """Join Host and target into a URL, and split it again."""
    try:
        split = urlsplit(f"http://{host}{target}")
    except ValueError:
        return as_written(host, target)
    return Meant(host=split.netloc.rpartition("@")[2], path=split.path or "/", query=split.query)


def without_fragment(host: str, target: str) -> Meant:
    """Return the part before a ``#``."""
    return as_written(host, target.partition("#")[0])


def with_slash(host: str, target: str) -> Meant:
    """The path begins with one slash."""
    meant = as_written(host, target)
    return meant._replace(path="/" + meant.path.lstrip("/"))


def of_absolute(host: str, target: str) -> Meant:
    """Read a target in absolute-form, and ignore the Host."""
    try:
        split = urlsplit(target)
    except ValueError:
        return as_written(host, target)
    return Meant(host=split.netloc or host, path=split.path or "/", query=split.query)


def as_expected(host: str, target: str) -> Meant:
    """Return the request that an honest client may have signed."""
    return Meant(host=HOST, query="a=1")


READINGS = [as_written, as_url, without_fragment, with_slash, of_absolute, as_expected]


@st.composite
def spellings(draw: st.DrawFn) -> Spelling:
    """Generate a request, and the reading of it that is signed."""
    host, target, method = draw(hosts), draw(targets), draw(methods)
    label, body = draw(labels), "".join(draw(bodies))
    meant = draw(st.sampled_from(READINGS))(host, target)
    has_body = method.upper() in ("POST", "PUT")
    signs_body = has_body and draw(st.booleans())
    meant = meant._replace(method=method.upper(), form=body if signs_body else None)
    return Spelling(
        f"{method} {target!r}, Host {host!r}, {label!r}, {body!r}, of which {meant} is signed",
        meant,
        method=method,
        target=target,
        hosts=(host,),
        headers=() if label is None else (("Content-Type", label),),
        body=body.encode("latin-1") if has_body else b"",
    )


@pytest.mark.parametrize("server", SERVERS)
def test_what_was_verified_is_what_the_application_sees(pool: Pool, server: str) -> None:
    pool.port(server)

    @examples(80, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(spellings(), st.sampled_from(APPLICATIONS[SERVERS[server].interface]))
    def holds(spelling: Spelling, application: str) -> None:
        outcome = Outcome(pool, server, application, spelling)
        assert outcome.fault is None, f"{application}: {spelling.name}: {outcome.fault}"

    holds()
