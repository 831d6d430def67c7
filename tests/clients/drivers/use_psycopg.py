"""psycopg 3, extended protocol, in text or binary format, preparing from the second use."""

import re

import psycopg
import shop
from psycopg.types.json import Json, Jsonb


class Driver:
    def __init__(self, dsn, format_name):
        self.binary = format_name == "binary"
        self.connection = psycopg.connect(dsn, autocommit=True, prepare_threshold=1,
                                          options="-c TimeZone=Europe/Berlin")
        self.mark = "%b" if self.binary else "%t"

    def adapt(self, value):
        if isinstance(value, shop.Jsonb):
            return Jsonb(value, dumps=str)
        if isinstance(value, shop.Json):
            return Json(value, dumps=str)
        return value

    def execute(self, sql, parameters):
        if parameters:
            sql = re.sub(r"\$\d+", self.mark, sql.replace("%", "%%"))
        with self.connection.cursor(binary=self.binary) as cursor:
            cursor.execute(sql, [self.adapt(p) for p in parameters] or None)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def begin(self):
        self.connection.execute("begin")

    def commit(self):
        self.connection.execute("commit")

    def rollback(self):
        self.connection.execute("rollback")

    def sqlstate(self, error):
        return getattr(error, "sqlstate", None)

    def close(self):
        self.connection.close()


shop.main(Driver)
