"""Whatever is wrong has a clear error: bytes, passwords, databases, configurations, stores, disks.
After every one of them pgduet goes on serving others."""

import os
import socket
import struct
import subprocess

import psycopg2

from harness import (BINARY, DIRECT, ClientTest, Pgduet, PostgresStore, SqliteStore, free_port,
                     for_combinations, seconds, tail, wait_until)
from stores import assert_equal_stores
from wire import Wire, error_fields


class BadBytes:
    """Broken protocol. What PostgreSQL answers is the expected answer."""

    def setUp(self):
        super().setUp()
        self.start_duet()

    def tearDown(self):
        # Others are still served, by name and by number.
        self.assertEqual(self.duet.ask("select 40 + 2"), [(42,)])
        super().tearDown()

    def test_garbage_instead_of_startup(self):
        for garbage in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0\0\0\0", b"\0\0\0\3",
                        b"\0\0\0\7abc", b"\xff" * 64, os.urandom(512),
                        struct.pack("!II", 8, 0x00010000), b"\0\0\x40\0" + b"a" * 16380):
            with self.subTest(garbage=garbage[:16]), Wire(self.duet.port) as wire:
                try:
                    wire.send(garbage)
                    wire.socket.shutdown(socket.SHUT_WR)
                    self.assertNotIn(b"R", [kind for kind, _ in wire.until_closed()])
                except (ConnectionError, struct.error):
                    pass  # closed at once, or by reset: as good

    def test_other_protocol_versions(self):
        with Wire(self.duet.port) as wire:
            wire.startup(version=0x00020000, user="postgres", database="app")
            self.assertIn(b"unsupported frontend protocol 2.0", wire.until_end())
        with Wire(self.duet.port) as wire:
            wire.startup(version=0x00050000, user="postgres", database="app")
            fields = error_fields(wire.until_closed())
            self.assertEqual(fields.get("C"), "0A000", fields)
        with Wire(self.duet.port) as wire:
            wire.startup(version=0x0003270f, user="postgres", database="app",
                         **{"_pq_.grease": "1"})
            messages = wire.until_ready()
            negotiate = [body for kind, body in messages if kind == b"v"]
            self.assertEqual(len(negotiate), 1, messages)
            self.assertIn(b"_pq_.grease\0", negotiate[0])

    def test_encryption_requests_are_answered(self):
        with Wire(self.duet.port) as wire:
            # SSLRequest, GSSENCRequest (Debian's PostgreSQL can do the second).
            for code in (80877103,) if DIRECT else (80877103, 80877104):
                wire.send(struct.pack("!II", 8, code))
                self.assertEqual(wire.read_exactly(1), b"N")
            wire.login()

    def test_cancel_with_a_wrong_key(self):
        with Wire(self.duet.port) as wire:
            wire.send(struct.pack("!IIII", 16, 80877102, 4711, 815))
            self.assertEqual(wire.until_closed(), [])

    def test_truncated_frames(self):
        whole = b"Q" + struct.pack("!I", 13) + b"select 1\0"
        for cut in range(1, len(whole)):
            with Wire(self.duet.port) as wire:
                wire.login()
                wire.send(whole[:cut])
        with Wire(self.duet.port) as wire:
            wire.startup(user="postgres", database="app")

    def test_frame_lengths_that_cannot_be(self):
        for length in (0, 3, 0x7fffffff, 0xffffffff):
            with self.subTest(length=length), Wire(self.duet.port) as wire:
                wire.login()
                wire.send(b"Q" + struct.pack("!I", length) + b"select 1\0")
                fields = error_fields(wire.until_closed())
                if not DIRECT:  # PostgreSQL closes without a word
                    self.assertEqual(fields.get("C"), "08P01", fields)
                    self.assertEqual(fields.get("S"), "FATAL", fields)

    def test_unknown_message_type(self):
        for kind in (b"z", b"\0", b"\xff", b"1"):
            with self.subTest(kind=kind), Wire(self.duet.port) as wire:
                wire.login()
                wire.message(kind, b"abc")
                fields = error_fields(wire.until_closed())
                self.assertEqual(fields.get("C"), "08P01", fields)
                self.assertEqual(fields.get("S"), "FATAL", fields)

    def test_broken_bodies(self):
        """A body that contradicts itself is an error; after Sync the session goes on."""
        broken = [
            (b"P", b"\0select 1"),  # no terminator
            (b"P", b"\0select 1\0" + struct.pack("!H", 500) + b"\0\0\0\x17"),
            (b"B", b"\0\0" + struct.pack("!HH", 0, 1000) + struct.pack("!I", 4) + b"abc"),
            (b"B", b"\0\0" + struct.pack("!HH", 0, 1) + struct.pack("!i", -2)),
            (b"D", b"X\0"),
            (b"E", b"\0"),
        ]
        for kind, body in broken:
            with self.subTest(kind=kind, body=body[:20]), Wire(self.duet.port) as wire:
                wire.login()
                wire.message(b"P", b"\0select $1::int\0" + struct.pack("!H", 0))
                wire.message(kind, body)
                wire.message(b"S")
                fields = error_fields(wire.until_ready())
                self.assertEqual(fields.get("C"), "08P01", fields)
                answer = wire.query("select 1")
                self.assertIn(b"D", [letter for letter, _ in answer])

    def test_statements_that_do_not_exist(self):
        with Wire(self.duet.port) as wire:
            wire.login()
            wire.message(b"B", b"\0missing\0" + struct.pack("!HHH", 0, 0, 0))
            wire.message(b"S")
            self.assertEqual(error_fields(wire.until_ready()).get("C"), "26000")
            wire.message(b"E", b"missing\0" + struct.pack("!I", 0))
            wire.message(b"S")
            self.assertEqual(error_fields(wire.until_ready()).get("C"), "34000")

    def test_vanishing_in_a_transaction(self):
        """A client that disappears leaves no trace of its transaction on either store."""
        self.duet.ask("create table traces (id integer primary key)")
        with Wire(self.duet.port) as wire:
            wire.login()
            wire.query("begin")
            wire.query("insert into traces values (1)")
        wait_until("the rows are gone", lambda: self.duet.ask(
            "insert into traces values (1) on conflict do nothing") == 1, 10)
        self.duet.ask("insert into traces values (2)")
        if not DIRECT:
            self.duet.drain()
            assert_equal_stores(self, self.primary, self.shadow)


for_combinations("pg_pg", "sqlite_pg")(BadBytes)


class Refusals(ClientTest):
    """Refused log-ins, configurations and surroundings. PostgreSQL in front and behind."""

    def setUp(self):
        super().setUp()
        if DIRECT:
            self.skipTest("pgduet itself is tested here")
        if not BINARY:
            self.skipTest("PGDUET_BINARY names no pgduet")

    def stores(self):
        return self.make_store("postgres", "primary"), self.make_store("postgres", "shadow")

    def test_wrong_password(self):
        primary, shadow = self.stores()
        self.duet = Pgduet(self.scratch, self.label, primary, shadow,
                           users='"postgres" "right, and ünïcode"\n').start()
        psycopg2.connect(host="127.0.0.1", port=self.duet.port, user="postgres", dbname="app",
                         password="right, and ünïcode").close()
        for user, password in (("postgres", "wrong"), ("postgres", ""), ("nobody", "right")):
            with self.subTest(user=user, password=password):
                with self.assertRaises(psycopg2.OperationalError) as caught:
                    psycopg2.connect(host="127.0.0.1", port=self.duet.port, user=user,
                                     dbname="app", password=password or " ")
                self.assertIn(f'password authentication failed for user "{user}"',
                              str(caught.exception))
        self.assertNotIn("ünïcode", tail(self.duet.log, 10000), "a password was logged")

    def test_unknown_database(self):
        primary, shadow = self.stores()
        primary.toml = lambda: ('engine = "postgres"\ndsn = "host=127.0.0.1 '
                                f'port={primary.cluster.port}"\n')
        self.duet = Pgduet(self.scratch, self.label, primary, shadow).start()
        self.assertEqual(self.duet.ask("select current_database()"), [("app",)])
        with self.assertRaises(psycopg2.OperationalError) as caught:
            psycopg2.connect(self.duet.dsn("nowhere"))
        self.assertIn('database "nowhere" does not exist', str(caught.exception))

    def test_unknown_database_of_a_file(self):
        store = SqliteStore(self.scratch.file("only.db"))
        plain = store.toml
        store.toml = lambda: plain() + 'database = "app"\n'
        self.duet = Pgduet(self.scratch, self.label, store, None, stage="solo").start()
        self.assertEqual(self.duet.ask("select 1"), [(1,)])
        with self.assertRaises(psycopg2.OperationalError) as caught:
            psycopg2.connect(self.duet.dsn("nowhere"))
        self.assertIn('database "nowhere" does not exist', str(caught.exception))

    def run_serve(self, duet):
        """Starts a pgduet that must end by itself; returns (code, what it said)."""
        duet.spawn()
        try:
            code = duet.process.wait(seconds(20))
        except subprocess.TimeoutExpired:
            duet.kill()
            self.fail("pgduet went on serving:\n" + tail(duet.log))
        said = tail(duet.log)
        self.assertNotEqual(code, 0)
        self.assertGreater(code, 0, f"ended by a signal:\n{said}")
        return code, said

    def edited(self, old, new):
        primary, shadow = self.stores()
        duet = Pgduet(self.scratch, f"{self.label}{free_port()}", primary, shadow)
        with open(duet.config) as source:
            text = source.read()
        self.assertIn(old, text)
        with open(duet.config, "w") as out:
            out.write(text.replace(old, new, 1))
        return duet

    def test_configuration_with_errors(self):
        for old, new, words in (
                ("[listen]\naddress", "[listen]\nadress", ["adress", "address", ":2:"]),
                ('engine = "postgres"', 'engine = "oracle"', ["oracle", "postgres", "sqlite"]),
                ('primary = "old"', 'primary = "odl"', ["odl", ":21:"]),
                ('stage = "mirror"', 'stage = "miror"', ["miror"]),
                ('method = "trust"', 'method = "scram-sha-256"', ["users_file"]),
                ("[duet]", "[duett]", ["duett"]),
                ("compare_reads = 1.0", "compare_reads = 7.0", ["compare_reads"]),
                ("[duet]", "[duet", ["pgduet.toml"]),
                ('mode = "async"', 'mode = "${PGDUET_TEST_UNSET}"', ["PGDUET_TEST_UNSET"])):
            with self.subTest(new=new):
                duet = self.edited(old, new)
                _, said = self.run_serve(duet)
                checked = duet.command("check")
                self.assertEqual(checked.returncode, 1, checked.stdout + checked.stderr)
                for word in words:
                    self.assertIn(word, said)
                    self.assertIn(word, checked.stdout + checked.stderr)

    def test_no_configuration(self):
        done = subprocess.run([BINARY, "serve", self.scratch.file("missing.toml")],
                              capture_output=True, text=True, timeout=seconds(20), check=False)
        self.assertGreater(done.returncode, 0)
        self.assertIn("missing.toml", done.stdout + done.stderr)

    def test_good_configuration_is_good(self):
        primary, shadow = self.stores()
        duet = Pgduet(self.scratch, self.label, primary, shadow)
        checked = duet.command("check")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_unreachable_primary(self):
        primary, shadow = self.stores()
        port = free_port()
        primary.toml = lambda: f'engine = "postgres"\ndsn = "postgresql://127.0.0.1:{port}/app"\n'
        self.duet = Pgduet(self.scratch, self.label, primary, shadow)
        checked = self.duet.command("check")
        self.assertEqual(checked.returncode, 1)
        self.assertIn("old", checked.stdout + checked.stderr)
        self.assertIn(str(port), checked.stdout + checked.stderr)
        self.duet.start()
        with self.assertRaises(psycopg2.OperationalError) as caught:
            psycopg2.connect(self.duet.dsn())
        self.assertIn("FATAL", str(caught.exception))
        status, _ = self.duet.http("/readyz")
        self.assertEqual(status, 503)
        self.assertEqual(self.duet.http("/healthz")[0], 200)

    def test_unreachable_shadow_harms_nobody(self):
        primary, shadow = self.stores()
        port = free_port()
        shadow.toml = lambda: f'engine = "postgres"\ndsn = "postgresql://127.0.0.1:{port}/app"\n'
        self.duet = Pgduet(self.scratch, self.label, primary, shadow)
        checked = self.duet.command("check")
        self.assertEqual(checked.returncode, 1)
        self.assertIn("new", checked.stdout + checked.stderr)
        self.duet.start()
        self.assertEqual(self.duet.ask("select 1"), [(1,)])
        self.assertEqual(self.duet.command("report").returncode, 2, "evidence is insufficient")

    def test_port_in_use(self):
        primary, shadow = self.stores()
        duet = Pgduet(self.scratch, self.label, primary, shadow)
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", duet.port))
            holder.listen()
            _, said = self.run_serve(duet)
        self.assertIn(str(duet.port), said)
        self.assertIn("in use", said.lower())

    def test_state_directory_is_a_file(self):
        primary, shadow = self.stores()
        path = self.scratch.file("a_file")
        with open(path, "w") as out:
            out.write("not a directory")
        _, said = self.run_serve(Pgduet(self.scratch, self.label, primary, shadow, state=path))
        self.assertIn(path, said)

    def small_disk(self, size):
        """A mounted file system of its own, in kilobytes."""
        target = self.scratch.file(f"{self.label}.disk")
        os.mkdir(target)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", target],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            self.skipTest(f"cannot mount a tmpfs: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", target], check=False)
        return target

    def test_disk_full_at_start(self):
        primary, shadow = self.stores()
        disk = self.small_disk(64)
        with open(os.path.join(disk, "filler"), "wb") as out:
            try:
                out.write(b"x" * 65536)
            except OSError:
                pass
        _, said = self.run_serve(Pgduet(self.scratch, self.label, primary, shadow, state=disk))
        self.assertTrue("full" in said or "No space" in said, said)
        self.assertIn(disk, said)

    def test_disk_full_while_running(self):
        """The clients are answered, the report stays right in memory, the log says why."""
        primary, shadow = self.stores()
        self.primary, self.shadow = primary, shadow
        disk = self.small_disk(1024)
        self.duet = Pgduet(self.scratch, self.label, primary, shadow,
                           state=os.path.join(disk, "state")).start()
        self.duet.ask("create table rows (id integer primary key, t text)")
        with open(os.path.join(disk, "filler"), "wb", buffering=0) as out:
            try:
                while True:
                    out.write(b"x" * 512)
            except OSError:
                pass
        for i in range(200):
            self.duet.ask(f"insert into rows (id, t) values (%s, 'text {i}')", [i])
        wait_until("the log tells of the full disk",
                   lambda: "full" in tail(self.duet.log, 1000) or
                   "No space" in tail(self.duet.log, 1000), 20)
        report = self.duet.drain()
        self.check_totals(report)
        self.assertEqual(report["findings"], [])
        assert_equal_stores(self, primary, shadow)
        os.remove(os.path.join(disk, "filler"))
        wait_until("`pgduet report` is current again", lambda: self.duet.command(
            "report").returncode == 0, 20, pause=0.5)

    def test_http_port(self):
        primary, shadow = self.stores()
        self.duet = Pgduet(self.scratch, self.label, primary, shadow).start()
        self.assertEqual(self.duet.http("/healthz")[0], 200)
        wait_until("ready", lambda: self.duet.http("/readyz")[0] == 200, 10)
        status, body = self.duet.http("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("\npgduet_", "\n" + body)
        self.assertEqual(self.duet.http("/nowhere")[0], 404)
        for garbage in (b"\0\1\2\3garbage\r\n\r\n", b"GET " + b"a" * 100000 + b"\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.duet.http_port), 5) as raw:
                raw.settimeout(seconds(10))
                try:
                    raw.sendall(garbage)
                    while raw.recv(65536):
                        pass
                except ConnectionError:
                    pass
        self.assertEqual(self.duet.http("/healthz")[0], 200)
