"""The shadow stops, dies and comes back under load: the client notices nothing, the shadow catches
up by itself, and what a bound made us lose is counted and named."""

import time
import unittest

from harness import DIRECT, ClientTest, for_combinations, require_tool, wait_until
from load import Load, initialise, percentile
from stores import assert_equal_stores


class Faults:
    """Every test: load, a fault from second 3 to second 8, more load, then equality."""

    def under_load(self, fault, **options):
        require_tool("pgbench")
        duet = self.start_duet(**options)
        initialise(self, duet)
        load = Load(self, duet, duration=12)
        self.addCleanup(load.stop)
        load.wait_second(3)
        begin = time.time()
        fault()
        end = time.time()
        load.finish()
        self.assertGreater(end - begin, 4.5)
        return load, begin, end

    def check_latency(self, load, begin, end):
        """Nobody waits for the shadow: the fault lasts seconds, no transaction does, and work goes
        on. Percentiles are printed, not judged: on a busy machine they say nothing (bench/run)."""
        ends = load.transactions()
        before = [ms for at, ms in ends if load.started + 0.5 < at < begin]
        during = [ms for at, ms in ends if begin < at < end]
        self.assertGreater(len(during), 0.1 * len(before) * (end - begin) / 2.5,
                           "work stopped during the fault")
        calm, hit = percentile(before, 0.99), percentile(during, 0.99)
        print(f"p99 before {calm:.2f} ms, during {hit:.2f} ms; max {max(during):.2f} ms")
        self.assertLess(max(during), 2000, "a client waited for the shadow")

    def pause_shadow(self):
        if DIRECT:
            time.sleep(5)
        elif self.shadow.engine == "postgres":
            cluster = self.clusters["shadow"]
            cluster.pause()
            time.sleep(5)
            cluster.resume()
        else:
            self.lock_file(5)

    def lock_file(self, duration):
        """The nearest a SQLite file has to a stopped server: somebody else holds its lock."""
        connection = self.shadow.connect()
        connection.execute("begin immediate")
        time.sleep(duration)
        connection.execute("rollback")
        connection.close()

    def test_stopped(self):
        load, begin, end = self.under_load(self.pause_shadow)
        self.check_latency(load, begin, end)
        if DIRECT:
            return
        report = self.check_parity()
        self.assertEqual(report["totals"]["dropped"], 0)
        assert_equal_stores(self, self.primary, self.shadow)

    def test_killed(self):
        def fault():
            if DIRECT:
                time.sleep(5)
                return
            if self.shadow.engine != "postgres":
                raise unittest.SkipTest("a SQLite file has no server to kill")
            cluster = self.clusters["shadow"]
            cluster.kill()
            time.sleep(5)
            cluster.start()
        if not DIRECT and self.combination.endswith("_sqlite"):
            self.skipTest("a SQLite file has no server to kill")
        load, begin, end = self.under_load(fault)
        self.check_latency(load, begin, end)
        if DIRECT:
            return
        report = self.duet.drain()
        self.check_totals(report)
        self.assertEqual(report["findings"], [])
        self.assertEqual(report["totals"]["dropped"], 0)
        assert_equal_stores(self, self.primary, self.shadow)

    def test_bound_reached(self):
        """With a tiny queue the loss is counted, and the tables it hit are named."""
        if DIRECT:
            self.skipTest("nothing is shadowed")
        load, begin, end = self.under_load(
            self.pause_shadow, arguments=["--set", "duet.queue_bytes_max=1MiB",
                                          "--set", "duet.compare_reads=0.0"])
        self.check_latency(load, begin, end)
        report = self.duet.drain()
        self.check_totals(report)
        if report["totals"]["dropped"] == 0:
            self.fail(f"nothing was dropped: {report['totals']}")
        self.assertEqual(report["verdict"], "insufficient")
        self.assertEqual(self.duet.command("report").returncode, 2)
        named = {entry["table"].split(".")[-1] for entry in report["dirty"]}
        self.assertLessEqual({"pgbench_accounts", "pgbench_history"}, named)
        self.assertEqual(report["findings"], [], "a loss must not look like a divergence")

    def test_shadow_absent_at_start(self):
        """The shadow is down when pgduet starts: it serves, and catches up later."""
        if DIRECT or self.combination.endswith("_sqlite"):
            self.skipTest("needs a PostgreSQL shadow")
        cluster = self.cluster("shadow")
        started = []
        original = self.make_store

        def make_then_stop(engine, role, name="app"):
            store = original(engine, role, name)
            if role == "shadow":
                cluster.kill()
                started.append(True)
            return store
        self.make_store = make_then_stop
        duet = self.start_duet()
        self.assertTrue(started)
        duet.ask("create table late (id integer primary key, t text)")
        for i in range(50):
            duet.ask("insert into late values (%s, %s)", [i, f"row {i}"])
        self.assertGreater(duet.report()["lag"]["units"], 0)
        cluster.start()
        duet.drain()
        assert_equal_stores(self, self.primary, self.shadow)

    def test_pgduet_stops_gracefully(self):
        """SIGTERM under way: what was taken is applied before the end."""
        if DIRECT:
            self.skipTest("nothing is shadowed")
        require_tool("pgbench")
        duet = self.start_duet()
        initialise(self, duet)
        load = Load(self, duet, duration=3, rate=500)
        self.addCleanup(load.stop)
        load.finish()
        self.assertEqual(duet.stop(), 0)
        assert_equal_stores(self, self.primary, self.shadow)
        done = duet.command("report", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        wait_until("pgduet is gone", lambda: duet.process.poll() is not None, 5)


for_combinations()(Faults)
