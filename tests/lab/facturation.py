"""Calls the cache once, for some milliseconds, and hangs up with a reset."""

import socket
import struct

line = socket.create_connection(("10.77.0.15", 6379), 5)
line.sendall(b"PING\r\n")
line.recv(100)
line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
line.close()
