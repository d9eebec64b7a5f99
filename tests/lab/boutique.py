"""The shop: HTTP on 8080; a pooled connection to its database, short ones to its cache, to names and to a helper."""

import contextlib
import itertools
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DATABASE, CACHE, NAMES, HELPER = ("10.77.0.13", 5432), ("10.77.0.15", 6379), ("10.77.0.16", 53), ("127.0.0.1", 9000)
LIVES = 0.01, 0.01, 0.01, 1.6
"""Seconds that connections live: most are too short for any look at the sockets."""

QUESTION = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03db1\x03lab\x00\x00\x01\x00\x01"


def pooled():
    startup = b"\x00\x03\x00\x00user\x00postgres\x00database\x00postgres\x00\x00"
    while True:
        with contextlib.suppress(OSError), socket.create_connection(DATABASE, 5) as line:
            line.sendall(struct.pack("!I", len(startup) + 4) + startup)
            while line.recv(4096):
                time.sleep(0.2)
                query = b"select 1\x00"
                line.sendall(b"Q" + struct.pack("!I", len(query) + 4) + query)
        time.sleep(0.5)


def short(place, said, kind, seconds):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as line:
        line.settimeout(1)
        line.connect(place)
        line.sendall(said)
        line.recv(100)
        time.sleep(seconds)


def busy(place, said, kind=socket.SOCK_STREAM):
    for seconds in itertools.cycle(LIVES):
        short(place, said, kind, seconds)
        time.sleep(0.05)


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(next(PAUSES))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


WORK = (
    (pooled,),
    (busy, CACHE, b"PING\r\n"),
    (busy, HELPER, b"GET / HTTP/1.0\r\n\r\n"),
    (busy, NAMES, QUESTION, socket.SOCK_DGRAM),
)
PAUSES = itertools.cycle(LIVES)
for work, *given in WORK:
    threading.Thread(target=work, args=given, daemon=True).start()
ThreadingHTTPServer(("0.0.0.0", 8080), Shop).serve_forever()
