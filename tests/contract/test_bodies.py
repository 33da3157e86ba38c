"""Bodies: the client sends what the library sends without us, and the signature matches."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from clients.matrix import COMBINATIONS, PLACEMENTS, nonces, places
from sampling import portion

from oauthone.core.body import FORM
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox, Received

from .available import SURFACES
from .cannot import CANNOT
from .conftest import Opener
from .surfaces import File, Surface

CHUNKS = [b"first \xff\x00", b"second"]
TYPED_FORM = {"Content-Type": FORM}
PHOTO = File("photo é.png", bytes(range(256)) * 300, "image/png")

#: The arguments of each request, made again for each run.
FORMS: dict[str, Callable[[], dict[str, Any]]] = {
    "a form": lambda: {"form": [("q", "x y~*'()!"), ("n", "7")]},
    "a form with doubles": lambda: {"form": [("a", "2"), ("a", "1"), ("a", "1"), ("b", "")]},
    "a form with other alphabets": lambda: {"form": [("é b", "ü+&=%"), ("한", "€𝄞")]},
    "an encoded form": lambda: {"content": b"b=1+2&a=%c3%a9&a=&c", "headers": TYPED_FORM},
    "a form with a charset": lambda: {
        "content": b"a=1&b=2",
        "headers": {"Content-Type": "Application/X-WWW-Form-Urlencoded; charset=utf-8"},
    },
    "a body labelled as a form that is not one": lambda: {"content": b'{"a": 1}', "headers": TYPED_FORM},
    "octets in a form": lambda: {"content": b"b=%zz&a=%ff&a=\xff&c&&=x", "headers": TYPED_FORM},
}
OTHERS: dict[str, Callable[[], dict[str, Any]]] = {
    "JSON": lambda: {"json": {"a": ["é", 1]}},
    "text": lambda: {"content": "Grüße =&%", "headers": {"Content-Type": "text/plain; charset=utf-8"}},
    "octets": lambda: {"content": bytes(range(256)), "headers": {"Content-Type": "image/png"}},
    "octets of no type": lambda: {"content": b"a=1"},
    "files": lambda: {"files": {"photo": PHOTO}, "form": [("title", "é"), ("a", "1")]},
    "a file": lambda: {"content": io.BytesIO(b"\xff" * 70_000), "headers": {"Content-Type": "image/png"}},
    "a generator": lambda: {"chunks": CHUNKS},
}
NOTHING: dict[str, Callable[[], dict[str, Any]]] = {
    "nothing": dict,
    "empty bytes": lambda: {"content": b""},
    "a form's header alone": lambda: {"headers": TYPED_FORM},
}
EVERY = {**FORMS, **OTHERS, **NOTHING}
VERBS = ("POST", "PUT", "PATCH", "DELETE", "GET")


def comparable(received: Received) -> tuple[bytes, dict[str, str | None]]:
    """Return the body and its headers without the boundary, which each library makes anew for a multipart body."""
    described = {name: received.header(name) for name in ("content-type", "content-length", "transfer-encoding")}
    found = re.search(r"boundary=\"?([^\";]+)", described["content-type"] or "")
    if not found:
        return received.body, described
    described["content-type"] = (described["content-type"] or "").replace(found[1], "BOUNDARY")
    return received.body.replace(found[1].encode(), b"BOUNDARY"), described


@pytest.mark.case("bodies go out as they are")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("variant", EVERY)
@pytest.mark.seen_in("authlib#543")
@pytest.mark.seen_in("authlib#517")
@pytest.mark.seen_in("authlib#468")
@pytest.mark.seen_in("rdio/api#11")
@pytest.mark.seen_in("jersey#3185")
@pytest.mark.seen_in("requests-oauth#32")
@pytest.mark.seen_in("jersey#3125")
@pytest.mark.seen_in("ruby-oauth#160")
@pytest.mark.seen_in("RESTClient#31")
@pytest.mark.seen_in("requests-oauthlib#40")
@pytest.mark.seen_in("requests-oauthlib#258")
@pytest.mark.seen_in("rauth#66")
@pytest.mark.seen_in("rauth#44")
@pytest.mark.seen_in("superagent-oauth#13")
async def test_bodies(surface: Surface, box: ProviderBox, open_client: Opener, placement: str, variant: str) -> None:
    """Bytes, type and length are those of the same request without a signature, and the provider verified it."""
    arguments = EVERY[variant]
    async with open_client(surface, box, placement=placement) as client, surface.plain() as plain:
        for verb in portion(VERBS, [*EVERY].index(variant) + SURFACES.index(surface)):
            answer = await client.send(verb, box.echo_url, **arguments())
            assert answer.status == 200, (verb, answer.body)
            await plain.send(verb, box.open_url, **arguments())
            signed, unsigned = box.requests[-2:]
            assert comparable(signed) == comparable(unsigned), verb
    assert {tuple(places(received)) for received in box.requests[::2]} == {(placement,)}


@pytest.mark.case("forms that carry the parameters")
@pytest.mark.parametrize("variant", [*FORMS, *NOTHING])
async def test_parameters_in_a_form(surface: Surface, box: ProviderBox, open_client: Opener, variant: str) -> None:
    """In BODY placement the parameters are added to the library's form; other bodies do not become forms."""
    arguments = EVERY[variant]
    async with open_client(surface, box, placement="BODY") as client, surface.plain() as plain:
        for verb in portion(VERBS, [*EVERY].index(variant) + SURFACES.index(surface)):
            answer = await client.send(verb, box.echo_url, **arguments())
            assert answer.status == 200, (verb, answer.body)
            await plain.send(verb, box.open_url, **arguments())
            signed, unsigned = box.requests[-2:]
            added = signed.body.removeprefix(unsigned.body)
            assert signed.body == unsigned.body + added
            assert added.lstrip(b"&").startswith(b"oauth_")
            assert signed.header("content-length") == str(len(signed.body))
            theirs = unsigned.header("content-type") if variant in FORMS else None
            assert signed.header("content-type") == (theirs or FORM), verb
    assert {tuple(places(received)) for received in box.requests[::2]} == {("BODY",)}


@pytest.mark.case("a body that is not a form carries no parameters")
@pytest.mark.parametrize("variant", OTHERS)
async def test_no_form_in_the_body(surface: Surface, box: ProviderBox, open_client: Opener, variant: str) -> None:
    """In BODY placement that is an error before anything is sent."""
    async with open_client(surface, box, placement="BODY") as client:
        with pytest.raises(SigningError, match="form body"):
            await client.post(box.echo_url, **OTHERS[variant]())
        assert box.requests == []
        assert (await client.post(box.echo_url, form=[("a", "1")])).status == 200


@pytest.mark.case("every signature method in every place")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
@pytest.mark.seen_in("oauthlib#690")
@pytest.mark.seen_in("magento2#35510")
async def test_every_signature_method(
    surface: Surface, box: ProviderBox, open_client: Opener, method: str, placement: str
) -> None:
    async with open_client(surface, box, method, placement) as client:
        for verb, arguments in (("GET", {}), ("POST", FORMS["a form"]()), ("PUT", FORMS["an encoded form"]())):
            said = (await client.send(verb, f"{box.echo_url}?a=1", **arguments)).json()
            assert (said["oauth"]["oauth_signature_method"], said["placement"]) == (method, placement)
        if placement != "BODY":
            assert (await client.post(box.echo_url, json={"a": 1})).status == 200
        head = await client.send("HEAD", box.echo_url)
        assert head.status == 200
        assert (await client.send("OPTIONS", box.echo_url)).status == 200
    assert len(set(nonces(box.requests))) == len(box.requests)


# --- hashes of bodies -------------------------------------------------------------------------------------------------

HASHED = {name: make for name, make in OTHERS.items() if name != "a generator"}
ONCE = "a hash of a body that can be read only once"


@pytest.mark.case("hashes of bodies")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize(
    "option", [{"body_hash": "auto"}, {"force_include_body": True}, {"body_hash": "always"}], ids=str
)
@pytest.mark.parametrize(("method", "placement"), [("HMAC-SHA1", "HEADER"), ("HMAC-SHA256", "QUERY")])
@pytest.mark.parametrize("variant", HASHED)
@pytest.mark.seen_in("authlib#329")
@pytest.mark.seen_in("oauth-1.0a#43")
@pytest.mark.seen_in("request#2792")
@pytest.mark.seen_in("basiclti-java#3")
@pytest.mark.seen_in("edx#13454")
@pytest.mark.seen_in("oauth1-signer-java#33")
async def test_body_hashes(
    surface: Surface,
    hashing_box: ProviderBox,
    open_client: Opener,
    option: dict[str, Any],
    method: str,
    placement: str,
    variant: str,
) -> None:
    """The provider compares the hash with the body that arrived, which is the one that the library sends."""
    async with (
        open_client(surface, hashing_box, method, placement, **option) as client,
        surface.plain() as plain,
    ):
        answer = await client.post(hashing_box.echo_url, **OTHERS[variant]())
        assert answer.status == 200, answer.body
        await plain.post(hashing_box.open_url, **OTHERS[variant]())
    signed, unsigned = hashing_box.requests
    assert comparable(signed) == comparable(unsigned)
    assert places(signed)[placement].count("oauth_body_hash") == 1


@pytest.mark.case(ONCE)
async def test_a_hash_of_a_generator(surface: Surface, hashing_box: ProviderBox, open_client: Opener) -> None:
    """A client that reads it before sending still sends all of it."""
    async with open_client(surface, hashing_box, body_hash="auto") as client:
        answer = await client.post(hashing_box.echo_url, chunks=CHUNKS)
    assert answer.status == 200, answer.body
    (received,) = hashing_box.requests
    assert received.body == b"".join(CHUNKS)


@pytest.mark.case("what cannot be hashed is not sent")
async def test_no_hash_of_a_generator(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """If a client does not read such a body in advance, its error says what to do."""
    refuses = (surface.name, ONCE) in CANNOT
    async with open_client(surface, box, body_hash="auto") as client:
        if refuses:
            with pytest.raises(SigningError, match="body_hash='never'"):
                await client.post(box.echo_url, chunks=CHUNKS)
            assert box.requests == []
        assert (await client.post(box.echo_url, json=1)).status == 200
    assert len(nonces(box.requests)) == 1


@pytest.mark.case("hashes of bodies")
@pytest.mark.parametrize("policy", ["never", "auto", "always"])
@pytest.mark.seen_in("oauth1-signer-java#5")
@pytest.mark.seen_in("python-oauth2#58")
async def test_when_there_is_a_hash(surface: Surface, box: ProviderBox, open_client: Opener, policy: str) -> None:
    """``never`` adds none, ``auto`` adds one for a body, ``always`` also for an empty one. A form never has one."""
    async with open_client(surface, box, body_hash=policy) as client:
        await client.post(box.echo_url, content=b"Hello World!", headers={"Content-Type": "text/plain"})
        await client.get(box.echo_url)
        await client.post(box.echo_url, form=[("a", "1")])
    nonces(box.requests)
    found = ["oauth_body_hash" in places(received)["HEADER"] for received in box.requests]
    assert found == [policy != "never", policy == "always", False]
    if policy != "never":
        assert box.requests[0].verified is not None
        assert box.requests[0].verified.parameters["oauth_body_hash"] == "Lve95gjOVATpfV8EL5X4nxwjKHE="


# --- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.case("no header but the signature's")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("verb", ["GET", "HEAD", "DELETE", "POST"])
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.seen_in("requests-oauthlib#32")
async def test_headers(surface: Surface, box: ProviderBox, open_client: Opener, placement: str, verb: str) -> None:
    """No other header is added, changed or lost, and all values are strings."""
    own = {"X-Own": "1, 2", "Accept": "application/json", "User-Agent": "photo-printer/1.0"}
    async with open_client(surface, box, placement=placement) as client, surface.plain() as plain:
        answer = await client.send(verb, box.echo_url, headers=own)
        await plain.send(verb, box.open_url, headers=own)
    signed, unsigned = (dict(received.headers) for received in box.requests)
    if placement == "HEADER":
        assert signed.pop("authorization").startswith("OAuth ")
    if placement == "BODY":
        signed["content-length"] = unsigned.get("content-length", "")
        signed["content-type"] = unsigned.get("content-type", "")
        unsigned = {"content-length": "", "content-type": "", **unsigned}
    assert signed == unsigned
    if answer.sent is not None:
        assert {type(value) for value in dict(answer.sent).values()} == {str}
    assert nonces(box.requests[:1])


@pytest.mark.case("a Host header of the caller")
@pytest.mark.seen_in("oauthlib#142")
@pytest.mark.seen_in("oauthlib#143")
@pytest.mark.seen_in("connect-auth#28")
async def test_a_host_of_ones_own(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """The signature covers the given Host, with and without a default port."""
    async with open_client(surface, box) as client:
        for host in ("api.example", "api.example:8080", "API.example:80"):
            answer = await client.get(f"{box.echo_url}?a=1", headers={"Host": host})
            assert answer.status == 200, answer.body
            assert box.requests[-1].header("host") == host
