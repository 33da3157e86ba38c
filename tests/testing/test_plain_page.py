"""A page in plain HTML: its text is escaped, and it loads nothing."""

import base64
import hashlib
import re

from oauthone.testing.plain_page import plain_page


def test_the_title_is_text_and_the_policy_names_its_style() -> None:
    page = plain_page("<b>&", "<p>in</p>", 403, form_target="https://app.example")
    html = bytes(page.body).decode()
    assert page.status_code == 403
    assert html.count("&lt;b&gt;&amp;") == 2
    assert "<b>" not in html
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self' https://app.example;" in policy
    assert "form-action 'self';" in plain_page("a", "b").headers["content-security-policy"]


def test_it_is_neither_framed_nor_stored() -> None:
    headers = plain_page("a", "b").headers
    assert (headers["x-frame-options"], headers["cache-control"]) == ("DENY", "no-store")
