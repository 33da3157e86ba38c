"""`python -m server.matrix.launch SERVER PORT FOLDER`: serve until standard input ends, then end with all children."""

import os
import runpy
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

WSGI = "server.matrix.served_wsgi:application"
ASGI = "server.matrix.served_asgi:application"

# Servers with a command line: the module, and its arguments.
COMMANDS = {
    "uvicorn-h11": ("uvicorn", "--http h11 --ws none --log-level warning --no-access-log --port {port} " + ASGI),
    "uvicorn-httptools": (
        "uvicorn",
        "--http httptools --ws none --log-level warning --no-access-log --port {port} " + ASGI,
    ),
    "hypercorn": ("hypercorn", "-w 0 --bind 127.0.0.1:{port} " + ASGI),
    "daphne": ("daphne", "-v 0 -b 127.0.0.1 -p {port} " + ASGI),
    "granian-asgi": (
        "granian",
        "--interface asgi --no-ws --log-level warning --host 127.0.0.1 --port {port} " + ASGI,
    ),
    "granian-wsgi": (
        "granian",
        "--interface wsgi --no-ws --log-level warning --host 127.0.0.1 --port {port} " + WSGI,
    ),
    "gunicorn-sync": ("gunicorn", "-k sync --log-level warning -b 127.0.0.1:{port} " + WSGI),
    "gunicorn-preload": ("gunicorn", "-k sync --preload --log-level warning -b 127.0.0.1:{port} " + WSGI),
    "gunicorn-gthread": ("gunicorn", "-k gthread --threads 4 --log-level warning -b 127.0.0.1:{port} " + WSGI),
    "gunicorn-gevent": ("gunicorn", "-k gevent --log-level warning -b 127.0.0.1:{port} " + WSGI),
    "gunicorn-asgi": ("gunicorn", "-k asgi --log-level warning -b 127.0.0.1:{port} " + ASGI),
    "waitress": ("waitress", "--listen=127.0.0.1:{port} " + WSGI),
}

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream behind {{ server 127.0.0.1:{behind}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://behind; proxy_http_version 1.1;
      proxy_set_header Host $http_host; proxy_set_header Connection "";
    }}
  }}
}}
"""


def main(server: str, port: int, folder: Path) -> None:
    """Serve until standard input ends."""
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    serve(server, port, folder)


def serve(server: str, port: int, folder: Path) -> None:
    """Serve."""
    if server.startswith("nginx"):
        _nginx(port, folder)
    elif server in COMMANDS:
        module, line = COMMANDS[server]
        sys.argv = [module, *line.format(port=port).split()]
        runpy.run_module(module, run_name="__main__")
    else:
        globals()[f"_{server}"](port)


def _end_with_standard_input() -> None:
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


def _nginx(port: int, folder: Path) -> None:
    """Run nginx; the file ``behind`` contains the port of the server behind it."""
    behind = (folder / "behind").read_text("ascii")
    (folder / "nginx.conf").write_text(NGINX.format(port=port, behind=behind, folder=folder), "ascii")
    subprocess.run(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"], check=True)


def _application() -> Any:
    from .served_wsgi import application

    return application


def _wsgiref(port: int) -> None:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIServer, make_server

    class Threading(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    make_server("127.0.0.1", port, _application(), server_class=Threading).serve_forever(poll_interval=0.05)


def _werkzeug(port: int) -> None:
    from werkzeug.serving import run_simple

    run_simple("127.0.0.1", port, _application(), threaded=True)


def _cheroot(port: int) -> None:
    from cheroot.wsgi import Server

    Server(("127.0.0.1", port), _application()).start()


def _pywsgi(port: int) -> None:
    from gevent.pywsgi import WSGIServer

    WSGIServer(("127.0.0.1", port), _application(), log=None).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
