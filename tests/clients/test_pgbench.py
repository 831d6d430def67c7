"""pgbench through pgduet: no client error, equal stores, parity, in every combination."""

import os
import subprocess

from harness import DIRECT, ClientTest, for_combinations, require_tool, seconds
from stores import assert_equal_stores

SECONDS = os.environ.get("PGDUET_PGBENCH_SECONDS", "5")
TABLES = ["pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers"]


def pgbench(duet, *arguments, timeout=300):
    return subprocess.run(["pgbench", *arguments, duet.dsn()], capture_output=True, text=True,
                          timeout=seconds(timeout), check=False)


def initialise(test, duet, scale=2):
    done = pgbench(duet, "-i", "-s", str(scale))
    test.assertEqual(done.returncode, 0, f"pgbench -i: {done.stderr}")


class Pgbench:
    def run_mode(self, mode):
        require_tool("pgbench")
        duet = self.start_duet()
        initialise(self, duet)
        done = pgbench(duet, "-n", "-N", "-c", "4", "-j", "2", "-T", SECONDS, "-M", mode)
        print(done.stdout.strip())
        self.assertEqual(done.returncode, 0, f"pgbench -N -M {mode}: {done.stderr}")
        self.assertNotIn("ERROR", done.stderr)
        self.assertNotIn("aborted", done.stderr)
        if DIRECT:
            return
        report = self.check_parity()
        print("totals:", report["totals"])
        held = assert_equal_stores(self, self.primary, self.shadow)
        self.assertEqual(sorted(held), TABLES)
        self.assertEqual(len(held["pgbench_accounts"][1]), 200000)
        self.assertGreater(len(held["pgbench_history"][1]), 0, "pgbench wrote no history")

    def test_simple(self):
        self.run_mode("simple")

    def test_extended(self):
        self.run_mode("extended")

    def test_prepared(self):
        self.run_mode("prepared")


for_combinations()(Pgbench)
