// node-postgres: extended protocol for statements with parameters, text format, named statements.
// usage: node use_node.js DSN PREFIX      (NODE_PATH names the folder with the module pg)
'use strict';
const { Client } = require('pg');

const columns = ['i2 smallint', 'i4 integer', 'i8 bigint', 'f4 real', 'f8 double precision',
    'n numeric(20,6)', 'b boolean', 't text', 'v varchar(40)', 'y bytea', 'd date', 'tm time',
    'ts timestamp', 'tz timestamptz', 'u uuid', 'j json', 'jb jsonb'];
const names = columns.map((column) => column.split(' ')[0]);
const rows = [
    [1, 7, 70000, '7000000000', 1.5, 0.1, '12.340000', true, 'plain', 'short',
        Buffer.from('abc'), '2024-02-29', '12:34:56', '2024-02-29 12:34:56',
        '2024-07-01 12:00:00+00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b":1,"a":[1,2]}',
        { b: 2, a: [1, 2] }],
    [2, -32768, -2147483648, '-9223372036854775808', -3.4028235e38, -1.7976931348623157e308,
        '-99999999999999.999999', false, 'naïve – Ünïcödé 🐘 \' " \\ \t\n%', 'ÄÖÜ',
        Buffer.from([...Array(256).keys()]), '1600-02-29', '00:00:00',
        '1999-12-31 23:59:59.999999', '1970-01-01 00:00:00Z',
        '00000000-0000-0000-0000-000000000000', '[]', { 'ключ': 'значение', '🐘': null }],
    [3, 32767, 2147483647, '9223372036854775807', 1.17549435e-38, 5e-324, '0.000001', true, '',
        '', Buffer.alloc(0), '9999-12-31', '23:59:59.999999', '9999-12-31 23:59:59.001',
        '2038-01-19 03:14:08.123456+00', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '"text"',
        '12345678901234567890.50'],
    [4, ...Array(columns.length).fill(null)],
];

async function converse(client, p) {
    const out = {};
    const shape = (result) => (result.fields && result.fields.length
        ? { types: result.fields.map((f) => `${f.name}:${f.dataTypeID}`), rows: result.rows }
        : result.rowCount);
    const run = async (text, values) => shape(await client.query({
        text, values, rowMode: 'array' }));
    const named = async (name, text, values) => shape(await client.query({
        name, text, values, rowMode: 'array' }));
    const fails = async (text, values) => {
        try {
            await run(text, values);
        } catch (error) {
            if (!error.code) throw error;
            return error.code;
        }
        return 'no error';
    };

    await run(`drop table if exists ${p}_child`);
    await run(`drop table if exists ${p}_parent`);
    await run(`drop table if exists ${p}_types`);
    await run(`create table ${p}_parent (id serial primary key, code varchar(20) not null unique,
               created timestamptz not null default now())`);
    await run(`create table ${p}_child (id bigserial primary key, parent_id integer not null
               references ${p}_parent (id), qty integer not null check (qty > 0), note text)`);
    await run(`create table ${p}_types (id integer primary key, ${columns.join(', ')})`);

    const marks = rows[0].map((_, i) => `$${i + 1}`).join(', ');
    for (const row of rows) {
        out[`inserted_${row[0]}`] =
            await run(`insert into ${p}_types (id, ${names.join(', ')}) values (${marks})`, row);
    }
    const everything = `select id, ${names.join(', ')} from ${p}_types order by id`;
    out.types = await run(everything);
    out.types_named = await named('everything', everything);

    const insertParent = `insert into ${p}_parent (code) values ($1) returning id, code`;
    out.returning = await run(insertParent, ['one']);
    await run('begin');
    out.returning_two = await run(insertParent, ['two']);
    const child = `insert into ${p}_child (parent_id, qty, note) values ($1, $2, $3)`;
    out.child = [await run(child, [1, 5, 'first']), await run(child, [2, 6, null])];
    await run('commit');
    const count = `select count(*), sum(qty), min(note), max(qty) from ${p}_child`;
    out.updated = await run(`update ${p}_child set qty = qty + $1 where parent_id = $2`, [10, 1]);
    out.deleted = await run(`delete from ${p}_types where id = $1`, [4]);
    out.count = await run(count);

    await run('begin');
    await run(child, [1, 99, 'rolled back']);
    out.inside = await run(count);
    await run('rollback');
    out.after_rollback = await run(count);

    const unique = `insert into ${p}_parent (code) values ($1)`;
    out.error_unique = await fails(unique, ['one']);
    out.error_not_null = await fails(unique, [null]);
    out.error_foreign_key =
        await fails(`insert into ${p}_child (parent_id, qty) values ($1, $2)`, [999999, 1]);
    out.error_check =
        await fails(`insert into ${p}_child (parent_id, qty) values ($1, $2)`, [1, 0]);
    out.error_syntax = await fails('selec 1');
    out.error_bad_number = await fails(`select * from ${p}_child where id = $1`, ['not a number']);
    out.after_errors = await run(count);

    await run('begin');
    await run(child, [1, 50, 'lost']);
    out.error_inside = await fails(unique, ['one']);
    out.spoiled = await fails(count);
    await run('rollback');
    await run('begin');
    await run(child, [2, 60, 'kept']);
    await run('savepoint s1');
    out.error_savepoint = await fails(unique, ['two']);
    await run('rollback to savepoint s1');
    await run(child, [2, 62, 'kept too']);
    await run('commit');
    out.after_savepoint = await run(`select qty, note from ${p}_child order by qty`);

    const upsert = `insert into ${p}_types (id, i4, t) values ($1, $2, $3)
                    on conflict (id) do update set i4 = excluded.i4, t = excluded.t`;
    for (let i = 0; i < 12; i++) {
        await named('upsert', upsert, [100 + (i % 4), i, `round ${i}`]);
    }
    for (let i = 0; i < 4; i++) {
        out[`reused_${i}`] =
            await named('one', `select i4, t from ${p}_types where id = $1`, [100 + i]);
    }
    return out;
}

async function main() {
    const [dsn, prefix] = process.argv.slice(2);
    // Values are printed as they came, so that no conversion of the driver hides a difference.
    const raw = { getTypeParser: () => (value) => value };
    const client = new Client({ connectionString: dsn, types: raw,
        options: '-c TimeZone=Europe/Berlin' });
    await client.connect();
    const out = await converse(client, prefix);
    await client.end();
    console.log(JSON.stringify(out, null, 1));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
