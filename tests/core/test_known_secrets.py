"""A secret that the client knows is masked in a provider's text, whichever encoder wrote it."""

import base64
import html
import json
import quopri
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sampling import portion

from oauthone.core.flow import Reply, request_temporary_credentials, request_token_credentials
from oauthone.core.known_secrets import KnownSecrets
from oauthone.errors import TokenResponseError

Encoder = Callable[[str], str]

#: The encoders with which others write a string into a page, a URL, JSON, a log or a program.
ENCODERS: dict[str, Encoder] = {
    "nothing": str,
    "quote": lambda text: quote(text, safe=""),
    "quote, lower case": lambda text: quote(text, safe="").replace("%2F", "%2f").replace("%3D", "%3d"),
    "quote, latin-1": lambda text: quote(text.encode("latin-1", "ignore") if _is_latin(text) else text, safe=""),
    "form": quote_plus,
    "html": html.escape,
    "html, numbers": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "html, hexadecimal": lambda text: "".join(f"&#x{ord(sign):X};" for sign in text),
    "json": lambda text: json.dumps(text)[1:-1],
    "json, not only ascii": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "javascript": lambda text: text.encode("utf-16-be").hex(" ", 2).replace(" ", "\\u").join(["\\u", ""]),
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "repr of octets": lambda text: repr(text.encode())[2:-1],
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, upper case": lambda text: text.encode().hex(":").upper(),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "base64": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
}
#: The text around the secret, which no secret here contains.
BEFORE, AFTER = "\N{BLACK STAR} ", " \N{WHITE STAR}"

characters = st.characters(exclude_categories=["Cs"], exclude_characters=BEFORE + AFTER)
odd = st.sampled_from([*"%&+=;\\\"'<>/#@:,{}[]()|^~`$!?*-_.\t\n\0aA1é€", "%41", "&amp;", "\\n", "\\u0041", "%", "😀"])
secrets = st.one_of(
    st.text(characters, min_size=4, max_size=40), st.lists(odd, min_size=4, max_size=20).map("".join)
).filter(lambda text: len(text) >= 4)


def _is_latin(text: str) -> bool:
    return all(ord(sign) < 256 for sign in text)


@given(secrets, st.sampled_from(sorted(ENCODERS)), st.sampled_from(sorted(ENCODERS)))
@example("a%41<b", "html", "nothing")
@example("a+b c", "form", "quote")
@example("\x80\xa0\xff\xfe", "quote, latin-1", "nothing")
def test_a_known_secret_is_masked_in_every_encoding_and_in_two_at_once(secret: str, inner: str, outer: str) -> None:
    """The text around it stays. The padding of base64 reveals nothing, so it is ignored here."""
    spelt = ENCODERS[outer](ENCODERS[inner](secret))
    masked = KnownSecrets(["other", None, "", secret]).without_values(f"{BEFORE}{spelt}{AFTER}")
    assert masked == f"{BEFORE}***{AFTER}"


@given(
    secrets, st.text(st.characters(codec="ascii"), max_size=9), st.sampled_from(["nothing", "json", "base64", "html"])
)
def test_a_header_in_base64_keeps_what_stands_before_the_secret_at_most(secret: str, realm: str, outer: str) -> None:
    """A provider may log an Authorization header. The rest of its base64 ends before the secret."""
    head = f'OAuth realm="{realm}", oauth_signature="'
    header = f'{head}{quote(quote(secret, safe=""), safe="")}", oauth_nonce="n"'
    text = ENCODERS[outer](base64.b64encode(header.encode()).decode())
    masked = KnownSecrets([secret]).without_values(f"{BEFORE}{text}{AFTER}")
    before, mask, _ = masked.removeprefix(BEFORE).partition("***")
    assert mask
    if outer != "base64":
        assert len(before) * 6 <= len(head.encode()) * 8


@given(secrets, st.text(characters, max_size=60))
def test_text_without_the_secret_stays_as_it_is(secret: str, text: str) -> None:
    """If no decoding of it contains the secret; here, they share no character."""
    text = "".join(sign for sign in text if sign not in secret and sign not in "%&\\+ ")
    if not any(sign.isalnum() for sign in secret):
        assert KnownSecrets([secret]).without_values(text) == text


@pytest.mark.parametrize("given_text", ["a", "ab", "abc"])
def test_what_is_too_short_to_be_a_secret_counts_alone(given_text: str) -> None:
    known = KnownSecrets([given_text])
    assert known.without_values(f"an {given_text}acus is no {given_text}, but x{given_text}") == (
        f"an {given_text}acus is no ***, but x{given_text}"
    )


def test_secrets_that_are_joined_later_are_masked_too() -> None:
    known = KnownSecrets(["canary"])
    assert known.without_values("canary other") == "*** other"
    assert known.joined_by(["other"]).without_values("canary other") == "*** ***"
    assert known.without_values("canary other") == "*** other"


def test_it_shows_no_secret_and_joins() -> None:
    known = KnownSecrets(["canary"]).joined_by(["other"])
    assert repr(known) == "KnownSecrets(…)"
    assert known.without_values("canary other") == "*** ***"


def test_what_a_provider_repeats_is_in_no_part_of_the_error() -> None:
    """For each part of a response, each kind of response, and each secret of the leg."""
    client, token, verifier = 'kb/Nu+8"<é', "t&=%41 x", "7392%-01"
    for turn, encode in enumerate(ENCODERS.values()):
        for secret in (client, token, verifier):
            spelt = encode(secret)
            bodies = (
                spelt,
                "x" * 190 + spelt,
                "x" * 490 + spelt,
                f"oauth_problem={spelt}&oauth_problem_advice={spelt}",
                f"<p>Sorry: oauth_problem={spelt} oauth_problem_advice={spelt}</p>",
                '{"error": "' + spelt + '", "error_description": "' + spelt + '"}',
                f"oauth_token=t&oauth_callback_confirmed={spelt}",
            )
            for body in portion(bodies, turn):
                for status in (200, 401):
                    _check(
                        client, token, verifier, Reply(status, [("WWW-Authenticate", f"OAuth {body}")], body.encode())
                    )


def _check(client: str, token: str, verifier: str, reply: Reply) -> None:
    known = KnownSecrets([client])
    steps = request_token_credentials(
        "https://p.example", token="t", token_secret=token, verifier=verifier, secrets=known
    )
    next(steps)
    with pytest.raises(TokenResponseError) as caught:
        steps.send(reply)
    error = caught.value
    shown = [str(error), repr(error), repr(vars(error)), repr(error.args), repr(error.__context__)]
    for piece in shown:
        readings = {piece, html.unescape(piece), piece.encode().decode("unicode-escape", "ignore")}
        for part in (client[:4], client[4:8], token[:4], token[4:], verifier[:4], verifier[4:]):
            assert not any(part in reading for reading in readings), piece


def test_the_first_leg_masks_what_the_client_knows() -> None:
    steps = request_temporary_credentials("https://p.example", secrets=KnownSecrets(["canary"]))
    next(steps)
    with pytest.raises(TokenResponseError) as caught:
        steps.send(Reply(500, [], b"base64: " + base64.b64encode(b"x=canary")))
    assert "canary" not in str(caught.value)
    assert "***" in caught.value.body


@pytest.mark.parametrize("sign", ["\0", "\xad", "\u200b", "\u200d", "\u2060", "\ufeff", "\n", "\r\n    "])
@pytest.mark.parametrize("encode", [str, lambda text: text.encode().hex(), quote], ids=["plain", "hex", "quote"])
def test_what_is_not_seen_hides_nothing(sign: str, encode: Encoder) -> None:
    for secret in ("kd94hf93k423kf44", "p/q+r=é&secret"):
        spelt = encode(secret)
        for written in (sign.join(spelt), spelt[:8] + sign + spelt[8:]):
            assert KnownSecrets([secret]).without_values(f"the key {written}. Sorry") == "the key ***. Sorry"
