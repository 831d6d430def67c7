"""A client made of raw bytes, for what no driver would send."""

import socket
import struct

from harness import seconds


class Wire:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), seconds(10))
        self.socket.settimeout(seconds(10))
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def startup(self, version=0x00030000, **parameters):
        body = struct.pack("!I", version)
        for name, value in parameters.items():
            body += name.encode() + b"\0" + value.encode() + b"\0"
        self.send(struct.pack("!I", len(body) + 5) + body + b"\0")

    def message(self, kind, body=b""):
        self.send(kind + struct.pack("!I", len(body) + 4) + body)

    def read_exactly(self, count):
        while len(self.received) < count:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.received += data
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def read_message(self):
        head = self.read_exactly(5)
        return head[:1], self.read_exactly(struct.unpack("!I", head[1:])[0] - 4)

    def until_ready(self):
        """All messages up to and with ReadyForQuery."""
        messages = []
        while not messages or messages[-1][0] != b"Z":
            messages.append(self.read_message())
        return messages

    def until_closed(self):
        """All messages the server still sends before it closes; fails if it stays open."""
        messages = []
        try:
            while True:
                messages.append(self.read_message())
        except (EOFError, ConnectionError):
            return messages

    def until_end(self):
        """All bytes until the server closes."""
        data = b""
        while True:
            more = self.socket.recv(65536)
            if not more:
                return data
            data += more

    def login(self, database="app"):
        self.startup(user="postgres", database=database)
        return self.until_ready()

    def query(self, sql):
        self.message(b"Q", sql.encode() + b"\0")
        return self.until_ready()


def error_fields(messages):
    """Fields of the first ErrorResponse, by their letter; empty if there is none."""
    for kind, body in messages:
        if kind == b"E":
            return {field[:1].decode(): field[1:].decode() for field in body.split(b"\0") if field}
    return {}
