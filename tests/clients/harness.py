"""Scratch PostgreSQL clusters, SQLite files and a running pgduet between them.

Everything lives in one temporary directory per test class, on free ports of 127.0.0.1, and is
ended by process id. PostgreSQL refuses to run as root, so clusters run as the user `postgres`
when the tests run as root. Environment:

  PGDUET_BINARY        the pgduet to test (ctest sets it)
  PGDUET_TEST_DIRECT   set: clients talk to a PostgreSQL directly and nothing is shadowed. The
                       tests themselves are proved this way.
  PGDUET_TEST_SLOW     factor for every time-out (sanitizer builds)
"""

import glob
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import psycopg2

DIRECT = bool(os.environ.get("PGDUET_TEST_DIRECT"))
SLOW = float(os.environ.get("PGDUET_TEST_SLOW", "1"))
BINARY = os.environ.get("PGDUET_BINARY", "")
DATABASE = "app"


def seconds(value):
    """A time-out, stretched on slow builds."""
    return value * SLOW


def postgres_binary(name):
    """Path of a server program of the newest installed PostgreSQL, or None."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"),
                   key=lambda path: int(path.split("/")[4]))
    return found[-1] if found else shutil.which(name)


def require_tool(*names):
    """Skips the test, naming what is missing."""
    for name in names:
        if not (shutil.which(name) or postgres_binary(name)):
            raise unittest.SkipTest(f"{name} is not installed")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, condition, timeout=30, pause=0.05):
    """Polls until `condition()` is true and returns its value; fails naming `what`."""
    deadline = time.monotonic() + seconds(timeout)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"timed out after {seconds(timeout):.0f} s: {what}")
        time.sleep(pause)


class Scratch:
    """A temporary directory that everybody may enter, removed at the end."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="pgduet-clients-")
        os.chmod(self.path, 0o755)

    def file(self, name):
        return os.path.join(self.path, name)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Postgres:
    """A PostgreSQL cluster of our own. Stores are databases in it."""

    engine = "postgres"

    def __init__(self, scratch, name, settings=()):
        require_tool("initdb", "postgres")
        self.directory = scratch.file(name)
        self.port = free_port()
        self.log = os.path.join(self.directory, "server.log")
        self.process = None
        self.settings = list(settings)
        os.mkdir(self.directory, 0o700)
        self._as_user = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory, user.pw_uid, user.pw_gid)
            self._as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}",
                             "--clear-groups"]
        subprocess.run(
            self._as_user + [postgres_binary("initdb"), "-D", self.data, "-U", "postgres",
                             "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True, stdout=subprocess.DEVNULL, cwd=self.directory)
        self.start()

    @property
    def data(self):
        return os.path.join(self.directory, "data")

    def start(self):
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "fsync=off",
                    f"unix_socket_directories={self.directory}", "shared_buffers=64MB",
                    "max_connections=60", "timezone=UTC", "log_timezone=UTC"] + self.settings
        command = self._as_user + [postgres_binary("postgres"), "-D", self.data]
        for setting in settings:
            command += ["-c", setting]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.directory)
        wait_until(f"PostgreSQL on port {self.port} accepts connections", self._answers)

    def ensure_running(self):
        """For the next test, whatever the last one left."""
        if self.process.poll() is not None:
            self.start()

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError("PostgreSQL ended:\n" + tail(self.log))
        try:
            psycopg2.connect(self.dsn("postgres")).close()
            return True
        except psycopg2.OperationalError:
            return False

    def dsn(self, database=DATABASE, user="postgres"):
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def connect(self, database=DATABASE):
        connection = psycopg2.connect(self.dsn(database))
        connection.autocommit = True
        return connection

    def create_database(self, name):
        with_connection(self.connect("postgres"), f'CREATE DATABASE "{name}"')

    def execute(self, sql, database=DATABASE):
        with_connection(self.connect(database), sql)

    def processes(self):
        """The postmaster and its children, postmaster first."""
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)],
                                  capture_output=True, text=True, check=False).stdout.split()
        return [self.process.pid] + [int(pid) for pid in children]

    def signal_all(self, number):
        for pid in self.processes():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def pause(self):
        self.signal_all(signal.SIGSTOP)

    def resume(self):
        self.signal_all(signal.SIGCONT)

    def kill(self):
        """kill -9 of everything, as a crash of the machine would look to its clients."""
        self.signal_all(signal.SIGKILL)
        self.process.wait(seconds(20))

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.resume()
        self.process.send_signal(signal.SIGINT)  # fast shutdown
        try:
            self.process.wait(seconds(20))
        except subprocess.TimeoutExpired:
            self.kill()


def with_connection(connection, sql):
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    finally:
        connection.close()


def ask(connection, sql, parameters):
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else cursor.rowcount
    finally:
        connection.close()


def tail(path, lines=60):
    try:
        with open(path, errors="replace") as source:
            return "".join(source.readlines()[-lines:])
    except OSError as error:
        return f"({error})"


class PostgresStore:
    """One database of a scratch cluster, as a store of the duet."""

    engine = "postgres"

    def __init__(self, cluster, database):
        self.cluster = cluster
        self.database = database
        cluster.create_database(database)

    def toml(self):
        return f'engine = "postgres"\ndsn = "{self.cluster.dsn(self.database)}"\n'

    def execute(self, sql):
        self.cluster.execute(sql, self.database)

    def connect(self):
        return self.cluster.connect(self.database)


class SqliteStore:
    """A SQLite file, as a store of the duet."""

    engine = "sqlite"

    def __init__(self, path):
        self.path = path

    def toml(self):
        return f'engine = "sqlite"\npath = "{self.path}"\n'

    def connect(self):
        import sqlite3
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        # pgduet's own collation and functions are not needed to read tables.
        connection.create_collation("pg_numeric", lambda a, b: (a > b) - (a < b))
        return connection

    def execute(self, sql):
        connection = self.connect()
        try:
            connection.execute(sql)
        finally:
            connection.close()


class Pgduet:
    """A `pgduet serve` over two stores."""

    def __init__(self, scratch, name, primary, shadow, stage="mirror", extra="", users=None,
                 state=None, arguments=()):
        if not BINARY:
            raise unittest.SkipTest("PGDUET_BINARY names no pgduet")
        self.directory = scratch.file(name)
        os.mkdir(self.directory)
        self.port = free_port()
        self.http_port = free_port()
        self.config = os.path.join(self.directory, "pgduet.toml")
        self.log = os.path.join(self.directory, "pgduet.log")
        self.state = state or os.path.join(self.directory, "state")
        self.arguments = list(arguments)
        self.process = None
        auth = 'method = "trust"\n'
        if users is not None:
            users_file = os.path.join(self.directory, "users.txt")
            with open(users_file, "w") as out:
                out.write(users)
            auth = f'method = "scram-sha-256"\nusers_file = "{users_file}"\n'
        duet = f'primary = "old"\nstage = "{stage}"\nmode = "async"\ncompare_reads = 1.0\n'
        text = (f'[listen]\naddress = "127.0.0.1"\nport = {self.port}\n\n'
                f'[http]\naddress = "127.0.0.1"\nport = {self.http_port}\n\n'
                f'[state]\ndirectory = "{self.state}"\n\n'
                f'[stores.old]\n{primary.toml()}\n')
        if shadow is not None:
            text += f'[stores.new]\n{shadow.toml()}\n'
            duet += 'shadow = "new"\n'
        text += f'[duet]\n{duet}\n[auth]\n{auth}\n{extra}'
        with open(self.config, "w") as out:
            out.write(text)

    def spawn(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([BINARY, "serve", self.config] + self.arguments,
                                            stdout=log, stderr=log, cwd=self.directory)

    def start(self):
        self.spawn()
        wait_until(f"pgduet listens on port {self.port}", self._listens)
        return self

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"pgduet ended with {self.process.returncode}:\n" + tail(self.log))
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def dsn(self, database=DATABASE, user="postgres", password=None):
        secret = f":{password}" if password is not None else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def connect(self, **keywords):
        connection = psycopg2.connect(self.dsn(), **keywords)
        connection.autocommit = True
        return connection

    def ask(self, sql, parameters=None):
        """One statement on a connection of its own: rows, or the row count."""
        return ask(self.connect(), sql, parameters)

    def http(self, path):
        """(status, body) of a GET on the HTTP port."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}",
                                        timeout=seconds(10)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def report(self):
        """The report of the running process."""
        status, body = self.http("/api/report")
        if status != 200:
            raise AssertionError(f"/api/report answered {status}: {body}")
        return json.loads(body)

    def command(self, *arguments, timeout=60):
        """Runs `pgduet VERB CONFIG ...` and returns the finished process."""
        verb, *rest = arguments
        return subprocess.run([BINARY, verb, self.config, *rest], capture_output=True, text=True,
                              timeout=seconds(timeout), cwd=self.directory, check=False)

    def drain(self, timeout=60):
        """Waits until everything observed is applied and compared; returns the report."""
        last = [None]

        def settled():
            report = self.report()
            key = json.dumps(report["totals"], sort_keys=True)
            done = report["lag"]["units"] == 0 and key == last[0]
            last[0] = key
            return report if done else None
        return wait_until("the shadow caught up (lag.units == 0)", settled, timeout, pause=0.25)

    def stop(self):
        """SIGTERM; returns the exit code, which a sanitizer makes non-zero."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds(20))
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("pgduet did not stop on SIGTERM:\n" + tail(self.log))
        return self.process.returncode

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Direct:
    """Stands in for Pgduet when the tests talk to PostgreSQL directly."""

    def __init__(self, store):
        self.store = store
        self.port = store.cluster.port

    def dsn(self, database=None, user="postgres", password=None):
        return self.store.cluster.dsn(database or self.store.database, user)

    def connect(self, **keywords):
        connection = psycopg2.connect(self.dsn(), **keywords)
        connection.autocommit = True
        return connection

    def ask(self, sql, parameters=None):
        return ask(self.connect(), sql, parameters)

    def drain(self, timeout=60):
        return None

    def stop(self):
        return 0


COMBINATIONS = {
    "pg_pg": ("postgres", "postgres"),
    "sqlite_pg": ("sqlite", "postgres"),
    "pg_sqlite": ("postgres", "sqlite"),
    "sqlite_sqlite": ("sqlite", "sqlite"),
}


class ClientTest(unittest.TestCase):
    """Base of every test: scratch clusters per class, databases and a pgduet per test.

    Subclasses are written once and made concrete for each combination by `for_combinations`.
    """

    combination = "pg_pg"
    cluster_settings = ()

    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.clusters = {}

    @classmethod
    def tearDownClass(cls):
        for cluster in cls.clusters.values():
            cluster.stop()
        cls.scratch.remove()

    @classmethod
    def cluster(cls, role):
        if role not in cls.clusters:
            cls.clusters[role] = Postgres(cls.scratch, role, cls.cluster_settings)
        return cls.clusters[role]

    def setUp(self):
        self.duet = None
        self.label = self._testMethodName
        self.addCleanup(self._finish)

    def make_store(self, engine, role, name=DATABASE):
        if engine == "postgres":
            existing = self.cluster(role)
            existing.ensure_running()
            existing.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', "postgres")
            return PostgresStore(existing, name)
        return SqliteStore(self.scratch.file(f"{self.label}.{role}.db"))

    def start_duet(self, **options):
        """The two stores of this combination with a pgduet before them."""
        primary_engine, shadow_engine = COMBINATIONS[self.combination]
        if DIRECT:
            self.primary = self.make_store("postgres", "primary")
            self.shadow = None
            self.duet = Direct(self.primary)
            return self.duet
        self.primary = self.make_store(primary_engine, "primary")
        self.shadow = self.make_store(shadow_engine, "shadow")
        self.duet = Pgduet(self.scratch, self.label, self.primary, self.shadow, **options)
        self.duet.start()
        return self.duet

    def _finish(self):
        """Stops pgduet; shows its log if the test failed."""
        if self.duet is None:
            return
        try:
            self.duet.stop()
        finally:
            failed = self._failed()
            if isinstance(self.duet, Pgduet) and (failed or code_is_bad(self.duet)):
                print(f"--- {self.id()}: log of pgduet\n{tail(self.duet.log, 120)}---")
        if code_is_bad(self.duet):
            self.fail(f"pgduet ended with {self.duet.process.returncode} on SIGTERM")

    def _failed(self):
        outcome = self._outcome
        errors = getattr(outcome, "errors", None)  # Python < 3.11
        if errors is not None:
            return any(error for _, error in errors)
        result = outcome.result
        return any(test is self for test, _ in result.failures + result.errors)

    # What every report must satisfy.

    def check_totals(self, report):
        totals = report["totals"]
        self.assertEqual(
            totals["observed"],
            totals["compared"] + sum(totals["not_compared"].values()) + totals["dropped"],
            f"the fates do not add up: {totals}")
        self.assertEqual(totals["compared"], totals["equal"] + totals["differs"],
                         f"compared is not equal + differs: {totals}")
        self.assertGreater(totals["observed"], 0, "nothing was observed")

    def check_parity(self):
        """Drains, and expects a report without findings and `pgduet report` to exit 0."""
        if DIRECT:
            return None
        report = self.duet.drain()
        self.check_totals(report)
        if report["findings"]:
            shown = json.dumps(report["findings"][:5], indent=1, ensure_ascii=False)
            self.fail(f"{len(report['findings'])} findings:\n{shown[:8000]}")
        self.assertEqual(report["verdict"], "parity", f"report: {json.dumps(report)[:2000]}")
        self.assertGreater(report["totals"]["equal"], 0)

        def exit_is_zero():
            done = self.duet.command("report", "--format", "json")
            return done if done.returncode == 0 else None
        wait_until("`pgduet report` exits 0", exit_is_zero, 15, pause=0.3)
        return report


def code_is_bad(duet):
    return isinstance(duet, Pgduet) and duet.process is not None and duet.process.returncode != 0


def for_combinations(*names):
    """Class decorator: adds to the module one concrete test class per combination."""
    def decorate(base):
        import sys
        module = sys.modules[base.__module__]
        for name in names or COMBINATIONS:
            concrete = f"{base.__name__}_{name}"
            setattr(module, concrete, type(concrete, (base, ClientTest), {
                "combination": name, "__module__": base.__module__}))
        return base
    return decorate
