"""test_echo_processes: the echo samples as people run them, against each other, and what they measure.

    python3 test_echo_processes.py FOLDER-OF-THE-EXECUTABLES
"""
import os
import signal
import sys
import unittest

import programs

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
import peers
from peers import MIB


class EchoTest(peers.Peers, unittest.TestCase):
    def client(self, *arguments):
        client = self.program("echo_client", *arguments)
        return client, client.status()

    def check_summary(self, client, count, size):
        self.assertEqual(client.err, [])
        self.assertEqual((client.out[0], client.out[-1]), ("Connected with protocol: ", "Closed, clean: true"))
        echoed, rate, trip = client.out[1:-1]
        self.assertRegex(echoed, r"^Echoed: %d of %d messages, %d bytes, \d+\.\d{3} s$" % (count, count, count * size))
        self.assertRegex(rate, r"^Rate: \d+ messages/s, \d+\.\d\d MB/s each way$")
        self.assertRegex(trip, r"^Round trip: min [\d.]+ ms, median [\d.]+ ms, max [\d.]+ ms$")
        smallest, median, largest = map(float, trip.split()[3::3])
        self.assertTrue(smallest <= median <= largest, trip)


class Measured(EchoTest):
    def test_counts_and_measures_every_echo(self):
        _, url = self.serve()
        for size in (0, 1, 125, 126, 65535, 65536):
            for binary in ([], ["--binary"]):
                client, status = self.client(url, "--count", "30", "--size", str(size), *binary)
                self.assertEqual(status, 0, client.err)
                self.check_summary(client, 30, size)

    def test_many_may_be_on_their_way(self):
        _, url = self.serve("--quiet")
        for count, in_flight, size in ((5000, 100, 64), (3, 50, 64), (64, 15, 60000), (2000, 65000, 0)):
            client, status = self.client(url, "--count", str(count), "--in-flight", str(in_flight), "--size", str(size))
            self.assertEqual(status, 0, client.err)
            self.check_summary(client, count, size)

    def test_a_text_of_ones_own(self):
        _, url = self.serve()
        client, status = self.client(url, "--message", "žluťoučký", "--count", "7")
        self.assertEqual(status, 0)
        self.check_summary(client, 7, len("žluťoučký".encode()))

    def test_sixteen_mebibytes_if_both_allow_it(self):
        _, url = self.serve("--max-message", str(16 * MIB), "--deflate")
        for deflate in ([], ["--deflate"]):
            client, status = self.client(url, "--size", str(16 * MIB), "--count", "2", *deflate)
            self.assertEqual(status, 0, client.err)
            self.check_summary(client, 2, 16 * MIB)
        client, status = self.client(url, "--size", str(16 * MIB + 1))
        self.assertEqual(status, 1)
        self.assertEqual(client.out[1], "Echoed: 0 of 1 messages, 0 bytes, 0.000 s")
        self.assertRegex(client.err[0], "^It closed with code 1009: ")

    def test_compressed(self):
        _, url = self.serve("--deflate")
        client, status = self.client(url, "--deflate", "--count", "500", "--size", "5000", "--in-flight", "20")
        self.assertEqual(status, 0)
        self.check_summary(client, 500, 5000)

    def test_encrypted(self):
        cert, key = peers.self_signed(self.folder())
        _, url = self.serve("--tls", cert, key, "--deflate", scheme="wss")
        for trust in (["--ca", cert], ["--insecure"], ["--insecure", "--deflate"]):
            client, status = self.client(url, *trust, "--count", "100", "--size", "20000", "--in-flight", "10")
            self.assertEqual(status, 0, client.err)
            self.check_summary(client, 100, 20000)

    def test_a_server_that_dies_half_way(self):
        server, url = self.serve()
        client = self.program("echo_client", url, "--count", "10000000")
        server.wait_for(lambda line: line.startswith("Got data from client"), count=50)
        server.signal(signal.SIGKILL)
        self.assertEqual(client.status(), 1)
        self.assertRegex(client.out[1], r"^Echoed: [1-9]\d* of 10000000 messages, ")
        self.assertEqual(client.out[-1], "Closed, clean: false")
        # Reset, or ended without a close frame.
        self.assertRegex(client.err[-1], "(?i)the connection was lost")


class CommandLine(EchoTest):
    def test_quiet_says_nothing_about_clients(self):
        server, url = self.serve("--quiet", "--protocol", "my-protocol")
        for _ in range(3):
            self.assertEqual(self.client(url, "--protocol", "my-protocol")[1], 0)
        server.signal(signal.SIGTERM)
        server.status()
        self.assertEqual((server.out, len(server.err)), ([], 1))

    def test_threads_share_the_port(self):
        server, url = self.serve("--threads", "3", "--quiet")
        for _ in range(12):
            client, status = self.client(url, "--count", "20", "--in-flight", "5")
            self.assertEqual(status, 0, client.err)
        server.signal(signal.SIGTERM)
        server.status()
        self.assertEqual((server.out, len(server.err)), ([], 1))

    def test_threads_have_a_certificate_each(self):
        cert, key = peers.self_signed(self.folder())
        _, url = self.serve("--threads", "2", "--quiet", "--tls", cert, key, scheme="wss")
        for _ in range(6):
            client, status = self.client(url, "--ca", cert, "--count", "5")
            self.assertEqual(status, 0, client.err)

    def test_one_thread_has_its_port_alone(self):
        server, url = self.serve("--quiet")
        port = url.split(":")[-1].strip("/")
        for more in ([], ["--threads", "2"]):
            second = self.program("echo_server", "--port", port, *more)
            self.assertEqual(second.status(), 1)
            self.assertRegex(second.err[-1], "Unable to start server on port %s: address already in use" % port)
        self.assertEqual(server.process.poll(), None)

    def test_a_driver_by_name(self):
        for name in filter(self.has_driver, ("epoll", "poll", "uring")):
            with self.subTest(name=name):
                _, url = self.serve("--io", name, "--quiet", "--threads", "2")
                client, status = self.client(url, "--count", "100", "--in-flight", "10", "--size", "64")
                self.assertEqual(status, 0, client.err)
                self.check_summary(client, 100, 64)
        server = self.program("echo_server", "--io", "kqueue")
        self.assertEqual((server.status(), server.out), (2, []))
        self.assertRegex(server.err[0], "kqueue is no driver of this library")

    def test_a_number_of_threads(self):
        for number in ("0", "257", "many"):
            server = self.program("echo_server", "--threads", number)
            self.assertEqual((server.status(), server.out), (2, []))

    def test_mistakes_say_what_is_wrong_and_where_help_is(self):
        for arguments in ([], ["ws://a", "ws://b"], ["ws://a", "--count"], ["ws://a", "--count", "0"],
                          ["ws://a", "--count", "many"], ["ws://a", "--in-flight", "0"], ["ws://a", "--size", "-1"],
                          ["ws://a", "--in-flight", "17", "--size", "65536"], ["--autobahn", "ws://a"],
                          ["--autobahn", "ws://a", "me", "ws://b"], ["ws://a", "--autobahn", "ws://b", "me"]):
            with self.subTest(arguments=arguments):
                client, status = self.client(*arguments)
                self.assertEqual((status, client.out), (2, []))
                self.assertRegex(client.err[0], r"echo_client: .*--help")

    def test_help(self):
        for name in ("echo_server", "echo_client"):
            program = self.program(name, "--help")
            self.assertEqual((program.status(), program.err), (0, []))
            self.assertTrue(program.out[0].startswith("usage: " + name))
            self.assertLessEqual(max(map(len, program.out)), 100)


if __name__ == "__main__":
    programs.main(__doc__)
