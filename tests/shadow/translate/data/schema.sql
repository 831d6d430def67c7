create table item (
    id serial primary key, small smallint, num integer, big bigint, price numeric(10,2),
    anynum numeric, real4 real, real8 double precision, ok boolean, name text, code varchar(10),
    fixed char(5), day date, clock time, made timestamp, seen timestamptz default now(),
    gap interval, key uuid, doc jsonb, raw json, bytes bytea, nums integer[], tags text[]);
create table owner (id integer primary key, item_id integer references item, name text not null,
    score integer, note varchar(20));
create table pair (a integer, b integer, v text, primary key (a, b));
create view item_view as select id, name, price * 2 as double_price, code from item;
insert into item (id, small, num, big, price, anynum, real4, real8, ok, name, code, fixed, day, clock, made, seen, gap, key, doc, raw, bytes, nums, tags) values
 (1, 1, 10, 100, 1.50, 2.25, 0.5, 0.1, true, 'Apple', 'a1', 'ab', '2024-01-31', '10:20:30', '2024-01-31 10:20:30.5', '2024-01-31 10:20:30+00', '1 day', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b": 1, "a": "x"}', '{"b":1}', '\x0102', '{1,2,3}', '{a,"b c"}'),
 (2, 2, 20, 200, 10.00, 3, 1.5, 2.5, false, 'banana', 'b2', 'cd', '2024-02-29', '23:59:59', '2024-02-29 00:00:00', '2024-02-29 12:00:00+00', '1 mon', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', '{"b": 2, "c": [1, 2]}', '[1,2]', '\xff', '{4,5}', '{}'),
 (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, '2023-01-01 00:00:00+00', null, null, null, null, null, null, null),
 (4, -3, 7, -9, -2.55, 100.001, 3.25, -1.5, true, 'Éclair', 'c3', 'ab', '1999-12-31', '00:00:00', '1999-12-31 23:59:59', '1999-12-31 23:59:59+00', '-2 hours', 'c0eebc99-9c0b-4ef8-bb6d-6bb9bd380a13', '[1, 2, 3]', '"x"', '\x', '{3,null}', '{x,y,z}'),
 (5, 5, 7, 300, 9.99, 0.5, 0.25, 100, false, 'apple pie', 'd4', 'zz', '2024-03-31', '12:00:00', '2024-03-31 12:00:00', '2024-03-31 12:00:00+00', '3 hours', 'd0eebc99-9c0b-4ef8-bb6d-6bb9bd380a14', '{"b": null}', '{}', '\x4142', '{}', '{q}');
insert into owner values (1, 1, 'Ann', 5, 'n1'), (2, 1, 'Bob', null, null), (3, 2, 'Cid', 7, 'n3'), (4, null, 'Dot', 5, 'n4');
insert into pair values (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'z');
CREATE TABLE customers (
    id      bigserial PRIMARY KEY,
    email   text NOT NULL UNIQUE,
    name    varchar(80) NOT NULL,
    joined  timestamptz NOT NULL DEFAULT now());
CREATE TABLE products (
    id       bigserial PRIMARY KEY,
    name     text NOT NULL,
    category text NOT NULL,
    price    numeric(10,2) NOT NULL CHECK (price >= 0),
    stock    integer NOT NULL,
    active   boolean NOT NULL DEFAULT true);
CREATE TABLE orders (
    id          bigserial PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    placed      timestamptz NOT NULL DEFAULT now(),
    status      text NOT NULL DEFAULT 'open',
    total       numeric(12,2) NOT NULL DEFAULT 0);
CREATE TABLE order_items (
    order_id   bigint NOT NULL REFERENCES orders (id),
    product_id bigint NOT NULL REFERENCES products (id),
    quantity   integer NOT NULL,
    price      numeric(10,2) NOT NULL,
    PRIMARY KEY (order_id, product_id));
CREATE INDEX products_by_category ON products (category);
insert into customers (email, name) values ('a@x', 'A'), ('b@x', 'B');
insert into products (name, category, price, stock, active) values ('Lamp', 'office', 9.99, 5, true), ('Chair', 'office', 49.5, 2, true), ('Pot', 'kitchen', 3, 0, false);
insert into orders (customer_id, status, total) values (1, 'open', 9.99), (1, 'paid', 49.5), (2, 'open', 0);
insert into order_items values (1, 1, 1, 9.99), (2, 2, 1, 49.50);
