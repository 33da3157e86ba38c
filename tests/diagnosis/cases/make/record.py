"""Runs the programs in this folder, sends their requests to the foreign servers, and writes what they answered.

`record.py NAME...` writes `../NAME.json` anew. It needs php with PECL's oauth, node with oauth-sign and oauth-1.0a,
ruby with the oauth gem, perl with Net::OAuth, go, java, openssl, and a Python with oauthlib and Authlib (`PEERS`).
"""

import base64
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PEERS = os.environ.get("PEERS", "python3")
CLIENTS = {
    "javascript": ["node", "clients.js"],
    "go": ["go", "run", "clients.go"],
    "java": ["java", "Clients.java"],
    "php": ["php", "clients.php"],
    "ruby": ["ruby", "clients.rb"],
    "perl": ["perl", "clients.pl"],
    "bash": ["bash", "clients.sh"],
}
SERVERS = {
    "oauthlib": [PEERS, "servers.py", "oauthlib", "{}"],
    "authlib": [PEERS, "servers.py", "authlib", "{}"],
    "php": ["php", "-S", "127.0.0.1:{}", "server.php"],
    "node": ["node", "server.js", "{}"],
    "ruby": ["ruby", "server.rb", "{}"],
}
NAMES = {
    "php": "PECL OAuthProvider",
    "oauthlib": "oauthlib",
    "authlib": "Authlib",
    "node": "oauth-sign",
    "ruby": "oauth gem",
}
CREDENTIALS = {"client_id": "dpf43f3p2l4k3l03nnnn", "client_secret": "kd94hf93k+423/kf44A="}
TOKEN = {"token": "nnch734d00sl2jdkpppp", "token_secret": "pfkkdhi9sl3r/4s00+Q="}
#: A client with a secret of which each encoder makes another text.
PHRASE = {"client_id": "phrase3p2l4k3l03nnnn", "client_secret": "it's (my) ~secret!"}
CLIENT_IDS = ("renewed3p2l4k3l03nnn", "sandboxkey0000000000")
TOKENS = ("revokedtoken", "staletoken0000000000")


def exchanged(port, method, url, headers, body):
    """Send a request as it is, as a proxy for TLS does, and return status, headers and body of the answer."""
    scheme, _, rest = url.partition("://")
    host, _, target = rest.partition("/")
    lines = [f"{method} /{target} HTTP/1.1", f"Host: {host}", f"X-Forwarded-Proto: {scheme}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers] + [f"Content-Length: {len(body)}", "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)
        raw = b""
        while True:
            try:
                part = connection.recv(65536)
            except TimeoutError:
                break
            raw += part
            head, end, text = raw.partition(b"\r\n\r\n")
            if not part or (end and f"content-length: {len(text)}\r\n" in f"{head.decode('latin-1').lower()}\r\n"):
                break
    first, *others = head.decode("latin-1").split("\r\n")
    kept = [line.split(": ", 1) for line in others]
    dropped = ("connection", "keep-alive", "content-length", "server", "x-powered-by", "host", "transfer-encoding")
    if "transfer-encoding: chunked" in head.decode("latin-1").lower():
        text = text.partition(b"\r\n")[2].partition(b"\r\n0\r\n")[0]
    return [
        int(first.split()[1]),
        [pair for pair in kept if pair[0].lower() not in dropped],
        text.decode("utf-8", "replace"),
    ]


def wait_for(port):
    """Wait until a server listens."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"nothing listens on port {port}")


def case_of(language, line, ports):
    name, legs, expected, encoder, server, method, url, header, kind, body, comment = line.split("\t")
    headers = [["Authorization", header]] if header else []
    headers += [["Content-Type", kind]] if kind else []
    octets = base64.b64decode(body)
    credentials = {**CREDENTIALS, **(TOKEN if legs == "3" else {})}
    for field, others in (("client_id", CLIENT_IDS), ("token", TOKENS)):
        for one in others:
            if f'"{one}"' in header:
                credentials[field] = one
    credentials |= PHRASE if f'"{PHRASE["client_id"]}"' in header else {}
    now = int(time.time())
    answer = exchanged(ports[server], method, url, headers, octets)
    nameable, expected = expected == "unknown?", expected.rstrip("?")
    words = [] if expected in ("right", "unknown") else expected.split(",")
    return {
        "name": name,
        "language": language,
        "encoder": encoder,
        "server": NAMES[server],
        "comment": comment,
        "expected": {
            "verdict": "mistake" if words else expected,
            "mistakes": words,
            "nameable": nameable or bool(words),
        },
        "request": {"method": method, "url": url, "headers": headers, "body": octets.decode("latin-1")},
        "credentials": credentials,
        "answer": answer,
        "now": now,
    }


def main():
    ports, running = {}, []
    for number, (server, command) in enumerate(SERVERS.items()):
        ports[server] = 18471 + number
        words = [word.format(ports[server]) for word in command]
        running.append(subprocess.Popen(words, cwd=HERE, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
    try:
        for port in ports.values():
            wait_for(port)
        for language in sys.argv[1:] or CLIENTS:
            lines = subprocess.run(CLIENTS[language], cwd=HERE, capture_output=True, text=True, check=True).stdout
            cases = [case_of(language, line, ports) for line in lines.splitlines()]
            text = json.dumps(cases, indent=1, ensure_ascii=False)
            (HERE.parent / f"{language}.json").write_text(f"{text}\n", "utf-8")
            print(language, len(cases))
    finally:
        for process in running:
            process.kill()


if __name__ == "__main__":
    main()
