"""The public test suites of other libraries: each module has a `SUITE`, and `runner` fetches and runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Suite(NamedTuple):
    """A test suite that a library publishes in its source distribution, and how it runs over this package.

    Attributes:
        distribution: the library's name in the package index. The version is the one that is installed.
        tests: the folder of the tests in the source distribution. It is all that is taken from there.
        files: the files in that folder with tests for OAuth 1.
        elsewhere: each test that is about something else, with the reason. It is not run.
        differs: each test that fails over this package on purpose, with the reason. The run fails if it passes.
        program: arguments of Python before ``-m pytest`` that put this package in the library's place.
        options: further options of pytest.
        path: folders of the checkout where Python looks first, for a package with the library's own name.
        in_debian: whether the tests come from Debian's source package ``python-…``, for a library whose source
            distribution has none. It has to be of the version that is installed.
    """

    distribution: str
    tests: str
    files: tuple[str, ...]
    elsewhere: Mapping[str, str] = {}
    differs: Mapping[str, str] = {}
    program: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    in_debian: bool = False
