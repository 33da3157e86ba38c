"""What percent-encoding escapes (RFC 5849 section 3.6), and the text in which nothing is left to encode or decode.

Octets are characters here, U+0000 to U+00FF, as in the wire strings of `encoding`.
"""

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

#: How each octet is written: itself if it is unreserved, otherwise as ``%XX``.
ESCAPES = tuple(chr(octet) if octet in UNRESERVED else f"%{octet:02X}" for octet in range(256))

#: The two digits of an octet that has to be escaped, in upper case: only these follow a percent sign in canonical text.
CANONICAL_DIGITS = "(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[BCDF])"
#: A pattern for text that stays the same when it is decoded and then encoded as section 3.6 requires.
CANONICAL_TEXT = f"[A-Za-z0-9._~-]*+(?:%{CANONICAL_DIGITS}[A-Za-z0-9._~-]*+)*+"
#: The same for what follows in a query or form when a part of a value has been read.
CANONICAL_REST = f"{CANONICAL_TEXT}(?:&{CANONICAL_TEXT}={CANONICAL_TEXT})*+"
#: The same for the pairs of a query or form.
CANONICAL_FORM = f"{CANONICAL_TEXT}={CANONICAL_REST}"
