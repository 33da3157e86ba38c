"""A client that signs by hand, as many programs do, with a switch for each mistake that it can make.

It is written with `urllib.parse` and `hmac` alone and shares nothing with the code that it tests.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

FORM = "application/x-www-form-urlencoded"
CLIENT, SECRET, TOKEN, TOKEN_SECRET = "client-1", "s3cret+/ ~x!", "token-1", "t%2Fk&n"

Send = dict[str, Any]


def escape(text: str) -> str:
    return quote(text, safe="~")


def lower_case(text: str) -> str:
    return "".join(f"%{octet:02x}" if part is None else part for octet, part in _parts(text))


def _parts(text: str) -> list[tuple[int, str | None]]:
    return [(octet, chr(octet) if quote(chr(octet), safe="~") == chr(octet) else None) for octet in text.encode()]


#: How a careless client encodes, by the mistake that it makes so.
ENCODERS: dict[str, Callable[[str], str]] = {
    "space-as-plus": lambda text: quote_plus(text, safe="~"),
    "escapes-in-lower-case": lower_case,
    "reserved-left-unencoded": lambda text: quote(text, safe="~!*'()"),
    "slash-left-unencoded": lambda text: quote(text, safe="~/"),
    "tilde-encoded": lambda text: quote(text, safe="").replace("~", "%7E"),
    "form-encoder": lambda text: quote_plus(text, safe="*").replace("~", "%7E"),
}
#: The mistakes about what is signed, how it is ordered and joined, with which key, and how the signature is sent.
OTHERS = (
    *(
        "query-left-out",
        "form-left-out",
        "query-twice",
        "realm-signed",
        "same-names-collapsed",
        "empty-values-left-out",
    ),
    *("encoded-text-signed", "plus-signed-as-plus", "another-charset", "fragment-signed", "query-in-uri"),
    *("other-scheme-signed", "port-left-out", "host-not-in-lower-case", "trailing-slash-added", "path-decoded"),
    *("method-not-in-capitals", "another-http-method", "unsorted", "sorted-by-name-only", "sorted-ignoring-case"),
    *("sorted-joined", "encoded-once", "encoded-three-times", "parts-not-encoded", "uri-not-encoded"),
    *("parameters-not-encoded", "line-end-signed", "token-secret-left-out", "client-secret-left-out"),
    *("secrets-swapped", "secrets-not-encoded", "secrets-encoded-twice", "key-without-ampersand"),
    *("client-secret-with-white-space", "token-secret-with-white-space", "client-secret-with-quotes", "signed-with"),
    *("signature-in-hexadecimal", "hexadecimal-in-base64", "signature-without-padding", "signature-in-url-base64"),
    *("signature-encoded-twice", "parameter-unsigned", "another-timestamp-signed", "header-marks-signed"),
    *("sorted-by-value", "sorted-naturally", "ampersands-of-html", "base-string-encoded"),
)
MISTAKES = (*ENCODERS, *OTHERS)
#: With one of `ENCODERS`: the parts of the base string and the secrets are encoded by it too.
EVERYWHERE = "everywhere"


def send(method: str, url: str, form: str, wrong: set[str]) -> Send:
    """Return the request of a client that makes the mistakes ``wrong``, as arguments of `diagnose`."""
    protocol = {
        "oauth_consumer_key": CLIENT,
        "oauth_token": TOKEN,
        "oauth_nonce": "n0nce",
        "oauth_timestamp": "1795734110",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_version": "1.0",
    }
    signature = _spelled(_mac(_base_string(method, url, form, protocol, wrong), wrong), wrong)
    header = ", ".join(f'{name}="{escape(value)}"' for name, value in protocol.items())
    header = f'OAuth realm="R", {header}, oauth_signature="{signature}"'
    return {"method": method, "url": url, "headers": {"Authorization": header, "Content-Type": FORM}, "body": form}


def _base_string(method: str, url: str, form: str, protocol: dict[str, str], wrong: set[str]) -> str:
    encode = _encoder(wrong)
    pairs = _ordered([(encode(n), encode(v), n) for n, v in _pairs(url, form, protocol, wrong)], wrong)
    if "encoded-once" in wrong:
        pairs = _ordered([(n, v, n) for n, v in _pairs(url, form, protocol, wrong)], wrong)
    elif "encoded-three-times" in wrong:
        pairs = [(escape(n), escape(v)) for n, v in pairs]
    parameters = "&".join(f"{name}={value}" for name, value in pairs)
    outer = encode if EVERYWHERE in wrong else escape
    parts = [_method(method, wrong), outer(_uri(url, wrong)), outer(parameters)]
    if "parts-not-encoded" in wrong:
        parts[1:] = _uri(url, wrong), parameters
    if "uri-not-encoded" in wrong:
        parts[1] = _uri(url, wrong)
    if "parameters-not-encoded" in wrong:
        parts[2] = parameters
    if "ampersands-of-html" in wrong:
        parts[2] = outer(parameters.replace("&", "&amp;"))
    text = "&".join(parts)
    return (escape(text) if "base-string-encoded" in wrong else text) + ("\n" if "line-end-signed" in wrong else "")


def _encoder(wrong: set[str]) -> Callable[[str], str]:
    return next((ENCODERS[word] for word in wrong if word in ENCODERS), escape)


def _pairs(url: str, form: str, protocol: dict[str, str], wrong: set[str]) -> list[tuple[str, str]]:
    def read(text: str) -> list[tuple[str, str]]:
        if "encoded-text-signed" in wrong:
            return [(part.partition("=")[0], part.partition("=")[2]) for part in text.split("&") if part]
        text = text.replace("+", "%2B") if "plus-signed-as-plus" in wrong else text
        pairs = parse_qsl(text, keep_blank_values=True)
        if "another-charset" in wrong:
            pairs = [(n.encode().decode("latin-1"), v.encode().decode("latin-1")) for n, v in pairs]
        return pairs

    query = [] if "query-left-out" in wrong else read(urlsplit(url).query)
    if "fragment-signed" in wrong and query:
        query[-1] = (query[-1][0], f"{query[-1][1]}#{urlsplit(url).fragment}")
    query *= 2 if "query-twice" in wrong else 1
    pairs = [*query, *([] if "form-left-out" in wrong else read(form))]
    pairs = [pair for pair in pairs if pair[1]] if "empty-values-left-out" in wrong else pairs
    pairs = list(dict(pairs).items()) if "same-names-collapsed" in wrong else pairs
    signed = [(n, v) for n, v in protocol.items() if not ("parameter-unsigned" in wrong and n == "oauth_version")]
    if "another-timestamp-signed" in wrong:
        signed = [(n, str(int(v) + 1) if n == "oauth_timestamp" else v) for n, v in signed]
    signed = [(n, f'"{v}"') for n, v in signed] if "header-marks-signed" in wrong else signed
    return [*signed, *pairs, *([("realm", "R")] if "realm-signed" in wrong else [])]


def _ordered(triples: list[tuple[str, str, str]], wrong: set[str]) -> list[tuple[str, str]]:
    pairs = [(name, value) for name, value, _ in triples]
    if "unsorted" in wrong:
        return pairs
    if "sorted-by-name-only" in wrong:
        return sorted(pairs, key=lambda pair: pair[0])
    if "sorted-ignoring-case" in wrong:
        return sorted(pairs, key=lambda pair: (pair[0].lower(), pair[1].lower()))
    if "sorted-by-value" in wrong:
        return sorted(pairs, key=lambda pair: pair[1])
    if "sorted-naturally" in wrong:
        return [(name, value) for name, value, _ in sorted(triples, key=lambda one: _natural(one[2]))]
    if "sorted-joined" in wrong:
        return sorted(pairs, key="=".join)
    return sorted(pairs)


def _natural(name: str) -> list[Any]:
    return [int(part) if place % 2 else part for place, part in enumerate(re.split("([0-9]+)", name))]


def _method(method: str, wrong: set[str]) -> str:
    method = "PUT" if "another-http-method" in wrong else method
    return method.lower() if "method-not-in-capitals" in wrong else method


def _uri(url: str, wrong: set[str]) -> str:
    parts = urlsplit(url)
    scheme = "http" if "other-scheme-signed" in wrong else parts.scheme
    authority = parts.netloc if "host-not-in-lower-case" in wrong else parts.netloc.lower()
    authority = authority.rpartition(":")[0] if "port-left-out" in wrong else authority
    path = unquote(parts.path) if "path-decoded" in wrong else parts.path
    path += "/" if "trailing-slash-added" in wrong else ""
    return f"{scheme}://{authority}{path}" + (f"?{parts.query}" if "query-in-uri" in wrong else "")


def _mac(base_string: str, wrong: set[str]) -> bytes:
    client, token = SECRET, TOKEN_SECRET
    client += "\n" if "client-secret-with-white-space" in wrong else ""
    token += " " if "token-secret-with-white-space" in wrong else ""
    client = f'"{client}"' if "client-secret-with-quotes" in wrong else client
    client = "" if "client-secret-left-out" in wrong else client
    token = "" if "token-secret-left-out" in wrong else token
    client, token = (token, client) if "secrets-swapped" in wrong else (client, token)
    encode = _encoder(wrong) if EVERYWHERE in wrong else escape
    key = f"{encode(client)}&{encode(token)}"
    key = f"{escape(escape(client))}&{escape(escape(token))}" if "secrets-encoded-twice" in wrong else key
    key = f"{client}&{token}" if "secrets-not-encoded" in wrong else key
    key = escape(client) + escape(token) if "key-without-ampersand" in wrong else key
    return hmac.digest(key.encode(), base_string.encode(), "sha256" if "signed-with" in wrong else "sha1")


def _spelled(octets: bytes, wrong: set[str]) -> str:
    text = base64.b64encode(octets).decode()
    text = octets.hex() if "signature-in-hexadecimal" in wrong else text
    text = base64.b64encode(octets.hex().encode()).decode() if "hexadecimal-in-base64" in wrong else text
    text = text.rstrip("=") if "signature-without-padding" in wrong else text
    text = text.replace("+", "-").replace("/", "_") if "signature-in-url-base64" in wrong else text
    return escape(escape(text)) if "signature-encoded-twice" in wrong else escape(text)


def digest(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()
