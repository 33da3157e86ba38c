"""The tests of requests-oauthlib for OAuth 1.0."""

from . import Suite

SUITE = Suite(
    distribution="requests-oauthlib",
    tests="tests",
    files=("test_core.py", "test_oauth1_session.py"),
    program=("-m", "oauthone.compat"),
)
