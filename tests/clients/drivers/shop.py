"""The driver conversation, written once for the Python drivers: typed rows in and out, CRUD in and
out of transactions, SQLSTATEs, savepoints, prepared reuse. The node and Java programs tell the
same story in their own language.

A driver gives `execute(sql, parameters)` -> list of rows, or a row count when there are none;
`begin`, `commit`, `rollback`; and `sqlstate(exception)`. SQL is written with $1, $2, ..., each
used once and in order. The result is a canonical JSON object on standard output; the test compares
it with what the same program printed against PostgreSQL itself.

Ids that the database makes up are printed only before the first failure or rollback: PostgreSQL
leaves gaps in a sequence there and SQLite need not.
"""

import datetime
import decimal
import json
import sys
import uuid

UTC = datetime.timezone.utc


class Json(str):
    """Text of a json parameter."""


class Jsonb(str):
    """Text of a jsonb parameter."""


COLUMNS = [("i2", "smallint"), ("i4", "integer"), ("i8", "bigint"), ("f4", "real"),
           ("f8", "double precision"), ("n", "numeric(20,6)"), ("b", "boolean"), ("t", "text"),
           ("v", "varchar(40)"), ("y", "bytea"), ("d", "date"), ("tm", "time"),
           ("ts", "timestamp"), ("tz", "timestamptz"), ("u", "uuid"), ("j", "json"),
           ("jb", "jsonb")]

ROWS = [
    [1, 7, 70000, 7000000000, 1.5, 0.1, decimal.Decimal("12.340000"), True, "plain", "short",
     b"abc", datetime.date(2024, 2, 29), datetime.time(12, 34, 56),
     datetime.datetime(2024, 2, 29, 12, 34, 56),
     datetime.datetime(2024, 7, 1, 12, 0, 0, tzinfo=UTC),
     uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), Json('{"b":1,"a":[1,2]}'),
     Jsonb('{"b":1,"a":[1,2],"b":2}')],
    [2, -32768, -2147483648, -9223372036854775808, -3.4028234663852886e38,
     -1.7976931348623157e308, decimal.Decimal("-99999999999999.999999"), False,
     "naïve – Ünïcödé 🐘 ' \" \\ \t\n%", "ÄÖÜ", bytes(range(256)), datetime.date(1600, 2, 29),
     datetime.time(0, 0, 0), datetime.datetime(1999, 12, 31, 23, 59, 59, 999999),
     datetime.datetime(1970, 1, 1, 0, 0, 0, tzinfo=UTC), uuid.UUID(int=0), Json("[]"),
     Jsonb('{"ключ": "значение", "🐘": null}')],
    [3, 32767, 2147483647, 9223372036854775807, 1.17549435e-38, 5e-324,
     decimal.Decimal("0.000001"), True, "", "", b"", datetime.date(9999, 12, 30),
     datetime.time(23, 59, 59, 999999), datetime.datetime(9999, 12, 31, 23, 59, 59, 1000),
     datetime.datetime(2038, 1, 19, 3, 14, 8, 123456, tzinfo=UTC),
     uuid.UUID(int=(1 << 128) - 1), Json('"text"'), Jsonb("12345678901234567890.50")],
    [4] + [None] * len(COLUMNS),
]

ERRORS = [
    ("unique", "insert into {p}_parent (code) values ($1)", ["one"]),
    ("not_null", "insert into {p}_parent (code) values ($1)", [None]),
    ("foreign_key", "insert into {p}_child (parent_id, qty) values ($1, $2)", [999999, 1]),
    ("foreign_key_delete", "delete from {p}_parent where code = $1", ["one"]),
    ("check", "insert into {p}_child (parent_id, qty) values ($1, $2)", [1, 0]),
    ("syntax", "selec 1", []),
    ("undefined_table", "select * from {p}_nowhere", []),
    ("undefined_column", "select nothing from {p}_parent", []),
    ("too_long", "insert into {p}_parent (code) values ('123456789012345678901')", []),
    ("bad_uuid", "insert into {p}_types (id, u) values (98, 'no uuid')", []),
]


def plain(value):
    """A value of a result as JSON that tells types apart."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, decimal.Decimal):
        return {"numeric": str(value)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, (datetime.date, datetime.time)):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, uuid.UUID):
        return {"uuid": str(value)}
    if isinstance(value, (dict, list)):
        return {"json": json.dumps(value, sort_keys=True)}
    raise TypeError(f"{type(value)} has no canonical form")


def plain_rows(rows):
    return [[plain(value) for value in row] for row in rows]


def fails(driver, sql, parameters):
    """SQLSTATE of a statement that must fail."""
    try:
        driver.execute(sql, parameters)
    except Exception as error:  # noqa: every driver has its own base class
        state = driver.sqlstate(error)
        if state is None:
            raise
        return state
    return "no error"


def converse(driver, p):
    """The whole conversation; `p` prefixes the table names."""
    out = {}
    for table in ("child", "parent", "types"):
        driver.execute(f"drop table if exists {p}_{table}", [])
    driver.execute(f"create table {p}_parent (id serial primary key, "
                   "code varchar(20) not null unique, "
                   "created timestamptz not null default now())", [])
    driver.execute(f"create table {p}_child (id bigserial primary key, parent_id integer not null "
                   f"references {p}_parent (id), qty integer not null check (qty > 0), "
                   "note text)", [])
    listed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
    driver.execute(f"create table {p}_types (id integer primary key, {listed})", [])

    # Values in and out.
    names = ", ".join(name for name, _ in COLUMNS)
    marks = ", ".join(f"${i + 1}" for i in range(len(COLUMNS) + 1))
    insert = f"insert into {p}_types (id, {names}) values ({marks})"
    out["inserted"] = [driver.execute(insert, row) for row in ROWS]
    everything = f"select id, {names} from {p}_types order by id"
    out["types"] = plain_rows(driver.execute(everything, []))
    for name, _ in COLUMNS[:9] + COLUMNS[9:15]:
        found = [driver.execute(f"select id from {p}_types where {name} = $1 order by id",
                                [row[1 + [c for c, _ in COLUMNS].index(name)]])
                 for row in ROWS[:3]]
        out[f"find_{name}"] = [plain_rows(rows) for rows in found]

    # Generated ids, inside and outside of a transaction.
    returning = f"insert into {p}_parent (code) values ($1) returning id, code"
    out["returning"] = plain_rows(driver.execute(returning, ["one"]))
    driver.begin()
    out["returning_two"] = plain_rows(driver.execute(returning, ["two"]))
    child = f"insert into {p}_child (parent_id, qty, note) values ($1, $2, $3)"
    out["child"] = [driver.execute(child, [1, 5, "first"]), driver.execute(child, [2, 6, None])]
    driver.commit()
    joined = (f"select p.code, c.qty, c.note from {p}_parent p join {p}_child c "
              "on c.parent_id = p.id where c.qty >= $1 order by c.id")
    out["joined"] = plain_rows(driver.execute(joined, [1]))

    # Update and delete, their counts, and a read inside the transaction that wrote.
    driver.begin()
    out["updated"] = driver.execute(f"update {p}_child set qty = qty + $1 where parent_id = $2",
                                    [10, 1])
    out["seen_inside"] = plain_rows(driver.execute(joined, [1]))
    driver.commit()
    out["missed"] = driver.execute(f"update {p}_child set qty = 1 where id = $1", [424242])
    out["deleted"] = driver.execute(f"delete from {p}_types where id = $1", [4])

    # Rollback.
    count = f"select count(*), sum(qty), min(note), max(qty) from {p}_child"
    driver.begin()
    driver.execute(child, [1, 99, "rolled back"])
    driver.execute(f"delete from {p}_types where id > $1", [0])
    out["inside"] = plain_rows(driver.execute(count, []))
    driver.rollback()
    out["after_rollback"] = plain_rows(driver.execute(count, []))
    out["types_again"] = plain_rows(driver.execute(everything, []))

    # Errors outside of a transaction: each has its SQLSTATE and the session goes on.
    for name, sql, parameters in ERRORS:
        out[f"error_{name}"] = fails(driver, sql.format(p=p), parameters)
        out[f"alive_after_{name}"] = plain_rows(driver.execute(count, []))

    # An error spoils the transaction until its end.
    driver.begin()
    driver.execute(child, [1, 50, "lost"])
    out["error_inside"] = fails(driver, ERRORS[0][1].format(p=p), ERRORS[0][2])
    out["spoiled"] = fails(driver, count, [])
    driver.rollback()
    out["after_error"] = plain_rows(driver.execute(count, []))

    # A savepoint takes the error back.
    driver.begin()
    driver.execute(child, [2, 60, "kept"])
    driver.execute("savepoint s1", [])
    driver.execute(child, [2, 61, "undone"])
    out["error_savepoint"] = fails(driver, ERRORS[4][1].format(p=p), ERRORS[4][2])
    driver.execute("rollback to savepoint s1", [])
    driver.execute(child, [2, 62, "kept too"])
    driver.execute("release savepoint s1", [])
    driver.commit()
    out["after_savepoint"] = plain_rows(
        driver.execute(f"select qty, note from {p}_child order by qty", []))

    # The same statement many times, with other values: prepared by the drivers that do.
    upsert = (f"insert into {p}_types (id, i4, t) values ($1, $2, $3) "
              "on conflict (id) do update set i4 = excluded.i4, t = excluded.t")
    for i in range(12):
        driver.execute(upsert, [100 + i % 4, i, f"round {i}"])
    one = f"select i4, t from {p}_types where id = $1"
    out["reused"] = [plain_rows(driver.execute(one, [100 + i])) for i in range(4)]
    out["limited"] = plain_rows(driver.execute(
        f"select id, t from {p}_types where t like $1 order by id desc limit $2", ["round%", 3]))
    return out


def main(make_driver):
    """Entry of each Python driver program: DSN and table prefix on the command line."""
    dsn, prefix, *rest = sys.argv[1:]
    driver = make_driver(dsn, *rest)
    result = converse(driver, prefix)
    driver.close()
    json.dump(result, sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    print()
