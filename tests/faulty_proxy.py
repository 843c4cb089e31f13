"""A TCP proxy in front of a server that loses some of its connections, as the world does."""

import random
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

#: Where a connection is lost: before anything of the request reaches the server, when a part of it
#: has, or when the server has answered and the client has a part of the answer at the most.
UNSENT, HALF_SENT, HALF_ANSWERED = "unsent", "half sent", "half answered"


@dataclass
class Proxy:
    """Where the proxy listens, how much it loses, and what has become of its connections."""

    target: tuple[str, int]
    share: float
    chance: random.Random
    url: str = ""
    fates: Counter[str] = field(default_factory=Counter)
    #: What the server answered to requests of which it got a part.
    answers_to_parts: list[bytes] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fate(self) -> str:
        """Return where the next connection is lost, nothing if it is not."""
        with self.lock:
            lost = self.chance.random() < self.share
            # As often before the server has the request as after it has answered.
            places = (UNSENT, HALF_SENT, HALF_ANSWERED, HALF_ANSWERED)
            fate = self.chance.choice(places) if lost else ""
            self.fates[fate] += 1
        return fate

    def part(self, whole: bytes, least: int) -> bytes:
        """Return a part of some bytes, never all of them."""
        with self.lock:
            return whole[: self.chance.randrange(least, len(whole))]


class _Connection(socketserver.BaseRequestHandler):
    """One connection with one request; both sides close it afterwards."""

    server: Any

    def handle(self) -> None:
        proxy: Proxy = self.server.proxy
        request = _request(self.request)
        fate = proxy.fate()
        if fate == UNSENT:
            return
        with socket.create_connection(proxy.target) as server:
            if fate == HALF_SENT:
                server.sendall(proxy.part(request, 1))
                server.shutdown(socket.SHUT_WR)
                proxy.answers_to_parts.append(_all(server))
                return
            server.sendall(request)
            answer = _all(server)
        if fate == HALF_ANSWERED:
            answer = proxy.part(answer, 0)
        self.request.sendall(answer)


def _request(client: socket.socket) -> bytes:
    """Read a request, whose body has the length that its head says."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += _some(client)
    head, _, body = read.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert fields[b"connection"] == b"close", "the end of an answer is that of its connection"
    missing = int(fields.get(b"content-length", 0)) - len(body)
    while missing > 0:
        read += (more := _some(client))
        missing -= len(more)
    return read


def _some(peer: socket.socket) -> bytes:
    received = peer.recv(65_536)
    assert received, "the client went away"
    return received


def _all(server: socket.socket) -> bytes:
    """Read until the server has said everything; nothing if it hangs up instead."""
    read = b""
    try:
        while received := server.recv(65_536):
            read += received
    except ConnectionResetError:
        pass
    return read


class _Listener(socketserver.ThreadingTCPServer):
    request_queue_size = 64
    daemon_threads = True


@contextmanager
def losing_connections(server_url: str, *, share: float, seed: int) -> Iterator[Proxy]:
    """Run a proxy that loses this share of its connections."""
    address = urlsplit(server_url)
    assert address.hostname is not None
    assert address.port is not None
    proxy = Proxy((address.hostname, address.port), share, random.Random(seed))
    with _Listener(("127.0.0.1", 0), _Connection) as listener:
        listener.proxy = proxy  # type: ignore[attr-defined]  # for its connections
        proxy.url = f"http://127.0.0.1:{listener.server_address[1]}"
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown()
            thread.join()
