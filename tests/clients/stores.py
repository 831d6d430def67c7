"""Reads the tables of a store directly, as canonical values, so that two stores can be compared.

PostgreSQL is read by psycopg2, a SQLite file by the sqlite3 module. A value's canonical form
depends on the PostgreSQL type of its column (of the declared type, on SQLite), never on what the
value looks like: integers by value, floats by bits, numeric by value, times as microseconds,
jsonb as a tree, the rest as text or bytes.
"""

import datetime
import decimal
import json
import re
import struct
import uuid

UTC = datetime.timezone.utc


def canonical_float(value, single):
    value = float(value)
    if single:
        return ("float4", struct.pack("!f", value).hex())
    return ("float8", struct.pack("!d", value).hex())


def canonical_timestamp(value, with_zone):
    if isinstance(value, str):
        text = value.strip().replace(" ", "T", 1)
        text = re.sub(r"Z$", "+00:00", text)
        text = re.sub(r"([+-]\d\d)$", r"\1:00", text)
        head, dot, rest = text.partition(".")
        if dot:
            digits = re.match(r"\d*", rest).group()
            text = f"{head}.{digits[:6].ljust(6, '0')}{rest[len(digits):]}"
        value = datetime.datetime.fromisoformat(text)
    if with_zone:
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        value = value.astimezone(UTC)
    return value.replace(tzinfo=None).isoformat()


def canonical_time(value):
    if isinstance(value, str):
        head, dot, rest = value.partition(".")
        value = datetime.time.fromisoformat(f"{head}.{rest.ljust(6, '0')}" if dot else head)
    return value.isoformat()


def canonical_json(value, keep_text):
    if keep_text:
        return value if isinstance(value, str) else json.dumps(value)
    if isinstance(value, str):
        value = json.loads(value, parse_float=decimal.Decimal)
    return json.dumps(value, sort_keys=True, default=lambda number: f"{number.normalize():f}")


def canonical(kind, value):
    """The canonical form of one value of PostgreSQL type `kind` (its internal name)."""
    if value is None:
        return None
    if kind in ("int2", "int4", "int8"):
        return int(value)
    if kind in ("float4", "float8"):
        return canonical_float(value, kind == "float4")
    if kind == "numeric":
        number = decimal.Decimal(str(value))
        return f"{number.normalize():f}" if number.is_finite() else str(number)
    if kind == "bool":
        return value if isinstance(value, bool) else value in (1, "1", "t", "true")
    if kind == "bytea":
        return bytes(value).hex()
    if kind == "date":
        return value if isinstance(value, str) else value.isoformat()
    if kind == "time":
        return canonical_time(value)
    if kind in ("timestamp", "timestamptz"):
        return canonical_timestamp(value, kind == "timestamptz")
    if kind == "uuid":
        return str(uuid.UUID(str(value)))
    if kind in ("json", "jsonb"):
        return canonical_json(value, kind == "json")
    if kind == "bpchar":
        return str(value).rstrip(" ")
    return str(value)


# First word of a type as declared on SQLite -> PostgreSQL's internal name.
DECLARED = {
    "smallint": "int2", "int2": "int2", "integer": "int4", "int": "int4", "int4": "int4",
    "bigint": "int8", "int8": "int8", "real": "float4", "float4": "float4", "double": "float8",
    "float8": "float8", "numeric": "numeric", "numeric_text": "numeric", "decimal": "numeric",
    "boolean": "bool", "bool": "bool", "text": "text", "varchar": "varchar",
    "character": "bpchar", "char": "bpchar", "bpchar": "bpchar", "blob": "bytea",
    "bytea": "bytea", "date": "date", "date_text": "date", "time": "time", "time_text": "time",
    "timestamp": "timestamp", "timestamp_text": "timestamp", "timestamptz": "timestamptz",
    "timestamptz_text": "timestamptz", "uuid": "uuid", "uuid_text": "uuid", "json": "json",
    "json_text": "json", "jsonb": "jsonb", "jsonb_text": "jsonb",
}


def postgres_tables(connection):
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = "
                       "'public' and table_type = 'BASE TABLE'")
        return {row[0] for row in cursor.fetchall()}


def postgres_rows(connection, table):
    """(column names, rows as canonical values keyed by column)"""
    with connection.cursor() as cursor:
        cursor.execute("select column_name, udt_name from information_schema.columns "
                       "where table_schema = 'public' and table_name = %s", [table])
        kinds = dict(cursor.fetchall())
        names = sorted(kinds)
        # json as text: psycopg2 would parse it and lose the text.
        listed = ", ".join(f'"{n}"::text' if kinds[n] in ("json", "jsonb") else f'"{n}"'
                           for n in names)
        cursor.execute("set timezone to 'UTC'")
        cursor.execute(f'select {listed} from "{table}"')
        return kinds, [tuple(canonical(kinds[n], v) for n, v in zip(names, row))
                       for row in cursor.fetchall()]


def sqlite_tables(connection):
    found = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    return {name for (name,) in found
            if not name.startswith(("sqlite_", "pgduet"))}


def declared_kind(declared):
    words = re.sub(r"\(.*", "", declared.lower()).split()
    if not words:
        return "text"
    if words[:2] == ["character", "varying"]:
        return "varchar"
    if words[0] in ("timestamp", "time") and words[1:3] == ["with", "time"]:
        return "timestamptz"
    return DECLARED.get(words[0], "text")


def sqlite_rows(connection, table, kinds=None):
    listed = connection.execute(f'pragma table_info("{table}")').fetchall()
    own = {column[1]: declared_kind(column[2]) for column in listed}
    kinds = kinds or own
    names = sorted(own)
    quoted = ", ".join(f'"{n}"' for n in names)
    rows = connection.execute(f'select {quoted} from "{table}"').fetchall()
    return own, [tuple(canonical(kinds.get(n, own[n]), v) for n, v in zip(names, row))
                 for row in rows]


def contents(store, kinds=None):
    """{table: (column names, sorted rows)} of a store; `kinds` types the columns of each table."""
    connection = store.connect()
    try:
        result, types = {}, {}
        if store.engine == "postgres":
            for table in postgres_tables(connection):
                types[table], rows = postgres_rows(connection, table)
                result[table] = (sorted(types[table]), sorted(rows, key=repr))
        else:
            for table in sqlite_tables(connection):
                types[table], rows = sqlite_rows(connection, table, (kinds or {}).get(table))
                result[table] = (sorted(types[table]), sorted(rows, key=repr))
        return result, types
    finally:
        connection.close()


def assert_equal_stores(test, primary, shadow, tables=None):
    """Fails with the first differing rows unless both stores hold the same tables and rows.

    When one side is PostgreSQL its catalog types the values of both.
    """
    if primary.engine == "postgres" or shadow.engine != "postgres":
        left, kinds = contents(primary)
        right, _ = contents(shadow, kinds)
    else:
        right, kinds = contents(shadow)
        left, _ = contents(primary, kinds)
    test.assertEqual(sorted(left), sorted(right), "the stores hold different tables")
    for table in sorted(tables or left):
        names, rows = left[table]
        other_names, other_rows = right[table]
        test.assertEqual(names, other_names, f"{table}: different columns")
        if rows != other_rows:
            missing = [row for row in rows if row not in set(other_rows)][:3]
            extra = [row for row in other_rows if row not in set(rows)][:3]
            test.fail(f"{table}: {len(rows)} rows on the primary, {len(other_rows)} on the "
                      f"shadow; columns {names}\n  only on the primary: {missing}\n"
                      f"  only on the shadow:  {extra}")
    return left
