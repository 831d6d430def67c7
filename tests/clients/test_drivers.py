"""Real drivers through pgduet, in every combination: each prints the same canonical values as
against PostgreSQL itself, both stores end equal, and nothing is reported as different."""

import difflib
import os
import subprocess
import unittest

from harness import DIRECT, ClientTest, Postgres, Scratch, for_combinations, require_tool, seconds
from stores import assert_equal_stores

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "drivers")
JAR = "/usr/share/java/postgresql.jar"
PYTHON = "/usr/bin/python3"
BUILD = os.environ.get("PGDUET_TEST_BUILD", "")  # where npm and javac put what they make


def node_path():
    """Folder with node's module pg: Debian's, or the build directory's."""
    for folder in (os.path.join(BUILD, "node_modules"), "/usr/share/nodejs",
                   "/usr/lib/node_modules"):
        if os.path.isdir(os.path.join(folder, "pg")):
            return folder
    raise unittest.SkipTest("node's module pg is not installed (./quickstart test installs it)")


def java_classes(scratch):
    require_tool("javac", "java")
    if not os.path.exists(JAR):
        raise unittest.SkipTest("libpostgresql-jdbc-java is not installed")
    target = scratch.file("classes")
    if not os.path.exists(target):
        subprocess.run(["javac", "-encoding", "UTF-8", "-d", target,
                        os.path.join(HERE, "UseJdbc.java")], check=True)
    return target


def python_module(name):
    if subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True,
                      check=False).returncode:
        raise unittest.SkipTest(f"python module {name} is not installed")


class Drivers:
    """One test per driver. `reference` is a PostgreSQL of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reference_scratch = Scratch()
        cls.reference = Postgres(cls.reference_scratch, "reference")
        cls.reference.create_database("app")

    @classmethod
    def tearDownClass(cls):
        cls.reference.stop()
        cls.reference_scratch.remove()
        super().tearDownClass()

    def run_program(self, command, environment=None):
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds(120),
                              env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1",
                                   **(environment or {})}, check=False)
        self.assertEqual(done.returncode, 0,
                         f"{command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def converse(self, command, environment=None):
        """`command(dsn)` is the driver program's command line."""
        expected = self.run_program(command(self.reference.dsn()), environment)
        duet = self.start_duet()
        given = self.run_program(command(duet.dsn()), environment)
        if expected != given:
            lines = difflib.unified_diff(expected.splitlines(), given.splitlines(),
                                         "PostgreSQL", "pgduet", lineterm="", n=2)
            self.fail("\n".join(list(lines)[:80]))
        if DIRECT:
            return
        self.check_parity()
        held = assert_equal_stores(self, self.primary, self.shadow)
        self.assertEqual(len(held), 3, sorted(held))

    def python_driver(self, program, *arguments):
        path = os.path.join(HERE, program)
        prefix = program.replace(".py", "").replace("use_", "d_") + "".join(arguments)
        self.converse(lambda dsn: [PYTHON, path, dsn, prefix, *arguments])

    def test_psql(self):
        require_tool("psql")
        script = os.path.join(HERE, "use_psql.sql")
        self.converse(lambda dsn: ["psql", "-XAtq", "-v", "p=d_psql", "-f", script, dsn])

    def test_psycopg2(self):
        self.python_driver("use_psycopg2.py")

    def test_psycopg_text(self):
        python_module("psycopg")
        self.python_driver("use_psycopg.py", "text")

    def test_psycopg_binary(self):
        python_module("psycopg")
        self.python_driver("use_psycopg.py", "binary")

    def test_asyncpg(self):
        python_module("asyncpg")
        self.python_driver("use_asyncpg.py")

    def test_node(self):
        require_tool("node")
        program = os.path.join(HERE, "use_node.js")
        self.converse(lambda dsn: ["node", program, dsn, "d_node"], {"NODE_PATH": node_path()})

    def test_pgjdbc(self):
        classes = java_classes(self.scratch)

        def command(dsn):
            address = dsn.split("@", 1)[1]
            url = f"jdbc:postgresql://{address}?user=postgres&prepareThreshold=1"
            return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                    f"{JAR}:{classes}", "UseJdbc", url, "d_jdbc"]
        self.converse(command)


for_combinations()(Drivers)
