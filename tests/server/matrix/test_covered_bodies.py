"""`Verified` tells whether the body was signed, because frameworks read a multipart body like a form."""

import pytest

from .in_process import APPLICATIONS, calling
from .signing import Meant
from .views import FORM

MULTIPART = b'--x\r\nContent-Disposition: form-data; name="admin"\r\n\r\n1\r\n--x--\r\n'


@pytest.mark.parametrize("application", APPLICATIONS)
def test_an_application_can_tell_whether_the_body_was_signed(application: str) -> None:
    requests = [
        (Meant("POST", form="a=1"), FORM, b"a=1"),
        (Meant("POST"), "multipart/form-data; boundary=x", MULTIPART),
    ]
    with calling(application) as call:
        views = [call(*request).view for request in requests]
    assert [view and view["covers_body"] for view in views] == [True, False]
