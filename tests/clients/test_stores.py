"""The comparison of two stores itself: finds equal what is equal, and one changed value."""

import unittest

from harness import Postgres, PostgresStore, Scratch, SqliteStore
from stores import assert_equal_stores

POSTGRES = """
create table kinds (id integer primary key, i8 bigint, f4 real, f8 double precision,
    n numeric(20,6), b boolean, t text, c char(5), y bytea, d date, tm time, ts timestamp,
    tz timestamptz, u uuid, j json, jb jsonb);
insert into kinds values (1, 9223372036854775807, 0.1, 0.1, 12.34, true, 'ä', 'ab', '\\x00ff',
    '2024-02-29', '12:34:56', '2024-02-29 12:34:56.5', '2024-07-01 14:00:00+02',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b": 1}', '{"b": 1, "a": 2.50}');
insert into kinds (id) values (2);
"""
SQLITE = [
    "create table kinds (id INTEGER PRIMARY KEY, i8 BIGINT, f4 REAL, f8 DOUBLE PRECISION, "
    "n NUMERIC_TEXT(20,6), b BOOLEAN, t TEXT, c CHAR(5), y BLOB, d DATE_TEXT, tm TIME_TEXT, "
    "ts TIMESTAMP_TEXT, tz TIMESTAMPTZ_TEXT, u UUID_TEXT, j JSON_TEXT, jb JSONB_TEXT)",
    "insert into kinds values (1, 9223372036854775807, 0.1, 0.1, '12.340000', 1, 'ä', 'ab   ', "
    "x'00ff', '2024-02-29', '12:34:56', '2024-02-29 12:34:56.500000', "
    "'2024-07-01 12:00:00+00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"b\": 1}', "
    "'{\"a\": 2.50, \"b\": 1}')",
    "insert into kinds (id) values (2)",
]


class StoreComparison(unittest.TestCase):
    def test_values(self):
        scratch = Scratch()
        self.addCleanup(scratch.remove)
        cluster = Postgres(scratch, "cluster")
        self.addCleanup(cluster.stop)
        postgres = PostgresStore(cluster, "app")
        sqlite = SqliteStore(scratch.file("app.db"))
        postgres.execute(POSTGRES)
        for statement in SQLITE:
            sqlite.execute(statement)
        assert_equal_stores(self, postgres, sqlite)
        assert_equal_stores(self, sqlite, postgres)
        for change in ("i8 = i8 - 1", "f8 = 0.2", "n = '12.340001'", "b = 0", "t = 'a'",
                       "y = x'00'", "ts = '2024-02-29 12:34:56'", "jb = '{\"a\": 2.5}'",
                       "tz = '2024-07-01 12:00:01+00'", "j = '{\"b\":1}'", "d = null"):
            with self.subTest(change=change):
                sqlite.execute(f"update kinds set {change} where id = 1")
                with self.assertRaises(AssertionError):
                    assert_equal_stores(self, postgres, sqlite)
                sqlite.execute("delete from kinds")
                for statement in SQLITE[1:]:
                    sqlite.execute(statement)
        sqlite.execute("delete from kinds where id = 2")
        with self.assertRaises(AssertionError):
            assert_equal_stores(self, sqlite, postgres)
