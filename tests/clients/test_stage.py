"""Cutover and back under load, through `pgduet stage`: clients keep going, nothing is lost or
doubled, generated ids do not clash."""

import threading
import unittest

import psycopg2

from harness import DIRECT, ClientTest, for_combinations, require_tool
from load import Load, initialise, percentile
from stores import assert_equal_stores


class Inserter(threading.Thread):
    """Inserts rows with generated ids on one long connection, until told to stop."""

    def __init__(self, duet):
        super().__init__(daemon=True)
        self.duet = duet
        self.done = threading.Event()
        self.ids = []
        self.error = None

    def run(self):
        try:
            connection = self.duet.connect()
            with connection.cursor() as cursor:
                while not self.done.is_set():
                    cursor.execute("insert into orders (note) values (%s) returning id",
                                   [f"order {len(self.ids)}"])
                    self.ids.append(cursor.fetchone()[0])
                    self.done.wait(0.01)
            connection.close()
        except psycopg2.Error as error:
            self.error = f"after {len(self.ids)} inserts: {error!r} {error}"


class Stage:
    def stage(self, name, *options):
        """Moves the running proxy; returns its finished command."""
        done = self.duet.command("stage", name, *options)
        print(f"stage {name} {' '.join(options)}: exit {done.returncode}: {done.stdout.strip()}")
        return done

    def prepare(self):
        if DIRECT:
            raise unittest.SkipTest("nothing to switch")
        require_tool("pgbench")
        duet = self.start_duet()
        initialise(self, duet)
        duet.ask("create table orders (id serial primary key, note text not null)")
        duet.drain()
        return duet

    def test_switch_and_back(self):
        duet = self.prepare()
        inserter = Inserter(duet)
        load = Load(self, duet, duration=14, rate=200)
        self.addCleanup(load.stop)
        self.addCleanup(inserter.done.set)
        inserter.start()
        load.wait_second(4)
        there = self.stage("switched")
        count_there = len(inserter.ids)
        load.wait_second(9)
        back = self.stage("mirror")
        count_back = len(inserter.ids)
        load.finish()
        inserter.done.set()
        inserter.join(10)
        self.assertEqual(there.returncode, 0, there.stdout + there.stderr)
        self.assertEqual(back.returncode, 0, back.stdout + back.stderr)
        self.assertIsNone(inserter.error)
        self.assertGreater(count_back, count_there, "no insert while switched")
        self.assertGreater(len(inserter.ids), count_back, "no insert after going back")
        self.assertEqual(len(inserter.ids), len(set(inserter.ids)), "an id was given twice")
        slowest = max(ms for _, ms in load.transactions())
        p99 = percentile([ms for _, ms in load.transactions()], 0.99)
        print(f"p99 {p99:.1f} ms, slowest transaction {slowest:.1f} ms")
        self.assertLess(slowest, 3000, "a client waited too long for a switch")
        report = duet.drain()
        self.check_totals(report)
        self.assertEqual(report["findings"], [])
        held = assert_equal_stores(self, self.primary, self.shadow)
        self.assertEqual({row[held["orders"][0].index("id")] for row in held["orders"][1]},
                         set(inserter.ids), "acknowledged rows and stored rows differ")

    def test_roles_are_swapped(self):
        """After the switch the old shadow answers, and the old primary is shadowed."""
        duet = self.prepare()
        done = self.stage("switched")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        duet.ask("insert into orders (note) values ('on the new') returning id")
        report = duet.drain()
        self.assertEqual(report["findings"], [])
        assert_equal_stores(self, self.primary, self.shadow)
        # Only the shadow store was written by hand: a client must see it now.
        self.shadow.execute("update orders set note = 'seen' where note = 'on the new'")
        self.assertEqual(duet.ask("select note from orders"), [("seen",)])

    def test_show_and_dry_run(self):
        duet = self.prepare()
        shown = duet.command("stage")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("mirror", shown.stdout)
        dry = self.stage("switched", "--dry-run")
        self.assertEqual(dry.returncode, 0, dry.stdout + dry.stderr)
        self.assertIn("mirror", duet.command("stage").stdout)
        wrong = duet.command("stage", "nowhere")
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("nowhere", wrong.stdout + wrong.stderr)

    def test_refused_at_the_deadline(self):
        """A transaction that stays open: the switch gives up, and everything goes on as before."""
        duet = self.prepare()
        holder = duet.connect()
        holder.autocommit = False
        with holder.cursor() as cursor:
            cursor.execute("insert into orders (note) values ('held open') returning id")
        done = self.stage("switched")
        self.assertNotEqual(done.returncode, 0, "switched past an open transaction")
        self.assertIn("mirror", duet.command("stage").stdout)
        with holder.cursor() as cursor:
            cursor.execute("insert into orders (note) values ('still here')")
        holder.commit()
        holder.close()
        self.assertEqual(duet.ask("select count(*) from orders"), [(2,)])
        duet.drain()
        assert_equal_stores(self, self.primary, self.shadow)

    def test_without_the_shadow(self):
        """The shadow is gone: switching is refused, clients do not notice."""
        if not DIRECT and self.combination.endswith("_sqlite"):
            self.skipTest("needs a PostgreSQL shadow")
        duet = self.prepare()
        cluster = self.clusters["shadow"]
        cluster.kill()
        self.addCleanup(cluster.ensure_running)
        duet.ask("insert into orders (note) values ('alone')")
        done = self.stage("switched")
        self.assertNotEqual(done.returncode, 0, "switched to a store that is down")
        self.assertEqual(duet.ask("select note from orders"), [("alone",)])


for_combinations()(Stage)
