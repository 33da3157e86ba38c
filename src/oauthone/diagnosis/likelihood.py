"""How often clients make a mistake.

The search tries likely combinations first, as there are thousands of them and its work is limited.
"""

#: By rank, the mistakes that are not usual: what beginners do; what is seldom or takes an unusual request; accidents.
_RANKS: dict[int, tuple[str, ...]] = {
    0: (
        *("query-left-out", "form-left-out", "space-as-plus", "unsorted", "encoded-once", "token-secret-left-out"),
        *("secrets-not-encoded", "key-without-ampersand", "secrets-swapped"),
    ),
    2: (
        *(
            "query-twice",
            "same-names-collapsed",
            "plus-signed-as-plus",
            "empty-values-left-out",
            "fragment-signed",
            "arrays-renamed",
        ),
        *("path-decoded", "path-encoded-twice", "trailing-slash-left-out", "slash-left-unencoded", "tilde-encoded"),
        *("host-not-in-lower-case", "values-not-encoded", "sorted-by-name-only", "sorted-before-encoding"),
        *("sorted-ignoring-case", "sorted-joined", "uri-not-encoded", "parameters-not-encoded", "line-end-signed"),
        *("unsent-parameter-signed", "secrets-encoded-twice", "parameter-unsigned", "another-charset"),
        *("another-http-method", "sorted-naturally", "sorted-by-value", "ampersands-of-html", "base-string-encoded"),
        "encoded-three-times",
    ),
    4: (
        *("form-twice", "signature-signed", "decoded-twice", "line-ends-changed", "white-space-stripped"),
        *("host-header-ignored", "path-normalized", "path-alone-signed"),
        *("separators-left-unencoded", "names-not-encoded", "sorted-apart", "ampersand-too-many"),
        *("ampersand-left-out", "uri-escapes-in-lower-case", "key-and-text-swapped", "client-secret-as-token-secret"),
        *("hash-instead-of-hmac", "javascript-escape"),
        *("identifier-as-secret", "nothing-as-token-secret", "rsa-key-as-secret", "secrets-badly-encoded"),
        *("key-encoded-whole", "secrets-decoded-to-octets", "another-timestamp-signed", "header-marks-signed"),
        *(
            f"{secret}-secret-{fault}"
            for secret in ("client", "token")
            for fault in ("with-byte-order-mark", "in-another-case", "decoded", "cut", "without-white-space")
        ),
    ),
}
_USUAL = 1
_RANK_OF = {word: rank for rank, words in _RANKS.items() for word in words}

#: What the rank of two mistakes exceeds the sum of theirs by if they are made in the same step of signing.
SAME_STEP = 1

#: The rank of the rarest mistakes.
RAREST = max(_RANKS)


def rarest(number: int) -> int:
    """Return the rank of the rarest combination of so many mistakes, at most two."""
    return RAREST * number + (SAME_STEP if number > 1 else 0)


def rank_of(mistake: str) -> int:
    """Return the rank of a mistake: 0 if it is made often, `RAREST` if it is made rarely."""
    return _RANK_OF.get(mistake.partition(":")[0], _USUAL)
