"""A page for people in plain HTML, without a script."""

import base64
import hashlib
from html import escape

from oauthone.errors import missing_library

try:
    from starlette.responses import HTMLResponse
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #4a5565; --paper: #fff; --ground: #eef1f5; --line: #d5dbe3;
  --accent: #0b5cad; --accent-ink: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --quiet: #b3bdca; --paper: #1b222c; --ground: #11161d;
  --line: #37424f; --accent: #7cb8f5; --accent-ink: #0b1420; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 27rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
  padding: 2rem; }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.3; }
p, dl { margin: 0 0 1rem; } .quiet { color: var(--quiet); font-size: .9375rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1rem; padding: 1rem 0;
  border-block: 1px solid var(--line); }
dt { color: var(--quiet); } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
button { flex: 1 1 9rem; min-height: 2.75rem; padding: .5rem 1rem; border: 1px solid var(--accent);
  border-radius: .5rem; font: inherit; font-weight: 600; cursor: pointer; background: transparent;
  color: var(--accent); }
button.yes { background: var(--accent); color: var(--accent-ink); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
output { display: block; margin: 0 0 1rem; padding: 1rem; border: 1px dashed var(--line); border-radius: .5rem;
  text-align: center; font: 600 1.75rem/1.2 ui-monospace, monospace; letter-spacing: .125em; overflow-wrap: anywhere; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
a { color: var(--accent); }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")

HEADERS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
)


def plain_page(title: str, content: str, status: int = 200, *, form_target: str | None = None) -> HTMLResponse:
    """Return a page that cannot be framed and loads nothing.

    Args:
        title: the title and the heading, as text.
        content: the rest, as HTML.
        status: the status code.
        form_target: where its form may lead besides here: an origin, or a scheme with its colon.
    """
    targets = "'self'" + (f" {form_target}" if form_target else "")
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {targets}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return HTMLResponse(html, status, {**dict(HEADERS), "Content-Security-Policy": policy})
