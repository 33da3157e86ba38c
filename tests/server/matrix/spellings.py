"""Requests in many spellings: attacks, and valid requests that resemble them."""

from typing import NamedTuple

from .signing import Meant, authorization, escape, protocol_parameters
from .views import FORM
from .wire import request

PHOTOS = Meant(query="a=1")
HOST = PHOTOS.host


class Spelling(NamedTuple):
    """A request on the wire, and the request that its sender signed.

    Attributes:
        name: the name in a failure.
        meant: the signed request.
        method, target: of the request line; None if they are as signed.
        hosts: the values of the Host header; None for one, as signed.
        headers: more headers.
        body: the body's octets, with their Content-Length unless the headers frame it.
        version: the version of HTTP.
        must: ``"be refused"``; ``"pass"``; ``"agree"``: rejected, or seen by the application as signed; and two more
            that `test_legitimate.py` explains.
        place: the placement of the protocol parameters: ``"header"``, ``"query"``, ``"body"``, or none.
    """

    name: str
    meant: Meant = PHOTOS
    method: str | None = None
    target: str | None = None
    hosts: tuple[str, ...] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    version: str = "HTTP/1.1"
    must: str = "be refused"
    place: str = "header"

    @property
    def sent_method(self) -> str:
        """The method of the request line."""
        return self.method or self.meant.method

    def sent(self, application: str) -> tuple[bytes, Meant]:
        """The request on the wire, which the application has to see."""
        meant, body = self.meant, self.body
        hosts = (meant.host,) if self.hosts is None else self.hosts
        headers = [*(("Host", host) for host in hosts), ("X-Application", application), *self.headers]
        if self.place == "header":
            headers.append(("Authorization", authorization(meant)))
        elif self.place == "query":
            meant = meant._replace(query=with_protocol(meant, meant.query))
        elif self.place == "body":
            meant = meant._replace(form=with_protocol(meant, meant.form or ""))
            body = (meant.form or "").encode("ascii")
        names = {name.lower() for name, _ in headers}
        if (body or meant.method in ("POST", "PUT", "PATCH")) and not names & {"content-length", "transfer-encoding"}:
            headers.append(("Content-Length", str(len(body))))
        target = meant.target if self.target is None else self.target
        return request(self.sent_method, target, headers, body, self.version), meant


def with_protocol(meant: Meant, pairs: str) -> str:
    """Return the query or form of ``meant`` with its protocol parameters."""
    added = "&".join(f"{escape(name)}={escape(value)}" for name, value in protocol_parameters(meant))
    return f"{pairs}&{added}" if pairs else added


def _hosts(*spelled: str, target: str | None = None, meant: Meant = PHOTOS) -> list[Spelling]:
    return [Spelling(f"Host: {host!r}", meant, target=target, hosts=(host,)) for host in spelled]


def _targets(*spelled: str, meant: Meant = PHOTOS, must: str = "be refused") -> list[Spelling]:
    return [Spelling(f"target {target!r}", meant, target=target, must=must) for target in spelled]


def _with(*headers: tuple[str, str], target: str | None = None, must: str = "agree") -> list[Spelling]:
    return [Spelling(f"{name}: {value}", target=target, headers=((name, value),), must=must) for name, value in headers]


ADMIN = "/admin/delete?all=1"

#: A Host that looks like the beginning of a URL, on a request for another resource.
HOSTS_THAT_GO_ON = _hosts(
    f"x/photos?a=1#@{HOST}",
    f"{HOST}/photos?a=1#",
    f"{HOST}/photos?a=1#@x",
    f"{HOST}/photos?a=1&b=",
    f"{HOST}/photos?a=1;",
    f"http://{HOST}/photos?a=1#",
    f"{HOST}\\photos?a=1#",
    f"x\\@{HOST}/photos?a=1#",
    f"u:p@{HOST}/photos?a=1#",
    f"{HOST}:80/photos?a=1#",
    f"{HOST}/photos?a=1%23",
    target=ADMIN,
)
#: Another Host, or none, that some parsers mistake for the signed one.
HOSTS_MISSPELT = _hosts(
    *(f"{HOST}{odd}" for odd in "/?#@\\;,%'\"<>[]{}|^`!$&()*+="),
    *(
        f"{HOST}{odd}x"
        for odd in ("/", "?", "#", "@", "\\", " ", "\t", ";", ",", "%20", "%00", ":", ", ", ":80:", ":80 ")
    ),
    *(
        f"x{odd}{HOST}"
        for odd in ("/", "?", "#", "@", "\\", " ", "\t", ";", ",", "%", ":", "#@", "?@", "/@", "\\@", ":p@")
    ),
    f"@{HOST}",
    f":@{HOST}",
    f"[{HOST}]",
    f"[::1]@{HOST}",
    f"[::1]{HOST}",
    "[::1",
    "::1",
    f"{HOST}.",
    f".{HOST}",
    f"{HOST}:+80",
    f"{HOST}:0x50",
    f"{HOST}:80x",
    f"{HOST}:-1",
    f"{HOST}:8\xb2",
    f"{HOST}%2e",
    "%61pi.example",
    "\xadapi.example",
    "\xc2\xadapi.example",
    "\xaaapi.example",
    "api\x01.example",
    "api.exampl\xe9",
    "api.exampl\xc3\xa9",
    "\xef\xbd\x81pi.example",
    "api\xe3\x80\x82example",
    "api .example",
    "",
    "x",
)
HOSTS_NOT_ONE = [
    Spelling("no Host", hosts=()),
    Spelling("no Host, HTTP/1.0", hosts=(), version="HTTP/1.0"),
    Spelling("two equal Hosts", hosts=(HOST, HOST)),
    Spelling("another Host first", hosts=("x", HOST)),
    Spelling("another Host last", hosts=(HOST, "x")),
    Spelling("an empty Host first", hosts=("", HOST)),
    Spelling("an empty Host last", hosts=(HOST, "")),
    Spelling("a Host in two spellings", hosts=(HOST, HOST.upper())),
]
FRAGMENTS = _targets(
    "/photos?a=1#&admin=1",
    "/photos?a=1#",
    "/photos?a=1##",
    "/photos?a=1#?admin=1",
    "/photos#?a=1",
    "/photos?#a=1",
    "/admin#/photos?a=1",
    "/photos?a=1#/../admin",
    "#/photos?a=1",
) + _targets("/photos#", "/photos#/admin", "/#/photos", "/photos#?admin=1", meant=Meant())
NO_SLASH = [
    *_targets("photos?a=1", "admin/photos?a=1", "x/photos?a=1", f"{HOST}/photos?a=1", ":80/photos?a=1", "@/photos?a=1"),
    *_targets("%2Fphotos?a=1", "%2fphotos?a=1", "\\photos?a=1", ".//photos?a=1", "./photos?a=1", "../photos?a=1"),
    *_targets("?a=1", "*?a=1", "x?a=1", "*/?a=1", "%2F?a=1", meant=Meant(path="/", query="a=1")),
    *_targets("*", "x", "photos", "%2Fphotos", "%2F", ".", meant=Meant(path="/")),
    *_targets("%2Fphotos", "*photos", "*/photos", meant=Meant()),
]
ABSOLUTE = [
    *_targets(
        f"http://{HOST}/photos?a=1#&admin=1",
        f"http://u@{HOST}/photos?a=1",
        f"http://u:p@{HOST}/photos?a=1",
        f"http://@{HOST}/photos?a=1",
        f"http://{HOST}\\/photos?a=1",
        f"http://{HOST}#/photos?a=1",
        f"http://{HOST}?x=/photos?a=1",
        "http://x?admin=1&b=/photos?a=1",
        "http://x#/photos?a=1",
        "http://x?/photos?a=1",
        "http:///photos?a=1",
        "http:/photos?a=1",
        "http:photos?a=1",
        "http://",
        f"//{HOST}/photos?a=1",
    ),
    *_targets(
        "http://x/photos?a=1",
        f"https://{HOST}/photos?a=1",
        f"ftp://{HOST}/photos?a=1",
        f"http://{HOST}:8080/photos?a=1",
        f"http://{HOST}.x/photos?a=1",
        must="agree",
    ),
    Spelling(
        "absolute, signed for its own host",
        Meant(host="x", query="a=1"),
        target="http://x/photos?a=1",
        hosts=(HOST,),
        must="agree",
    ),
]
TRAVERSAL = [
    *_targets(
        "//x/photos?a=1",
        "///photos?a=1",
        "/%2Fphotos?a=1",
        "/x/../photos?a=1",
        "/x/%2e%2e/photos?a=1",
        "/%2e%2e/photos?a=1",
        "/../photos?a=1",
        "/./photos?a=1",
        "/%2e/photos?a=1",
        "/photos/.?a=1",
        "/photos/..?a=1",
        "/photos/?a=1",
        "/photos//?a=1",
        "/photos;x?a=1",
        "/photos%3Fa=1",
        "/photos%00?a=1",
        "/\\photos?a=1",
        "/photos\\?a=1",
        "//photos?a=1",
        must="agree",
    ),
    *(
        Spelling(f"signed as {path!r}", Meant(path=path), must="agree")
        for path in (
            "//x/photos",
            "//photos",
            "///",
            "/%2Fphotos",
            "/%2F",
            "/./photos",
            "/../photos",
            "/x/../photos",
            "/%2e%2e/photos",
            "/x/%2e%2e/photos",
            "/photos/.",
            "/photos/..",
            "/a%5Cb",
            "/a%00b",
            "/a%0Ab",
            "/a%252Fb",
        )
    ),
]
METHODS = [
    *(Spelling(f"method {method}", method=method) for method in ("get", "Get", "gET", "geT")),
    *(
        Spelling(f"method {method}", Meant(method=method.upper(), query="a=1"), method=method)
        for method in ("post", "Delete", "pUT", "options")
    ),
    Spelling("a method signed for another", method="DELETE"),
    Spelling("OPTIONS for GET", method="OPTIONS"),
    Spelling("HEAD for GET", method="HEAD"),
    Spelling("HEAD of a lie", Meant(method="HEAD", path="/x"), target="/photos"),
    Spelling("HEAD of nobody", Meant(method="HEAD"), place="nowhere"),
]
HEADERS = [
    *_with(
        ("Script-Name", "/photos"),
        ("SCRIPT_NAME", "/photos"),
        ("X-Script-Name", "/admin"),
        ("X-Forwarded-Host", "x"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/admin"),
        ("X-Forwarded-Port", "443"),
        ("X-Forwarded-For", "1.2.3.4"),
        ("X-Forwarded-Ssl", "on"),
        ("X-Forwarded-Protocol", "ssl"),
        ("Forwarded", "host=x;proto=https"),
        ("Path-Info", "/admin"),
        ("PATH_INFO", "/admin"),
        ("Query-String", "admin=1"),
        ("QUERY_STRING", "admin=1"),
        ("X-Original-URL", "/admin"),
        ("X-Rewrite-URL", "/admin"),
        ("Raw-Uri", "/photos?a=1"),
        ("REQUEST_URI", "/photos?a=1"),
        ("Request-Method", "DELETE"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("oauthone.verified", "1"),
    ),
    *(
        Spelling(f"{name}: {value} for {target}", target=target, headers=((name, value),))
        for name, value, target in (
            ("SCRIPT_NAME", "/admin", "/admin/photos?a=1"),
            ("PATH_INFO", "/photos", "/admin?a=1"),
            ("Raw-Uri", "/photos?a=1", ADMIN),
            ("RAW_URI", "/photos?a=1", ADMIN),
            ("REQUEST_URI", "/photos?a=1", ADMIN),
            ("X-Forwarded-Prefix", "/admin", "/admin/photos?a=1"),
            ("X-Original-URL", "/photos?a=1", ADMIN),
        )
    ),
    *(
        Spelling(f"SCRIPT_NAME: {value}", Meant(path="/admin/photos"), headers=(("SCRIPT_NAME", value),), must="agree")
        for value in ("/admin", "/admin/", "/admin/photos", "/adm")
    ),
    *(
        Spelling(f"a mount said by {names}", Meant(path="/admin/photos"), headers=headers, must="agree")
        for names, headers in (
            ("two SCRIPT_NAMEs", (("SCRIPT_NAME", "/admin"), ("SCRIPT_NAME", "/admin"))),
            ("Script-Name and SCRIPT_NAME", (("Script-Name", "x"), ("SCRIPT_NAME", "/admin"))),
            ("Daphne-Root-Path", (("Daphne-Root-Path", "/admin"),)),
            ("Daphne-Root-Path with a slash", (("Daphne-Root-Path", "/admin/"),)),
        )
    ),
]
_POST = Meant("POST", query="a=1")
_LABELS = (
    f"{FORM}=;",
    f"{FORM} ;",
    f"{FORM};;",
    f"{FORM};=",
    f"{FORM}; charset",
    f"{FORM};charset=utf-16",
    f'{FORM};charset="',
    f"{FORM},",
    f"{FORM}, text/plain",
    f"text/plain, {FORM}",
    f"text/plain; {FORM}",
    f";{FORM}",
    f"{FORM}x",
    f"{FORM}%20",
    f"{FORM}\t",
    f"{FORM}\x0b",
    f"{FORM}\x85",
    f"{FORM}\xa0",
    f"\xa0{FORM}",
    f'"{FORM}"',
    "application / x-www-form-urlencoded",
    "application/x-www-form-urlencoded/",
    "application//x-www-form-urlencoded",
    "application/x-www-form\xadurlencoded",
    "application/x-url-encoded",
    "application/json",
    "text/plain",
    "*/*",
    "x",
)
FORMS = [
    *(
        Spelling(f"a form as {label!r}", _POST, headers=(("Content-Type", label),), body=b"admin=1", must="agree")
        for label in _LABELS
    ),
    *(
        Spelling(
            f"a form labelled {first!r}, then {then!r}",
            _POST,
            body=b"admin=1",
            must="agree",
            headers=(("Content-Type", first), ("Content-Type", then)),
        )
        for first, then in ((FORM, "text/plain"), ("text/plain", FORM), ("", FORM), (FORM, ""), (FORM, FORM))
    ),
    Spelling("a form signed without its fields", _POST, headers=(("Content-Type", FORM),), body=b"admin=1"),
    Spelling("a form on GET", PHOTOS, headers=(("Content-Type", FORM),), body=b"admin=1", must="agree"),
    Spelling("CONTENT_TYPE: a form", _POST, headers=(("CONTENT_TYPE", FORM),), body=b"admin=1", must="agree"),
    *(
        Spelling(
            f"{label} written CONTENT_TYPE",
            _POST,
            body=b"admin=1",
            must="agree",
            headers=(("Content-Type", "text/plain"), ("CONTENT_TYPE", label)),
        )
        for label in (FORM,)
    ),
    Spelling(
        "fewer fields than sent", _POST._replace(form="b=2"), headers=(("Content-Type", FORM),), body=b"b=2&admin=1"
    ),
    Spelling("other separators", _POST._replace(form="b=2"), headers=(("Content-Type", FORM),), body=b"b=2;admin=1"),
]
NOBODY = [
    Spelling(f"nobody, {name}", PHOTOS, target=target, hosts=hosts, place="nowhere")
    for name, target, hosts in (
        ("plain", "/photos", None),
        ("beyond ASCII", "/photos/%C3%A9", None),
        ("beyond Latin-1", "/photos/%E2%82%AC", None),
        ("no UTF-8", "/photos/%E9%FF", None),
        ("raw octets", "/photos/\xe2\x82\xac?x=\xe9", None),
        ("raw Latin-1", "/photos/\xe9", None),
        ("a lone escape", "/photos/%?%=%4", None),
        ("a NUL", "/photos/%00", None),
        ("a surrogate", "/photos/%ED%A0%80", None),
        ("a Host of octets", "/photos", ("\xff\xfe",)),
        ("a Host of brackets", "/photos", ("[",)),
        ("a Host that is empty", "/photos", ("",)),
        ("oauth in the query", "/photos?oauth_consumer_key=matrix-client&oauth_signature=%FF&oauth_token=%00", None),
    )
]
ATTACKS = {
    "host-goes-on": HOSTS_THAT_GO_ON,
    "host-misspelt": HOSTS_MISSPELT,
    "host-not-one": HOSTS_NOT_ONE,
    "fragment": FRAGMENTS,
    "no-slash": NO_SLASH,
    "absolute-form": ABSOLUTE,
    "traversal": TRAVERSAL,
    "method": METHODS,
    "headers": HEADERS,
    "form": FORMS,
    "nobody": NOBODY,
}


def _legal(name: str, meant: Meant, **changes: object) -> Spelling:
    return Spelling(name, meant, must="pass")._replace(**changes)


def _form(name: str, form: str, content_type: str = FORM, **changes: object) -> Spelling:
    headers = (("Content-Type", content_type),)
    return _legal(name, Meant("POST", form=form), headers=headers, body=form.encode("latin-1"))._replace(**changes)


def chunked(octets: bytes, size: int) -> bytes:
    """Return a body in chunks of this many octets."""
    parts = [octets[start : start + size] for start in range(0, len(octets), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


HOSTS = [
    Spelling("an empty port", hosts=("api.example:",), must="agree"),
    *(
        _legal(f"Host: {host}", Meant(host=host, query="a=1"))
        for host in ("api.example", "api.example:8080", "API.Example", "api.example:80", "[::1]:9000", "[2001:DB8::1]")
    ),
]
_PATHS = (
    "/",
    "/a//b",
    "/a/",
    "/a;b=c",
    "/a,b",
    "/~a",
    "/a!$&'()*+,;=:@b",
    "/a%20b",
    "/a%25b",
    "/a%23b",
    "/a%3Fb",
    "/a%C3%A9",
    "/a%E2%82%AC",
)
_QUERIES = (
    "a=b?c=d", "a=1?", "?", "a=/b/../c", "a=%2F", "a=%23b", "a=%26b", "a=%2B", "a+b=c+d", "a=%20", "a=", "a", "a=&b&=c",
    "a=1&a=2&a=1", "a=b;c=d", "a=%C3%A9", "a=%E9", "a=%E2%82%AC", "a=1&&b=2", "&a=1&", "a==", "a=b=c", "a[]=1&a[b]=2",
    "a=%25", "a=100%", "a=%zz", "a='", "realm=x", "a=http://x/y?z#".removesuffix("#"), "a=%c3%a9", "a=@:!$()*,'",
)  # fmt: skip
TARGETS = [
    *(_legal(f"path {path!r}", Meant(path=path)) for path in _PATHS),
    *(_legal(f"query {query!r}", Meant(query=query)) for query in _QUERIES),
    _legal("a trailing ?", Meant(), target="/photos?"),
]
#: Only a server that passes the target unchanged can tell how these were signed.
HIDDEN_BY_DECODING = [
    _legal(f"path {path!r}", Meant(path=path), must="pass where the target is shown")
    for path in ("/a%2Fb", "/a%2fb", "/a%c3%a9", "/%61", "/a%7Eb", "/a%2Bb%2F")
]
HIDDEN_BY_DECODING.append(_legal("no UTF-8", Meant(path="/a%E9"), must="pass where octets are kept"))
#: These pass if the application sees them as signed.
AS_SEEN = [
    Spelling(name, meant, target=target, hosts=hosts, must="pass where it is seen so")
    for name, meant, target, hosts in (
        ("absolute-form", PHOTOS, f"http://{HOST}/photos?a=1", None),
        (
            "absolute-form with a port",
            PHOTOS._replace(host="api.example:8080"),
            "http://api.example:8080/photos?a=1",
            None,
        ),
        ("absolute-form in upper case", PHOTOS, "HTTP://API.EXAMPLE/photos?a=1", None),
        ("absolute-form without a path", Meant(path="/", query="a=1"), f"http://{HOST}?a=1", None),
        (
            "absolute-form, an URL in the query",
            Meant(query="a=http://x/?b"),
            f"http://{HOST}/photos?a=http://x/?b",
            None,
        ),
        ("slashes first", Meant(path="//a"), None, None),
        ("dot segments", Meant(path="/a/./b/../c"), None, None),
    )
]
VERBS = [
    *(_legal(method, Meant(method, query="a=1")) for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST")),
    _legal("a query of what no URI has", Meant(query="a='\"<>`{}|^\\"), must="agree"),
    _legal("OPTIONS *", Meant("OPTIONS", path="*"), must="agree"),
    _legal("OPTIONS *, signed for a path", Meant("OPTIONS", path="/"), target="*", must="agree"),
    _legal("HTTP/1.0", PHOTOS, version="HTTP/1.0"),
    _legal("the target of a HEAD", Meant("HEAD", path="/a%20b", query="a=1?b")),
    _legal("signed in the query", PHOTOS, place="query"),
    _legal("signed in a query of its own", Meant(), place="query"),
]
BODIES = [
    _form("a form", "a=1&b=2"),
    _form("a form with odd characters", "a+b=c%20d&%C3%A9=%26&e=&f&=g&h=%2B"),
    _form("an empty form", ""),
    _form("a form in UTF-8 by its label", "a=%C3%A9", f"{FORM}; charset=utf-8"),
    _form("a form labelled UTF-8 in quotes", "a=%C3%A9", f'{FORM};charset="UTF-8"'),
    _form("a form in upper case", "a=1", "Application/X-WWW-Form-URLEncoded"),
    _form("a form with white space behind its label", "a=1", f"{FORM} "),
    _form("a form with white space around the semicolon", "a=1", f"{FORM} ; charset=UTF-8"),
    _form("a form of a patient client", "a=1")._replace(headers=(("Content-Type", FORM), ("Expect", "100-continue"))),
    _form("a form and a query", "a=1&b=2")._replace(meant=Meant("POST", query="a=0&c=3", form="a=1&b=2")),
    _form("a form in chunks", "a=1&b=2")._replace(
        headers=(("Content-Type", FORM), ("Transfer-Encoding", "chunked")),
        body=chunked(b"a=1&b=2", 3),
        must="pass where it is seen so",
    ),
    _form("a form that is put", "a=1")._replace(meant=Meant("PUT", form="a=1"), must="agree"),
    _form("a form signed in the body", "a=1", place="body"),
    _legal("JSON", Meant("POST"), headers=(("Content-Type", "application/json"),), body=b'{"a":1}'),
    _legal("JSON in UTF-8", Meant("PUT"), headers=(("Content-Type", "application/json; charset=utf-8"),), body=b"{}"),
    _legal("octets", Meant("POST"), headers=(("Content-Type", "application/octet-stream"),), body=b"\x00\xff"),
    _legal("a body without a label", Meant("POST"), body=b"a=1"),
]
LEGITIMATE = {
    "hosts": HOSTS,
    "targets": TARGETS,
    "targets-decoded": HIDDEN_BY_DECODING,
    "as-seen": AS_SEEN,
    "verbs": VERBS,
    "bodies": BODIES,
}
