"""A body that is not labelled as a form is read as one, as some servers read it."""

import pytest
from urllib3 import encode_multipart_formdata
from urllib3.fields import RequestField

from oauthone.diagnosis.body_fields import read_body_as_form
from oauthone.diagnosis.sent_request import BODY, read_request


def test_a_body_that_is_no_form_can_be_read_as_one() -> None:
    request = read_request("POST", "https://a/", (), "a=1")
    assert request.parameters == ()
    assert [(one.place, one.value) for one in read_body_as_form(request)] == [(BODY, "1")]


def test_the_fields_of_a_multipart_form_are_read_and_its_files_are_not() -> None:
    def field(name: str, value: str, file: str | None = None, more: str | None = None) -> RequestField:
        made = RequestField(name, value, file)
        made.make_multipart(content_type=more)
        return made

    parts = [
        field("a", "1\r\n\r\n2"), field("b", "", None, "text/plain"), field("c", "file", "c.txt"), field("d", "--x"),
    ]  # fmt: skip
    body, _ = encode_multipart_formdata(parts)
    read = read_body_as_form(read_request("POST", "https://a/", (), body))
    assert [(one.name, one.value) for one in read] == [("a", "1\r\n\r\n2"), ("b", ""), ("d", "--x")]
    assert [one.name for one in read_body_as_form(read_request("POST", "https://a/", (), body[:-60]))] == ["a", "b"]


@pytest.mark.parametrize("head", ['form-data; name="x"\r\n', 'form-data; name="x"\r\n\r\n', 'form-data; name="'])
def test_a_multipart_form_takes_no_more_time_than_its_length(head: str) -> None:
    """Otherwise this takes an hour."""
    assert read_body_as_form(read_request("POST", "https://a/", (), "--x\r\n" + head * 50_000)) == ()
