"""Which provider each library is for: there it runs against the box that is like its provider, without a change.

A library that works there shows that the facts about the provider, and the box that follows from them, are right.
"""

from __future__ import annotations

import warnings
from typing import Any

from oauthone import providers

from .. import libraries

#: The provider of each library of `interop.libraries`.
OF_LIBRARIES: dict[str, tuple[str, dict[str, str]]] = {
    "birdy": ("x", {"variant": "twitter-host"}),
    "bricklink_py": ("bricklink", {}),
    "fatsecret": ("fatsecret", {}),
    "flickrapi": ("flickr", {}),
    "jira": ("jira", {"base_url": "https://jira.example"}),
    "mkmsdk": ("cardmarket", {"consumer_key": "box-hmac-sha1"}),
    "mwoauth": ("mediawiki", {"index_url": "https://wiki.example/w/index.php"}),
    "pytumblr": ("tumblr", {}),
    "schoolopy": ("schoology", {"domain": "www.schoology.com"}),
    "tellduslive": ("telldus", {}),
    "tweepy": ("x", {"variant": "twitter-host"}),
    "twython": ("x", {"variant": "twitter-host"}),
}

#: Libraries whose content type is none, which their provider overlooks: their own module says how it is read.
READ_BY_MODULE = ("twython",)

#: Refusals that a walk expects: a library tries what the provider does not take, and then something else.
EXPECTED = {"jira": "signature_method_rejected", "launchpad": "permission_unknown"}

#: The libraries of this package, whose walks are only for such a box.
OWN = (
    *("discogs", "etrade", "here", "instapaper_api", "launchpad", "netsuite", "plurk", "pychpp", "trello"),
    *("woocommerce_api", "wordpress_api"),
)

#: Libraries that run on request, if they are installed.
FURTHER = ("bricklink_py", "etrade", "pychpp", "trello", "wordpress_api")

#: The libraries of the table.
NAMES = tuple(name for name in (*OF_LIBRARIES, *OWN) if name not in FURTHER)


def load(name: str) -> tuple[Any, providers.Provider]:
    """Return the module of a library, and its provider."""
    module = libraries.load(f"{__name__}.{name}" if name in OWN else name)
    provider, options = (module.PROVIDER, module.OPTIONS) if name in OWN else OF_LIBRARIES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the end of some is announced
        return module, providers.get(provider, **options)
