"""The protocol, without I/O: signing, the flow and verification as functions of their inputs.

Where to find:

- the ``Authorization`` header and its realm: `authorization_header` writes them, `received_header` reads them
- the parameters in a query or form: `parameters`
- the body hash: `body` computes it, `verification` checks it
- the order of all checks, with timestamp, nonce and signature: `verification`
- the Host check, and the limits on what arrives: `parsed_request`
- the callback that a client reads: `flow`
- masking: `masking` for base strings in logs, `body_masking` for bodies, `known_secrets` for responses in errors
"""
