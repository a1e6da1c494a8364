"""websocket: just enough of RFC 6455 over a raw socket to be either end of it by hand."""
import base64
import hashlib
import os
import socket
import struct

TIMEOUT = 20
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Closed(Exception):
    """The other side closed, with this code and reason; 1006: without a close frame."""

    def __init__(self, code, reason=""):
        super().__init__("%d %s" % (code, reason))
        self.code, self.reason = code, reason


class Refused(Exception):
    def __init__(self, status):
        super().__init__(status)
        self.status = status


def accept_key(key):
    guid = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(key + guid).digest())


def read_head(stream):
    """The first line's words and the headers, their names in lower case."""
    lines = []
    while True:
        line = stream.readline(8192)
        if line in (b"\r\n", b""):
            break
        lines.append(line.decode("latin-1").strip())
    if not lines:
        raise Closed(1006)
    headers = dict(line.split(":", 1) for line in lines[1:])
    return lines[0].split(" ", 2), {name.lower(): value.strip() for name, value in headers.items()}


class WebSocket:
    def __init__(self, sock, masks):
        self.sock, self.masks = sock, masks
        self.stream = sock.makefile("rb")

    def send_frame(self, opcode, payload, masked=None):
        masked = self.masks if masked is None else masked
        length = len(payload)
        head = bytes([0x80 | opcode])
        bit = 0x80 if masked else 0
        if length < 126:
            head += bytes([bit | length])
        elif length < 1 << 16:
            head += struct.pack(">BH", bit | 126, length)
        else:
            head += struct.pack(">BQ", bit | 127, length)
        if masked:
            mask = os.urandom(4)
            head += mask
            payload = bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))
        self.sock.sendall(head + payload)

    def send(self, message):
        self.send_frame(BINARY, message)

    def close(self, code=1000, reason=""):
        """Starts the close handshake; waits for its end."""
        self.send_frame(CLOSE, struct.pack(">H", code) + reason.encode())
        try:
            while True:
                self.receive()
        except Closed as end:
            return end

    def drop(self):
        self.stream.close()
        self.sock.close()

    def exactly(self, count):
        try:
            data = self.stream.read(count)
        except ConnectionError:
            data = b""
        if len(data) < count:
            raise Closed(1006)
        return data

    def frame(self):
        first, second = self.exactly(2)
        length = second & 0x7F
        if length > 125:
            length = struct.unpack(">H" if length == 126 else ">Q", self.exactly(2 if length == 126 else 8))[0]
        assert bool(second & 0x80) != self.masks, "clients mask, servers do not"
        mask = self.exactly(4) if second & 0x80 else bytes(4)
        payload = self.exactly(length)
        return first, bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))

    def receive(self):
        """The next message, which has to be binary; pings are answered, a close ends in Closed."""
        whole = b""
        while True:
            first, payload = self.frame()
            assert first & 0x70 == 0, "a reserved bit"
            opcode = first & 0x0F
            if opcode == PING:
                self.send_frame(PONG, payload)
            elif opcode == CLOSE:
                try:
                    self.send_frame(CLOSE, payload)
                except OSError:
                    pass
                code = struct.unpack(">H", payload[:2])[0] if payload else 1005
                raise Closed(code, payload[2:].decode())
            elif opcode != PONG:
                assert opcode == (BINARY if not whole else 0), "not a binary message"
                whole += payload
                if first & 0x80:
                    return whole


def connect(port, protocols="meeple.1"):
    sock = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    key = base64.b64encode(os.urandom(16))
    offer = "Sec-WebSocket-Protocol: %s\r\n" % protocols if protocols else ""
    sock.sendall(("GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n%s\r\n"
                  % (port, key.decode(), offer)).encode())
    client = WebSocket(sock, masks=True)
    words, headers = read_head(client.stream)
    if words[1] != "101":
        client.drop()
        raise Refused(int(words[1]))
    assert headers["sec-websocket-accept"] == accept_key(key).decode()
    assert "sec-websocket-extensions" not in headers
    client.protocol = headers.get("sec-websocket-protocol")
    return client


def accept(listener, protocol="meeple.1"):
    sock, _ = listener.accept()
    sock.settimeout(TIMEOUT)
    server = WebSocket(sock, masks=False)
    words, headers = read_head(server.stream)
    assert words[0] == "GET" and headers["sec-websocket-version"] == "13"
    assert "sec-websocket-extensions" not in headers
    server.offered = [name.strip() for name in headers.get("sec-websocket-protocol", "").split(",")]
    sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 b"Sec-WebSocket-Accept: " + accept_key(headers["sec-websocket-key"].encode()) +
                 b"\r\nSec-WebSocket-Protocol: " + protocol.encode() + b"\r\n\r\n")
    return server


def listen():
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(TIMEOUT)
    return listener, listener.getsockname()[1]
