"""`python -m server.matrix.nursery`: start a server for each line ``SERVER PORT FOLDER`` of standard input.

What the applications import is imported once, before each server is forked. With the input, all servers end.
"""

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from .launch import serve

#: What the served applications import, except what is missing here. None of it starts a thread.
FRAMEWORKS = (
    "oauthone.server.asgi",
    "oauthone.server.django",
    "oauthone.server.fastapi",
    "oauthone.server.flask",
    "oauthone.server.starlette",
    "oauthone.server.wsgi",
    "django.core.asgi",
    "django.core.wsgi",
    "fastapi",
)


def main() -> None:
    """Fork the servers, and print the number of each one's process."""
    for name in FRAMEWORKS:
        with suppress(ImportError):
            import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a server that ended
    started: list[int] = []
    try:
        for line in sys.stdin:
            server, port, folder = line.rstrip("\n").split(" ", 2)
            child = os.fork()
            if not child:
                started.clear()
                _become(server, int(port), Path(folder))
            with suppress(OSError):  # whichever of both comes first
                os.setpgid(child, child)
            started.append(child)
            print(child, flush=True)
    finally:
        for child in started:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)


def _become(server: str, port: int, folder: Path) -> None:
    """Serve in this process, which leads a group, as a process that was started by itself would."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)
    os.chdir(folder)
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, log, log)):
        os.dup2(descriptor, number)
    os.close(log)
    os.close(nothing)
    serve(server, port, folder)
    sys.exit()


if __name__ == "__main__":
    main()
