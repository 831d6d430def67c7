"""asyncpg: extended protocol, binary both ways, Describe before every first use."""

import asyncio

import asyncpg
import shop


class Driver:
    def __init__(self, dsn):
        self.loop = asyncio.new_event_loop()
        self.connection = self.run(asyncpg.connect(
            dsn, server_settings={"TimeZone": "Europe/Berlin"}))

    def run(self, task):
        return self.loop.run_until_complete(task)

    def execute(self, sql, parameters):
        parameters = [str(p) if isinstance(p, str) else p for p in parameters]
        if not parameters and sql.split()[0] not in ("select", "selec"):
            return self.count(self.run(self.connection.execute(sql)))
        statement = self.run(self.connection.prepare(sql))
        rows = self.run(statement.fetch(*parameters))
        if statement.get_attributes():
            return [tuple(row) for row in rows]
        return self.count(statement.get_statusmsg())

    @staticmethod
    def count(tag):
        last = tag.split()[-1]
        return int(last) if last.isdigit() else -1

    def begin(self):
        self.run(self.connection.execute("begin"))

    def commit(self):
        self.run(self.connection.execute("commit"))

    def rollback(self):
        self.run(self.connection.execute("rollback"))

    def sqlstate(self, error):
        return getattr(error, "sqlstate", None)

    def close(self):
        self.run(self.connection.close())


shop.main(Driver)
