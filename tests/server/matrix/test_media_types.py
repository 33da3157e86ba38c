"""Whatever the label of a body, no framework's parser reads an unsigned field from it."""

from itertools import product

import pytest
from sampling import portion

from .in_process import APPLICATIONS, calling
from .judging import trespass
from .signing import Meant
from .views import FORM

_HEAD, _, _TAIL = FORM.partition("/")
_ODD = [chr(octet) for octet in range(1, 256) if octet not in (10, 13)]
_PIECES = (";", "=", ",", " ", '"', "/", "x", "charset=utf-8")
_MORE_PIECES = (*_PIECES, "\t", "*", 'charset="utf-8', "q=1;", FORM)

SPELLINGS = sorted(
    {
        *(FORM + odd for odd in _ODD),
        *(odd + FORM for odd in _ODD),
        *(f"{_HEAD}{odd}/{_TAIL}" for odd in _ODD),
        *(f"{_HEAD}/{odd}{_TAIL}" for odd in _ODD),
        *(f"{_HEAD}{odd}{_TAIL}" for odd in _ODD),
        *(FORM + ";" + odd + "=" + odd for odd in _ODD),
        *(FORM + "".join(pieces) for pieces in product(_PIECES, repeat=3)),
        *(FORM + "".join(pieces) for length in (1, 2) for pieces in product(_MORE_PIECES, repeat=length)),
        *("".join(pieces) + FORM for length in (1, 2) for pieces in product(_MORE_PIECES, repeat=length)),
        *(spelled + end for spelled in (FORM.upper(), FORM.title(), FORM.swapcase()) for end in ("", ";", " ;", "=;")),
        *(FORM.replace("-", odd) for odd in ("_", "", "--", " ", "\xad")),
    }
)
UNSIGNED = Meant("POST", query="a=1")
BODY = b"admin=1"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("application", APPLICATIONS)
def test_no_label_of_a_body_lets_unsigned_fields_in(application: str) -> None:
    tried = portion(SPELLINGS, APPLICATIONS.index(application))
    with calling(application) as call:
        assert call(UNSIGNED._replace(form=BODY.decode()), FORM, BODY).status == 200
        found = {label: call(UNSIGNED, label, BODY) for label in tried}
    failing = {label: called.status for label, called in found.items() if called.status >= 500}
    seen = {label: wrong for label, called in found.items() if (wrong := trespass(called.view, UNSIGNED))}
    assert not failing
    assert not seen, f"{len(seen)} of {len(tried)}"
