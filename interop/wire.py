"""Leads every connection of urllib3 in this process to servers on this machine, whatever host the URL names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from socket import socket
from typing import Any

from urllib3.util import connection


@contextmanager
def led_to(ports: Mapping[int, int]) -> Iterator[None]:
    """Connect to loopback instead of to any other host; libraries know only the URLs of their providers.

    Args:
        ports: the port on this machine for each port of a URL. A connection to another port fails.
    """
    create = connection.create_connection

    def create_connection(address: tuple[str, int], *arguments: Any, **options: Any) -> socket:
        if address[1] not in ports:
            raise OSError(f"no server stands for {address[0]}:{address[1]}")
        return create(("127.0.0.1", ports[address[1]]), *arguments, **options)

    connection.create_connection = create_connection
    try:
        yield
    finally:
        connection.create_connection = create
