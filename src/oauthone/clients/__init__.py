"""Clients: one module per HTTP library, named after it.

Where to find:

- the redirect rule: `_redirect_rule`; how each library follows it: `_requests_sending` (sessions) and
  `_requests_redirects` (a bare auth), `_httpx_sending`, `_aiohttp_signing`
- retries: `_requests_retries`; `SigningTransport` for httpx: `_httpx_sending`
- the callback check, and the tokens of a flow: `_flow_state`, `_pending`
- the limits of a request for credentials: `_legs`
"""
