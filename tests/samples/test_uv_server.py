"""test_uv_server: a net in libuv's loop: echoes, time that another thread tells, deadlines, a loop that sleeps, its end.

    python3 test_uv_server.py FOLDER-OF-THE-EXECUTABLES
"""
import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import unittest

import websockets

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import programs

TIME = r"It is \d\d:\d\d:\d\d UTC"
NEVER = str(1 << 30)


class UvServer(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        if not os.path.exists(programs.ours("uv_server")):
            self.skipTest("built without libuv")

    def serve(self, *arguments):
        server = programs.Program(programs.ours("uv_server"), "--port", "0", "--bind", "127.0.0.1", *arguments)
        self.addCleanup(server.end)
        port = server.wait_for(lambda line: re.fullmatch(r"Listening on port (\d+)", line), server.err).group(1)
        return server, int(port)

    async def connect(self, port):
        return await self.in_time(websockets.connect("ws://127.0.0.1:%d/" % port).__aenter__())

    async def in_time(self, awaitable):
        return await asyncio.wait_for(awaitable, programs.TIMEOUT)

    async def test_echoes_while_another_thread_tells_the_time(self):
        server, port = self.serve("--every", "5")
        ws = await self.connect(port)
        echoes, times = 0, 0
        for number in range(300):
            message = "message %d" % number if number % 2 else b"bytes %d" % number
            await self.in_time(ws.send(message))
            while (came := await self.in_time(ws.recv())) != message:
                self.assertRegex(came, "^%s$" % TIME)
                times += 1
            echoes += 1
        while times < 20:
            self.assertRegex(await self.in_time(ws.recv()), "^%s$" % TIME)
            times += 1
        await self.in_time(ws.close())
        self.assertEqual((echoes, ws.close_code), (300, 1000))
        server.wait_for(lambda line: re.fullmatch(r"Client \d+ disconnected, clean: true", line))

    async def test_a_wake_is_all_that_happens_to_an_idle_server(self):
        """No event but wakes: the time comes all the same."""
        _, port = self.serve("--every", "200")
        ws = await self.connect(port)
        for _ in range(5):
            self.assertRegex(await self.in_time(ws.recv()), "^%s$" % TIME)
        await self.in_time(ws.close())

    async def test_sleeps_when_nothing_happens(self):
        server, port = self.serve("--every", NEVER)
        ws = await self.connect(port)
        before = self.cpu_seconds(server)
        await asyncio.sleep(1)
        self.assertLess(self.cpu_seconds(server) - before, 0.2)
        await self.in_time(ws.close())

    async def test_a_handshake_that_does_not_come_is_given_up_in_time(self):
        """The deadline is the net's, the timer is libuv's."""
        _, port = self.serve("--every", NEVER)
        with socket.create_connection(("127.0.0.1", port), timeout=programs.TIMEOUT) as silent:
            silent.sendall(b"GET / HTTP/1.1\r\n")
            answer = await self.in_time(asyncio.to_thread(silent.recv, 4096))
        self.assertRegex(answer, rb"^HTTP/1\.1 408 ")

    async def test_a_signal_says_goodbye_to_everybody(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server, port = self.serve("--every", NEVER)
            both = [await self.connect(port) for _ in range(2)]
            server.signal(number)
            for ws in both:
                with self.assertRaises(websockets.ConnectionClosed):
                    while True:
                        await self.in_time(ws.recv())
                self.assertEqual((ws.close_code, ws.close_reason), (1001, "The server goes home."))
            self.assertEqual(await asyncio.to_thread(server.status), 0)
            self.assertEqual(len([line for line in server.out if line.endswith("clean: true")]), 2)

    def cpu_seconds(self, server):
        with open("/proc/%d/stat" % server.process.pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def run_once(self, *arguments):
        return subprocess.run([programs.ours("uv_server"), *arguments], capture_output=True, text=True,
                              timeout=programs.TIMEOUT)

    def test_help_names_every_flag(self):
        ran = self.run_once("--help")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        for flag in ("--port", "--bind", "--every"):
            self.assertIn(flag, ran.stdout)

    def test_what_makes_no_sense_is_refused(self):
        for arguments in (["--every", "0"], ["--every", "x"], ["--port", "65536"], ["--port"], ["--what"]):
            self.assertEqual(self.run_once(*arguments).returncode, 2, arguments)
        taken, port = programs.take_port()
        with taken:
            ran = self.run_once("--port", str(port), "--bind", "127.0.0.1")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("already in use", ran.stderr)


if __name__ == "__main__":
    programs.main(__doc__)
