"""test_autobahn_client: echo_client --autobahn against a fuzzing server in small, made of python3-websockets.

    python3 test_autobahn_client.py FOLDER-OF-THE-EXECUTABLES
"""
import asyncio
import logging
import os
import unittest
import urllib.parse

import websockets

import peers
from peers import MIB

for name in ("websockets", "asyncio"):
    logging.getLogger(name).setLevel(logging.CRITICAL)

TEXT = "Příliš žluťoučký kůň \U0001f3b2"


class FuzzingServer:
    """Speaks as the Autobahn suite's does: how many cases, a case, the report."""

    def __init__(self, *cases, count=None):
        self.cases, self.count = cases, count
        self.agents, self.paths, self.outcomes, self.extensions = set(), [], {}, []

    async def handle(self, ws, *_):
        url = urllib.parse.urlparse(ws.path)
        query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query).items()}
        self.paths.append(url.path)
        self.extensions.append([extension.name for extension in ws.extensions])
        if "agent" in query:
            self.agents.add(query["agent"])
        if url.path.endswith("/getCaseCount"):
            await ws.send(str(len(self.cases)) if self.count is None else self.count)
        elif url.path.endswith("/runCase"):
            number = int(query["case"])
            self.outcomes[number] = "failed"
            await self.cases[number - 1](ws)
            self.outcomes[number] = "worked"

    def serve(self, **options):
        return websockets.serve(self.handle, "127.0.0.1", 0, max_size=17 * MIB, max_queue=None, **options)


def echo(message, fragments=None):
    """A case: that comes back, as the same type."""
    async def case(ws):
        await ws.send(message if fragments is None else fragments(message))
        assert await ws.recv() == message
    return case


def pieces(message):
    async def one_by_one():
        for at in range(0, len(message), 7):
            yield message[at:at + 7]
    return one_by_one()


async def pings_between_fragments(ws):
    async def fragments():
        for at in range(0, len(TEXT), 4):
            yield TEXT[at:at + 4]
            await asyncio.wait_for(await ws.ping(b"x" * 125), peers.TIMEOUT)
    await ws.send(fragments())
    assert await ws.recv() == TEXT


async def many_in_a_row(ws):
    for number in range(500):
        await ws.send("%d" % number)
    for number in range(500):
        assert await ws.recv() == "%d" % number


async def reserved_bit(ws):
    """The client has to fail the connection."""
    ws.transport.write(b"\xc1\x02hi" if not ws.extensions else b"\xa1\x02hi")
    try:
        await asyncio.wait_for(ws.recv(), peers.TIMEOUT)
    except websockets.ConnectionClosed as closed:
        assert closed.rcvd.code == 1002, closed
        return
    raise AssertionError("it was taken")


async def not_utf8(ws):
    ws.transport.write(b"\x81\x04a\xed\xa0\x80")
    try:
        await asyncio.wait_for(ws.recv(), peers.TIMEOUT)
    except websockets.ConnectionClosed as closed:
        assert closed.rcvd.code == 1007, closed
        return
    raise AssertionError("it was taken")


async def breaks_off(ws):
    ws.transport.abort()


async def closes_with_a_reason(ws):
    await ws.close(3999, TEXT)


class AutobahnClient(peers.Peers, unittest.IsolatedAsyncioTestCase):
    async def run_client(self, server, *arguments, agent="meeple", path="", **options):
        """Its output, its errors, its exit status."""
        async with server.serve(**options) as listening:
            url = "ws://127.0.0.1:%d%s" % (listening.sockets[0].getsockname()[1], path)
            client = self.program("echo_client", "--autobahn", url, agent, *arguments)
            status = await asyncio.to_thread(client.status)
        return client.out, client.err, status

    async def test_runs_every_case_and_asks_for_the_report(self):
        server = FuzzingServer(echo(""), echo(b""), echo("Hello"), echo(TEXT), echo(bytes(range(256))),
                               echo("x" * 126), echo(bytes(65536)), echo(TEXT * 100, pieces),
                               echo(bytes(range(256)), pieces), pings_between_fragments, many_in_a_row,
                               reserved_bit, not_utf8, breaks_off, closes_with_a_reason)
        out, err, status = await self.run_client(server, agent="meeple 1.0/ž&case=7")
        self.assertEqual((err, status), ([], 0))
        self.assertEqual(server.outcomes, {number: "worked" for number in range(1, 16)})
        self.assertEqual(server.agents, {"meeple 1.0/ž&case=7"})
        self.assertEqual(server.paths, ["/getCaseCount", *["/runCase"] * 15, "/updateReports"])
        self.assertEqual(out[1:], ["." * 15 + " 15", "Done: 15 cases, 0 of them without a connection or without an "
                                   "echo; the report is asked for"])
        self.assertRegex(out[0], r"^15 cases at ws://127\.0\.0\.1:\d+ as meeple 1\.0/ž&case=7$")

    async def test_messages_of_sixteen_mebibytes(self):
        server = FuzzingServer(echo("x" * (16 * MIB)), echo(bytes(16 * MIB)),
                               echo("ů" * (8 * MIB), lambda text: [text[at:at + MIB] for at in range(0, 8 * MIB, MIB)]))
        for deflate in ([], ["--deflate"]):
            _, err, status = await self.run_client(server, *deflate)
            self.assertEqual((err, status), ([], 0))
            self.assertEqual(server.outcomes, {1: "worked", 2: "worked", 3: "worked"})

    async def test_offers_compression_only_if_asked_to(self):
        for arguments, agreed in (([], []), (["--deflate"], ["permessage-deflate"])):
            server = FuzzingServer(echo(TEXT), echo(os.urandom(5000)), echo("ab" * 20000, pieces), reserved_bit)
            _, err, status = await self.run_client(server, *arguments)
            self.assertEqual((err, status), ([], 0))
            self.assertEqual(server.extensions, [agreed] * 6)
            self.assertEqual(set(server.outcomes.values()), {"worked"})

    async def test_a_url_with_a_path_or_a_slash_at_its_end(self):
        for path, start in (("/", ""), ("/suite", "/suite"), ("/suite//", "/suite")):
            server = FuzzingServer(echo("hi"))
            _, _, status = await self.run_client(server, path=path)
            self.assertEqual((status, server.paths),
                             (0, [start + "/getCaseCount", start + "/runCase", start + "/updateReports"]))

    async def test_rows_of_fifty(self):
        server = FuzzingServer(*[echo("hi")] * 120)
        out, _, status = await self.run_client(server)
        self.assertEqual((status, out[1:4]), (0, ["." * 50 + " 50", "." * 50 + " 100", "." * 20 + " 120"]))

    async def test_a_case_that_cannot_be_connected_to_is_a_failure_and_the_others_run(self):
        server = FuzzingServer(echo("a"), echo("b"), echo("c"))

        async def refuse(path, _):
            return (503, [], b"") if "case=2" in path else None

        out, err, status = await self.run_client(server, process_request=refuse)
        self.assertEqual((status, out[1]), (1, ".!. 3"))
        self.assertIn("runCase?case=2&agent=meeple: unable to connect: ", "".join(err))
        self.assertTrue(out[2].startswith("Done: 3 cases, 1 of them without"), out)
        self.assertEqual(server.outcomes, {1: "worked", 3: "worked"})

    async def test_no_report_is_a_failure(self):
        async def refuse(path, _):
            return (404, [], b"") if "updateReports" in path else None

        _, err, status = await self.run_client(FuzzingServer(echo("a")), process_request=refuse)
        self.assertEqual(status, 1)
        self.assertIn("updateReports?agent=meeple: unable to connect: ", "".join(err))

    async def test_a_server_that_does_not_count(self):
        for count in ("", "none", "0", "-3", "1e3", "99999999999", b"\xff\xff"):
            out, err, status = await self.run_client(FuzzingServer(echo("a"), count=count))
            self.assertEqual((out, status), ([], 1))
            self.assertIn("did not say how many cases there are", "".join(err))

    def test_nobody_there_and_no_url(self):
        taken, port = peers.take_port(listening=False)
        with taken:
            for url in ("ws://127.0.0.1:%d" % port, "http://127.0.0.1/", "///"):
                client = self.program("echo_client", "--autobahn", url, "me")
                self.assertEqual((client.status(), client.out), (1, []))
                self.assertIn("getCaseCount: unable to connect: ", "".join(client.err))


if __name__ == "__main__":
    peers.main(__doc__)
