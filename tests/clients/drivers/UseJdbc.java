// pgjdbc: extended protocol, server-prepared from the first use, binary results where it can.
// usage: java -cp postgresql.jar:DIR UseJdbc JDBC_URL PREFIX

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

public class UseJdbc {
    static Connection connection;
    static final List<String> out = new ArrayList<>();

    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    static void say(String name, String value) {
        out.add(" " + quote(name) + ": " + quote(value));
    }

    static String show(Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof byte[]) {
            StringBuilder hex = new StringBuilder("x");
            for (byte b : (byte[]) value) {
                hex.append(String.format("%02x", b));
            }
            return hex.toString();
        }
        return value.getClass().getSimpleName() + ":" + value;
    }

    static PreparedStatement bind(String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                statement.setNull(i + 1, Types.NULL);
            } else if (values[i] instanceof byte[]) {
                statement.setBytes(i + 1, (byte[]) values[i]);
            } else if (values[i] instanceof Json) {
                statement.setObject(i + 1, ((Json) values[i]).text, Types.OTHER);
            } else {
                statement.setObject(i + 1, values[i]);
            }
        }
        return statement;
    }

    static class Json {
        final String text;

        Json(String text) {
            this.text = text;
        }
    }

    static int update(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = bind(sql, values)) {
            return statement.executeUpdate();
        }
    }

    static String rows(PreparedStatement statement) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (ResultSet result = statement.executeQuery()) {
            int width = result.getMetaData().getColumnCount();
            for (int i = 1; i <= width; i++) {
                text.append(result.getMetaData().getColumnName(i)).append(", ");
            }
            while (result.next()) {
                text.append('(');
                for (int i = 1; i <= width; i++) {
                    // jsonb is not among the types pgjdbc knows without asking the catalog.
                    String name = result.getMetaData().getColumnName(i);
                    Object value = name.equals("tz") ? result.getObject(i, OffsetDateTime.class)
                        : name.equals("jb") ? "jsonb" : result.getObject(i);
                    text.append(show(value));
                    if (!(value instanceof byte[])) {  // in binary its string is an address
                        text.append(" as ").append(result.getString(i));
                    }
                    text.append("; ");
                }
                text.append(')');
            }
        }
        return text.toString();
    }

    static String query(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = bind(sql, values)) {
            return rows(statement);
        }
    }

    static String fails(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = bind(sql, values)) {
            statement.execute();
        } catch (SQLException error) {
            if (error.getSQLState() == null) {
                throw error;
            }
            return error.getSQLState();
        }
        return "no error";
    }

    static void converse(String p) throws SQLException {
        try (Statement plain = connection.createStatement()) {
            for (String table : new String[] {"child", "parent", "types"}) {
                plain.execute("drop table if exists " + p + "_" + table);
            }
            plain.execute("create table " + p + "_parent (id serial primary key, "
                + "code varchar(20) not null unique, "
                + "created timestamptz not null default now())");
            plain.execute("create table " + p + "_child (id bigserial primary key, "
                + "parent_id integer not null references " + p + "_parent (id), "
                + "qty integer not null check (qty > 0), note text)");
            plain.execute("create table " + p + "_types (id integer primary key, i2 smallint, "
                + "i4 integer, i8 bigint, f4 real, f8 double precision, n numeric(20,6), "
                + "b boolean, t text, v varchar(40), y bytea, d date, tm time, ts timestamp, "
                + "tz timestamptz, u uuid, j json, jb jsonb)");
        }

        byte[] bytes = new byte[256];
        for (int i = 0; i < 256; i++) {
            bytes[i] = (byte) i;
        }
        String marks = "?" + ", ?".repeat(17);
        String insert = "insert into " + p + "_types values (" + marks + ")";
        say("insert 1", "" + update(insert, 1, (short) 7, 70000, 7000000000L, 1.5f, 0.1,
            new java.math.BigDecimal("12.340000"), true, "plain", "short", "abc".getBytes(),
            LocalDate.of(2024, 2, 29), LocalTime.of(12, 34, 56),
            LocalDateTime.of(2024, 2, 29, 12, 34, 56),
            OffsetDateTime.parse("2024-07-01T12:00:00Z"),
            UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            new Json("{\"b\":1,\"a\":[1,2]}"), new Json("{\"b\":1,\"a\":[1,2],\"b\":2}")));
        say("insert 2", "" + update(insert, 2, Short.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE,
            -Float.MAX_VALUE, -Double.MAX_VALUE,
            new java.math.BigDecimal("-99999999999999.999999"), false,
            "na\u00efve \u2013 \ud83d\udc18 ' \" \\ \t\n%", "\u00c4\u00d6\u00dc", bytes,
            LocalDate.of(1600, 2, 29), LocalTime.of(0, 0, 0),
            LocalDateTime.of(1999, 12, 31, 23, 59, 59, 999999000),
            OffsetDateTime.parse("1970-01-01T00:00:00Z"), new UUID(0, 0), new Json("[]"),
            new Json("{\"\u043a\u043b\u044e\u0447\": null}")));
        say("insert 3", "" + update(insert, 3, Short.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE,
            1.17549435e-38f, Double.MIN_VALUE, new java.math.BigDecimal("0.000001"), true, "", "",
            new byte[0], LocalDate.of(9999, 12, 31), LocalTime.of(23, 59, 59, 999999000),
            LocalDateTime.of(9999, 12, 31, 23, 59, 59, 1000000),
            OffsetDateTime.parse("2038-01-19T03:14:08.123456Z"), new UUID(-1, -1),
            new Json("\"text\""), new Json("12345678901234567890.50")));
        Object[] nothing = new Object[18];
        nothing[0] = 4;
        say("insert 4", "" + update(insert, nothing));

        // Run often enough that pgjdbc goes over to the named statement and binary results.
        String everything = "select * from " + p + "_types order by id";
        try (PreparedStatement statement = connection.prepareStatement(everything)) {
            for (int i = 0; i < 4; i++) {
                say("types " + i, rows(statement));
            }
        }

        String insertParent = "insert into " + p + "_parent (code) values (?) returning id, code";
        say("returning", query(insertParent, "one"));
        try (PreparedStatement statement = connection.prepareStatement(
                 "insert into " + p + "_parent (code) values (?)", new String[] {"id"})) {
            statement.setString(1, "two");
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                say("generated key", "" + keys.getInt(1));
            }
        }
        String child = "insert into " + p + "_child (parent_id, qty, note) values (?, ?, ?)";
        String count = "select count(*), sum(qty), min(note), max(qty) from " + p + "_child";
        connection.setAutoCommit(false);
        update(child, 1, 5, "first");
        update(child, 2, 6, null);
        connection.commit();
        say("count", query(count));
        say("updated", "" + update("update " + p + "_child set qty = qty + ? where parent_id = ?",
            10, 1));
        say("deleted", "" + update("delete from " + p + "_types where id = ?", 4));
        connection.commit();
        update(child, 1, 99, "rolled back");
        say("inside", query(count));
        connection.rollback();
        say("after rollback", query(count));
        connection.commit();

        connection.setAutoCommit(true);
        String unique = "insert into " + p + "_parent (code) values (?)";
        String short_child = "insert into " + p + "_child (parent_id, qty) values (?, ?)";
        say("error unique", fails(unique, "one"));
        say("error not null", fails(unique, new Object[] {null}));
        say("error foreign key", fails(short_child, 999999, 1));
        say("error check", fails(short_child, 1, 0));
        say("error syntax", fails("selec 1"));
        say("after errors", query(count));

        connection.setAutoCommit(false);
        update(child, 1, 50, "lost");
        say("error inside", fails(unique, "one"));
        say("spoiled", fails(count));
        connection.rollback();
        update(child, 2, 60, "kept");
        Savepoint savepoint = connection.setSavepoint("s1");
        update(child, 2, 61, "undone");
        say("error savepoint", fails(unique, "two"));
        connection.rollback(savepoint);
        update(child, 2, 62, "kept too");
        connection.commit();
        say("after savepoint", query("select qty, note from " + p + "_child order by qty"));
        connection.commit();
        connection.setAutoCommit(true);

        try (PreparedStatement batch = connection.prepareStatement("insert into " + p
                 + "_types (id, i4, t) values (?, ?, ?) on conflict (id) do update "
                 + "set i4 = excluded.i4, t = excluded.t")) {
            for (int i = 0; i < 12; i++) {
                batch.setInt(1, 100 + i % 4);
                batch.setInt(2, i);
                batch.setString(3, "round " + i);
                batch.addBatch();
            }
            say("batch", java.util.Arrays.toString(batch.executeBatch()));
        }
        for (int i = 0; i < 4; i++) {
            say("reused " + i, query("select i4, t from " + p + "_types where id = ?", 100 + i));
        }
    }

    public static void main(String[] arguments) throws SQLException {
        java.util.TimeZone.setDefault(java.util.TimeZone.getTimeZone("Europe/Berlin"));
        connection = DriverManager.getConnection(arguments[0]);
        converse(arguments[1]);
        connection.close();
        System.out.println("{\n" + String.join(",\n", out) + "\n}");
    }
}
