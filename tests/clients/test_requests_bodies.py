"""The bodies of requests and niquests: their position, and whether they can be sent again. Sync and async agree."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest

from oauthone.clients._requests_bodies import (
    aposition,
    aseek,
    can_be_read_again,
    position,
    refuse_consumed_body,
    seek,
)

pytestmark = pytest.mark.anyio


class Pipe:
    """A file that neither tells its position nor moves."""

    def read(self) -> bytes:
        return b""

    def tell(self) -> int:
        raise OSError("a pipe has no position")

    def seek(self, start: int) -> int:
        raise OSError("a pipe does not move")


class AsyncFile:
    """A file whose methods are coroutines."""

    def __init__(self) -> None:
        self.at = 3

    async def tell(self) -> int:
        return self.at

    async def seek(self, start: int) -> int:
        self.at = start
        return start


def opened() -> BytesIO:
    body = BytesIO(b"body")
    body.read(3)
    return body


@pytest.mark.parametrize(("make", "told"), [(opened, 3), (Pipe, None), (lambda: b"body", None), (lambda: None, None)])
async def test_a_position_is_that_of_a_file_that_can_tell_it(make: Callable[[], Any], told: int | None) -> None:
    assert position(make()) == await aposition(make()) == told


@pytest.mark.parametrize(
    ("make", "start", "moved"),
    [
        (opened, 0, True),
        (opened, None, False),
        (opened, object(), False),
        (Pipe, 0, False),
        (lambda: b"body", 0, False),
    ],
)
async def test_only_a_file_that_can_seek_is_set_back(make: Callable[[], Any], start: Any, moved: bool) -> None:
    one, other = make(), make()
    assert seek(one, start) is moved
    assert await aseek(other, start) is moved
    if moved:
        assert one.tell() == other.tell() == start


async def test_an_asynchronous_file_is_awaited() -> None:
    body = AsyncFile()
    assert await aposition(body) == 3
    assert await aseek(body, 1)
    assert body.at == 1


class Refused(Exception):
    """The library's error."""

    def __init__(self, message: str, **named: Any) -> None:
        super().__init__(message)


class Redirect:
    """A response that requires the body again."""

    status_code, request = 307, None


def pieces() -> Iterator[bytes]:
    yield b"a"


@pytest.mark.parametrize("body", [None, "text", b"octets", bytearray(b"octets"), [b"a", b"b"]])
def test_a_body_that_can_be_sent_again_is_not_refused(body: Any) -> None:
    refuse_consumed_body(body, None, Refused, Redirect())
    refuse_consumed_body(opened(), 3, Refused, Redirect())


@pytest.mark.parametrize("make", [pieces, Pipe])
def test_a_body_that_can_be_read_only_once_is_refused_by_a_redirect_that_needs_it(make: Callable[[], Any]) -> None:
    body = make()
    assert not can_be_read_again(body)
    with pytest.raises(Refused, match=f"status 307 requires the body again, but this body .{type(body).__name__}"):
        refuse_consumed_body(body, None, Refused, Redirect())
