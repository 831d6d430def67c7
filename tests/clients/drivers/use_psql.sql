-- psql: simple protocol, SQL-level prepared statements, SQLSTATE of every failure.
-- usage: psql -XAtq -v p=PREFIX -f use_psql.sql DSN
\set ON_ERROR_STOP off
\pset null NULL
set timezone to 'Europe/Berlin';
\set parent :p _parent
\set child :p _child
\set types :p _types
drop table if exists :child;
drop table if exists :parent;
drop table if exists :types;
create table :parent (id serial primary key, code varchar(20) not null unique,
    created timestamptz not null default now());
create table :child (id bigserial primary key, parent_id integer not null references :parent (id),
    qty integer not null check (qty > 0), note text);
create table :types (id integer primary key, i2 smallint, i4 integer, i8 bigint, f4 real,
    f8 double precision, n numeric(20,6), b boolean, t text, v varchar(40), y bytea, d date,
    tm time, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb);

insert into :types values (1, 7, 70000, 7000000000, 1.5, 0.1, 12.34, true, 'plain', 'short',
    '\x616263', '2024-02-29', '12:34:56', '2024-02-29 12:34:56', '2024-07-01 12:00:00+00',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b":1,"a":[1,2]}', '{"b":1,"a":[1,2],"b":2}');
insert into :types values (2, -32768, -2147483648, -9223372036854775808, -3.4028235e38,
    -1.7976931348623157e308, -99999999999999.999999, false, 'naïve – 🐘 '' " \', 'ÄÖÜ',
    '\x00ff', '1600-02-29', '00:00', '1999-12-31 23:59:59.999999', '1970-01-01 00:00:00+00',
    '00000000-0000-0000-0000-000000000000', '[]', '{"ключ": null}');
insert into :types (id) values (3);
\echo rows :ROW_COUNT
select * from :types order by id;
select id, f8, n, tz from :types where tz < '2024-07-01 14:00:01+02' order by id;

insert into :parent (code) values ('one') returning id, code;
\set code 'it''s two'
begin;
insert into :parent (code) values (:'code') returning id, code;
insert into :child (parent_id, qty, note) values (1, 5, 'first'), (2, 6, null);
commit;
select p.code, c.qty, c.note from :parent p join :child c on c.parent_id = p.id order by c.id;
update :child set qty = qty + 10 where parent_id = 1;
\echo rows :ROW_COUNT
delete from :types where id = 3;
\echo rows :ROW_COUNT

begin;
insert into :child (parent_id, qty, note) values (1, 99, 'rolled back');
select count(*), sum(qty) from :child;
rollback;
select count(*), sum(qty) from :child;

insert into :parent (code) values ('one');
\echo unique :SQLSTATE
insert into :parent (code) values (null);
\echo not null :SQLSTATE
insert into :child (parent_id, qty) values (999999, 1);
\echo foreign key :SQLSTATE
insert into :child (parent_id, qty) values (1, 0);
\echo check :SQLSTATE
selec 1;
\echo syntax :SQLSTATE
select nothing from :parent;
\echo undefined column :SQLSTATE
select count(*) from :parent;

begin;
insert into :child (parent_id, qty, note) values (1, 50, 'lost');
insert into :parent (code) values ('one');
\echo inside :SQLSTATE
select count(*) from :child;
\echo spoiled :SQLSTATE
commit;
begin;
insert into :child (parent_id, qty, note) values (2, 60, 'kept');
savepoint s1;
insert into :child (parent_id, qty, note) values (2, 0, 'bad');
\echo savepoint :SQLSTATE
rollback to savepoint s1;
insert into :child (parent_id, qty, note) values (2, 62, 'kept too');
commit;
select qty, note from :child order by qty;

prepare one (integer) as select i2, t from :types where id = $1;
execute one (1);
execute one (2);
execute one (1);
deallocate one;
select 1 as a \; select 2 as b;
