"""The libraries, a module each: their distribution, what they do here, what their provider answers, and their walk.

Each module has:

- ``DISTRIBUTION``: the name in the package index.
- ``CALLS``: what its walk does, for the page of the documentation.
- ``ROUTES``: what its provider answers.
- ``READS``: how its provider reads a request before it verifies it, if that is not how a strict one does.
- ``FRESH``: a regular expression for text that is new in each run.
- ``walk(provider)``: yields the name and the value of each thing that the library returned.

A walk imports its library when it runs: the process decides before that what ``requests_oauthlib`` is.
"""

from __future__ import annotations

import base64
from importlib import import_module
from typing import Any

#: The libraries of the table.
NAMES = (
    *("tweepy", "twython", "birdy", "pytumblr", "flickrapi", "mwclient", "mwoauth", "social_auth", "flask_dance"),
    *("pyxero", "jira", "fatsecret", "garth", "schoolopy", "mkmsdk", "lti", "httpie_oauth1", "tellduslive"),
)

#: Libraries that run on request, if they are installed.
FURTHER = (
    *("python_twitter", "twitterapi", "pytumblr2", "tumblpy", "twarc", "twitter_ads", "pywikibot", "django_all_access"),
    *("atlassian", "trello", "pyetrade", "bricklink_py", "bricklink_api"),
)

#: Where browsers are sent back to.
CALLBACK = "https://app.example/callback?page=1&name=%C3%A9%20x%2By"

#: The same for libraries that pass it beside the other protocol parameters. oauthlib decodes it once too often there.
PLAIN_CALLBACK = "https://app.example/callback?page=1"

#: A file to upload: a picture of one pixel, then every octet.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
) + bytes(range(256))

#: Text that each encoding treats differently.
TEXT = "é & x=y +1 ~!*'()"


def load(name: str) -> Any:
    """Return the module of a library: one of this package, or one with a dotted name."""
    return import_module(name if "." in name else f"{__name__}.{name}")
