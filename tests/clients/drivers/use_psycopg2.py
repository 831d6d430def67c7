"""psycopg2: client-side parameters, simple protocol."""

import re

import psycopg2
import psycopg2.extras
import shop


class Driver:
    def __init__(self, dsn):
        psycopg2.extras.register_uuid()
        self.connection = psycopg2.connect(dsn)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute("set timezone to 'Europe/Berlin'")

    def execute(self, sql, parameters):
        if parameters:
            sql = re.sub(r"\$\d+", "%s", sql.replace("%", "%%"))
        self.cursor.execute(sql, [str(p) if isinstance(p, str) else p for p in parameters] or None)
        return self.cursor.fetchall() if self.cursor.description else self.cursor.rowcount

    def begin(self):
        self.connection.autocommit = False

    def commit(self):
        self.connection.commit()
        self.connection.autocommit = True

    def rollback(self):
        self.connection.rollback()
        self.connection.autocommit = True

    def sqlstate(self, error):
        return getattr(error, "pgcode", None)

    def close(self):
        self.connection.close()


shop.main(Driver)
