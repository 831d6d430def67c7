"""Planted divergences: each gives exactly one finding of the right class with a usable example,
however often it is hit."""

import json

import psycopg2

from harness import DIRECT, ClientTest, for_combinations
from stores import assert_equal_stores

HITS = 20


class Divergence:
    def prepare(self, *statements):
        """Runs the statements through pgduet and expects parity so far."""
        if DIRECT:
            self.skipTest("nothing is shadowed")
        duet = self.start_duet()
        self.client = duet.connect()
        self.addCleanup(self.client.close)
        for statement in statements:
            self.ask(statement)
        report = duet.drain()
        self.assertEqual(report["findings"], [], "before anything was planted")
        return duet

    def ask(self, sql, parameters=None):
        with self.client.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def refused(self, sqlstate, sql, parameters=None):
        with self.assertRaises(psycopg2.Error) as caught:
            self.ask(sql, parameters)
        self.assertEqual(caught.exception.pgcode, sqlstate)

    def plant(self, postgres, sqlite):
        """Changes the shadow behind pgduet's back; the statements of its engine run."""
        for statement in postgres if self.shadow.engine == "postgres" else sqlite:
            self.shadow.execute(statement)

    def one_finding(self, kind, table, words, count=HITS):
        """Exactly one finding: its class, table, and what a person reads in its example."""
        report = self.duet.drain()
        self.check_totals(report)
        shown = json.dumps(report["findings"], indent=1, ensure_ascii=False)
        self.assertEqual(len(report["findings"]), 1, shown[:6000] + json.dumps(report["totals"]))
        found = report["findings"][0]
        self.assertEqual(found["class"], kind, shown)
        self.assertEqual([name.split(".")[-1] for name in found["tables"]], [table], shown)
        self.assertTrue(found["statement"] and found["fingerprint"] and found["id"], shown)
        self.assertGreaterEqual(found["last_seen"], found["first_seen"])
        self.assertNotEqual(found["example"]["primary"], found["example"]["shadow"], shown)
        everything = json.dumps(found, ensure_ascii=False)
        for word in words:
            self.assertIn(word, everything)
        self.assertEqual(report["verdict"], "findings")
        if count is not None:
            self.assertEqual(found["count"], count, "the finding counts every hit")
            self.assertEqual(report["totals"]["differs"], count)
        else:
            self.assertGreaterEqual(found["count"], 1)
        for format_name, mark in (("text", table), ("html", "<html"), ("junit", "<testsuite")):
            done = self.duet.command("report", "--format", format_name)
            self.assertIn(mark, done.stdout)
        done = self.duet.command("report", "--format", "json")
        if done.returncode != 1:  # the file is flushed once a second
            import time
            time.sleep(2)
            done = self.duet.command("report", "--format", "json")
        self.assertEqual(done.returncode, 1, done.stdout[:500])
        self.assertEqual(len(json.loads(done.stdout)["findings"]), 1)
        return report, found

    ITEMS = ("create table items (id integer primary key, name text not null, "
             "price integer not null, extra text)",
             "insert into items values (1, 'apple', 30, 'a'), (2, 'pear', 40, 'b'), "
             "(3, 'plum', 60, 'c'), (7, 'quince', 70, 'd'), (9, 'melon', 300, 'e')")

    def test_changed_row(self):
        self.prepare(*self.ITEMS)
        change = ["update items set price = 71 where id = 7"]
        self.plant(change, change)
        for _ in range(HITS):
            self.assertEqual(self.ask("select id, name, price from items where id = %s", [7]),
                             [(7, "quince", 70)])
            self.assertEqual(self.ask("select id, name, price from items where id = %s", [2]),
                             [(2, "pear", 40)])
        self.one_finding("state", "items", ["quince", "70", "71"], count=None)

    def test_missing_unique_index(self):
        self.prepare("create table users (id integer primary key, email text not null)",
                     "create unique index users_email on users (email)",
                     "insert into users values (1, 'a@example.org'), (2, 'b@example.org')")
        change = ["drop index users_email"]
        self.plant(change, change)
        for i in range(HITS):
            self.refused("23505", "insert into users values (%s, %s)", [100 + i, "a@example.org"])
        self.ask("insert into users values (3, 'c@example.org')")
        self.one_finding("semantic", "users", ["23505", "a@example.org"])
        assert_equal_stores(self, self.primary, self.shadow)

    def test_other_view(self):
        self.prepare(*self.ITEMS,
                     "create view cheap as select id, name from items where price < 100")
        self.plant(["create or replace view cheap as select id, name from items where price < 50"],
                   ["drop view cheap",
                    "create view cheap as select id, name from items where price < 50"])
        for _ in range(HITS):
            self.assertEqual(len(self.ask("select id, name from cheap order by id")), 4)
        self.one_finding("semantic", "cheap", ["plum", "quince"])

    def test_narrower_column(self):
        self.prepare("create table notes (id integer primary key, body varchar(50))",
                     "insert into notes values (1, 'short')")
        self.plant(["alter table notes alter column body type varchar(5)"],
                   ["drop table notes",
                    "create table notes (id INTEGER PRIMARY KEY NOT NULL, "
                    "body VARCHAR(50) CHECK (length(body) <= 5))",
                    "insert into notes values (1, 'short')"])
        for i in range(HITS):
            self.assertEqual(self.ask("insert into notes values (%s, %s)",
                                      [10 + i, "much too long for it"]), 1)
        report, _ = self.one_finding("semantic", "notes", ["much too long"], count=None)
        # The rows could not be kept on the shadow: that must be said.
        self.assertEqual([entry["table"].split(".")[-1] for entry in report["dirty"]], ["notes"])

    def test_statement_the_shadow_cannot_run(self):
        self.prepare(*self.ITEMS)
        change = ["alter table items drop column extra"]
        self.plant(change, change)
        for _ in range(HITS):
            self.assertEqual(self.ask("select extra from items where id = %s", [2]), [("b",)])
        self.one_finding("semantic", "items", ["42703", "extra"])

    def test_construct_the_shadow_lacks(self):
        if self.combination != "pg_sqlite":
            self.skipTest("only PostgreSQL can do it, only SQLite cannot")
        self.prepare(*self.ITEMS)
        for _ in range(HITS):
            self.assertEqual(
                self.ask("select percentile_disc(0.5) within group (order by price) from items"),
                [(60,)])
        self.one_finding("semantic", "items", ["percentile_disc", "0A000"])

    def test_two_causes_are_two_findings(self):
        self.prepare(*self.ITEMS,
                     "create view cheap as select id, name from items where price < 100",
                     "create table users (id integer primary key, email text not null)",
                     "create unique index users_email on users (email)",
                     "insert into users values (1, 'a@example.org')")
        self.plant(["drop index users_email",
                    "create or replace view cheap as select id, name from items where price < 50"],
                   ["drop index users_email", "drop view cheap",
                    "create view cheap as select id, name from items where price < 50"])
        for i in range(HITS):
            self.refused("23505", "insert into users values (%s, %s)", [100 + i, "a@example.org"])
            self.ask("select id, name from cheap order by id")
        report = self.duet.drain()
        self.check_totals(report)
        self.assertEqual(sorted(f["tables"][0].split(".")[-1] for f in report["findings"]),
                         ["cheap", "users"], json.dumps(report["findings"])[:4000])


for_combinations()(Divergence)
