"""The fields of a body whose Content-Type is not that of a form, as some clients and servers read it nonetheless."""

import re
from collections.abc import Iterator

from oauthone.core.encoding import to_wire_string
from oauthone.diagnosis.sent_request import BODY, Parameter, Parameters, SentRequest, read_form

_TEXT_FIELD = re.compile(rb'form-data; name="([^"\r\n]*+)"(?=\r\n|\Z)')


def read_body_as_form(request: SentRequest) -> Parameters:
    """Return the parameters of a body, as if its Content-Type were that of a form; those of multipart too."""
    if request.body and request.body.startswith(b"--"):
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in text_fields(request.body)]
        return tuple(Parameter(BODY, field, *field) for field in fields)
    return tuple(read_form(to_wire_string(request.body or b""), BODY))


def text_fields(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the names and the values of a multipart form, without its files, and without a part that does not end."""
    boundary, *_ = body.split(b"\r\n", 1)
    for part in body.split(b"\r\n" + boundary)[:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = _TEXT_FIELD.search(head)
        if name is not None:
            yield name[1], value
