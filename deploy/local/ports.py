"""Free ports on loopback, outside the range from which the system takes ports for connections.

A port from the system's own range (32768 and up on Linux) may be taken by any outgoing connection
while its server is being started again; one from below that range is not.
"""

import secrets
import socket

LOOPBACK = "127.0.0.1"
FIRST_PORT = 20_000
LAST_PORT = 29_999
ATTEMPTS_MAX = 200

_given_out: set[int] = set()


def free_port(preferred: int | None = None) -> int:
    """Return a port nobody listens on; the preferred one when it is free.

    The same process is never given another port twice, so that parts started at once do not
    collide; the preferred one is its part's own from the last run.
    """
    if preferred is not None and is_free(preferred):
        _given_out.add(preferred)
        return preferred
    for _ in range(ATTEMPTS_MAX):
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT + 1)
        if port not in _given_out and is_free(port):
            _given_out.add(port)
            return port
    message = f"no free port on {LOOPBACK} between {FIRST_PORT} and {LAST_PORT}"
    raise OSError(message)


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A server sets this too: a closed connection that still lingers does not block it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
