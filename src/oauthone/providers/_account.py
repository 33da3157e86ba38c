"""The account that a token belongs to, read from a token response or from a provider's answer."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from oauthone.core.response_fields import MAX_DEPTH, depth_of_json
from oauthone.errors import FlowError
from oauthone.providers._model import Identity


class Account(NamedTuple):
    """The account that a token belongs to.

    Attributes:
        id: its identifier, which does not change; None if the provider's facts do not say where it is.
        name: a name to show, or None.
        data: everything that the provider answered: what JSON holds, the claims of a JWT, the fields of the token
            response, or the root element of XML.
    """

    id: str | None
    name: str | None
    data: Any

    def __repr__(self) -> str:
        return f"Account(id={self.id!r}, name={self.name!r}, …)"


def account_in_token(identity: Identity, token: Mapping[str, Any]) -> Account | None:
    """Return the account that the fields of a token response name; None if they name none."""
    found = {kind: token.get(field) for kind, field in identity.token_fields.items()}
    if not found or None in found.values():
        return None
    fields = {name: value for name, value in token.items() if name not in ("oauth_token", "oauth_token_secret")}
    return Account(_text(found.get("id")), _text(found.get("name")), fields)


def account_in_json(identity: Identity, text: str) -> Account:
    """Return the account that an answer in JSON names.

    Raises:
        FlowError: it is no JSON, or lacks the account's identifier.
    """
    return account_in_data(identity, parse_json(text))


def account_in_xml(identity: Identity, text: str) -> Account:
    """Return the account that an answer in XML names. A path has the names of elements below the root.

    Raises:
        FlowError: it is no XML, has a document type, or lacks the account's identifier.
    """
    from xml.etree import ElementTree  # few providers answer in XML

    if "<!DOCTYPE" in text:  # entities could grow without limit
        raise FlowError("identity_unreadable", "the provider's answer is XML with a document type, which is not read")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        raise FlowError("identity_unreadable", "the provider's answer is not XML") from None

    def at(path: str) -> str | None:
        elements, _, attribute = path.partition("/@")
        found = root.find(elements)
        if found is None:
            return None
        return found.get(attribute) if attribute else found.text

    return _account(identity, at, root)


def account_in_data(identity: Identity, data: object) -> Account:
    """Return the account that parsed JSON names.

    Raises:
        FlowError: it lacks the account's identifier.
    """

    def at(path: str) -> str | None:
        return _text(at_path(data, path))

    return _account(identity, at, data)


def _account(identity: Identity, at: Callable[[str], str | None], data: object) -> Account:
    account = Account(identity.id_path and at(identity.id_path), identity.name_path and at(identity.name_path), data)
    if identity.id_path and not account.id:
        raise FlowError("identity_unreadable", f"the provider's answer has no {identity.id_path}")
    return account


def parse_json(text: str) -> object:
    """Return what JSON holds.

    Raises:
        FlowError: the text is no JSON, or is nested too deep.
    """
    try:
        if depth_of_json(text) <= MAX_DEPTH:
            return cast("object", json.loads(text))
    except ValueError:
        pass
    raise FlowError("identity_unreadable", "the provider's answer is not JSON")


def at_path(data: object, path: str) -> object:
    """Return the value at a dotted path, in which numbers stand for places in lists; None if there is none."""
    for name in path.split("."):
        if isinstance(data, Mapping):
            data = cast("Mapping[str, object]", data).get(name)
        elif isinstance(data, list) and name.isdecimal() and int(name) < len(cast("list[object]", data)):
            data = cast("list[object]", data)[int(name)]
        else:
            return None
    return data


def _text(value: object) -> str | None:
    """Return an identifier or a name as text; None for a value that is neither text nor a number."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
