"""Text in the encoding of a form, read by the rules of requests-oauthlib."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from oauthone.core.response_fields import MAX_DEPTH, depth_of_json

_CHARACTER = r"[\w.=&;:+~,*@!()/?'$-]"
#: An escape at the end of the text may be incomplete.
_is_encoded = re.compile(rf"(?:{_CHARACTER}|%[0-9A-Fa-f]{{2}}|%[0-9A-Fa-f]?\Z)*+", re.ASCII).fullmatch


def is_encoded(text: str) -> bool:
    """Return whether every character of ``text`` may stand in a form; a name without ``=`` is enough."""
    return _is_encoded(text) is not None


def looks_like_form(body: Any) -> bool:
    """Return whether a body without a Content-Type is sent as a form: text in its encoding, with a name or a value."""
    return isinstance(body, str) and is_encoded(body) and body.strip("&") != ""


def is_form_for_parameters(body: Any) -> bool:
    """Return whether the protocol parameters can be added to ``body``: it is empty, or in the encoding of a form."""
    if isinstance(body, bytes):
        return is_encoded(body.decode("latin-1"))
    return body is None or (isinstance(body, str) and is_encoded(body))


def urldecode(text: str) -> Any:
    """Return the pairs of a form, or else the value of a JSON text.

    Raises:
        ValueError: ``text`` is neither, or it is JSON that is nested too deep.
    """
    if is_encoded(text):
        return parse_qsl(text, keep_blank_values=True)
    if depth_of_json(text) > MAX_DEPTH:
        raise ValueError("the JSON is nested too deep")
    return json.loads(text)


def read_fields(text: str) -> dict[str, Any] | None:
    """Return the fields of a provider's response; None if it is neither JSON nor a form with a token.

    Some providers send a form with characters that should be encoded, in the values of fields of their own. The names
    and the protocol values are encoded all the same. They are not in a page or a sentence that quotes a form.
    """
    try:
        return dict(urldecode(text))
    except (ValueError, TypeError):
        pairs = [segment.partition("=") for segment in text.split("&")]
        is_form = all(is_encoded(name) and (is_encoded(value) or "oauth_" not in name) for name, _, value in pairs)
        fields = dict(parse_qsl(text, keep_blank_values=True)) if is_form else {}
        return fields if "oauth_token" in fields else None
