r"""The signature base string (RFC 5849 section 3.4.1): the parts of a request that a signature covers.

It joins three parts with ``&``, each percent-encoded: the method, the base string URI and the normalized parameters.
Parameters have the form ``"name\0value"`` of `encoding`.
"""

from collections.abc import Iterable
from functools import lru_cache

from oauthone.core.encoding import normalize_form, percent_encode, to_wire_string
from oauthone.core.urls import normalized_authority, split_authority, split_query

_VISIBLE = bytes(range(0x21, 0x7F))
# It sorts where the protocol parameters do, and stands in no form in the encoding of a base string.
_PROTOCOL = "oauth_\1"


def base_string_uri(url: str, host: str | None = None) -> str:
    """Return the base string URI of ``url`` (RFC 5849 section 3.4.1.2).

    Args:
        url: the absolute URL; its query and fragment are ignored.
        host: the value of the request's ``Host`` header, which replaces the authority; None if it is not known.

    Raises:
        SigningError: ``url`` is not absolute.
    """
    scheme, authority, path = split_authority(split_query(url)[0])
    return _uri_of_parts(scheme.lower(), host or authority, path)


def _uri_of_parts(scheme: str, authority: str, path: str) -> str:
    return f"{scheme}://{normalized_authority(scheme, authority)}{path_on_the_wire(path) or '/'}"


@lru_cache(maxsize=256)
def base_string_prefix(method: str, url: str, host: str | None = None) -> str:
    """Return the method and the `base_string_uri`, each encoded and followed by ``&``.

    Args:
        method: the request method in any case.
        url: see `base_string_uri`.
        host: see `base_string_uri`.

    Raises:
        SigningError: ``url`` is not absolute.
    """
    return _encoded_prefix(method, base_string_uri(url, host))


@lru_cache(maxsize=256)
def prefix_from_split_url(method: str, scheme: str, authority: str, path: str) -> str:
    """Return what `base_string_prefix` returns, for a client whose HTTP library has split the URL.

    Args:
        method: the request method in any case.
        scheme: the scheme in lower case.
        authority: ``host[:port]``, the value of the ``Host`` header if there is one.
        path: the path as it is sent.
    """
    return _encoded_prefix(method, _uri_of_parts(scheme, authority, path))


def prefix_from_parts(method: str, scheme: str, authority: str, path: str) -> str:
    """Return what `base_string_prefix` returns, for a request that arrived in parts.

    Args:
        method: the request method in capital letters.
        scheme: the scheme in lower case.
        authority: ``host[:port]``.
        path: the path as it arrived, in ASCII; ``*`` stands for an empty path (RFC 9112 section 3.3).
    """
    path = "/" if path == "*" else path
    return _encoded_prefix(method, f"{scheme}://{normalized_authority(scheme, authority)}{path}")


def request_parameters(query: str, form: str) -> list[str]:
    """Return the encoded parameters of query and form body (RFC 5849 section 3.4.1.3.1), without ``oauth_signature``.

    Args:
        query: the URL's query as a wire string.
        form: the body as a wire string if it is a form, else empty.
    """
    text = canonical_parameters(query, form)
    pairs = text.replace("=", "\0").split("&") if text else []
    if "oauth_signature=" in text:
        pairs = [pair for pair in pairs if not pair.startswith("oauth_signature\0")]
    return pairs


def canonical_parameters(query: str, form: str) -> str:
    """Return query and form body as one form in the encoding of a base string, not sorted.

    Args:
        query: the URL's query as a wire string.
        form: the body as a wire string if it is a form, else empty.
    """
    text = normalize_form(query if query.isascii() else to_wire_string(query)) if query else ""
    if form:
        form = normalize_form(form)
        return f"{text}&{form}" if text and form else text or form
    return text


def normalized_parameters(pairs: Iterable[str]) -> str:
    """Sort and join the encoded parameters of a request (RFC 5849 section 3.4.1.3.2)."""
    return "&".join(sorted(pairs)).replace("\0", "=")


def signature_base_string(start: str, pairs: list[str]) -> str:
    """Return the base string of a request (RFC 5849 section 3.4.1.1).

    Args:
        start: the return value of `base_string_prefix`.
        pairs: the encoded parameters in any order; the list is sorted in place.
    """
    pairs.sort()
    return start + "&".join(pairs).replace("%", "%25").replace("&", "%26").replace("\0", "%3D")


def base_string_around(start: str, parameters: str, protocol: str) -> str:
    """Return what `signature_base_string` returns for ``parameters`` and those of ``protocol``, but faster.

    Args:
        start: the return value of `base_string_prefix`.
        parameters: a form in the encoding of a base string, not sorted. Beside ``protocol``, no name in it begins with
            ``oauth_``: only such a name sorts between the protocol parameters.
        protocol: the protocol parameters in order, as a part of a base string; or empty.
    """
    if not parameters:
        return start + protocol
    pairs = parameters.replace("%", "%25").replace("=", "\0").split("&")
    if not protocol:
        pairs.sort()
        return start + "%26".join(pairs).replace("\0", "%3D")
    pairs.append(_PROTOCOL)
    pairs.sort()
    # The protocol parameters are most of the text. They are put in last, so that nothing searches them.
    before, _, after = "%26".join(pairs).replace("\0", "%3D").partition(_PROTOCOL)
    return f"{start}{before}{protocol}{after}"


def _encoded_prefix(method: str, uri: str) -> str:
    method = method.upper()
    encoded = method if method.isalpha() and method.isascii() else percent_encode(method)
    return f"{encoded}&{percent_encode(uri)}&"


def path_on_the_wire(path: str) -> str:
    """Return ``path`` with those octets encoded that a request line cannot contain."""
    octets = path.encode("utf-8", "surrogatepass")
    if not octets.translate(None, _VISIBLE):
        return path
    return "".join([chr(octet) if octet in _VISIBLE else f"%{octet:02X}" for octet in octets])
