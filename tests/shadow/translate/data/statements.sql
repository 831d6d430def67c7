-- Constants, names and types of results.
select 1
select 'a'
select null
select true, false
select 1.5, 1e3, 9223372036854775807, 9223372036854775808, 2147483648, -5, - 7, -2.5
select 1 as "Aa", 2 as b
select 1+1, 'a'||'b', 1=1, not true, -id from item order by id
select $1
select $1::int
select $1 + 1
select 1 + $1
select '1' + 1
select '2024-01-01'::date, date '2024-1-2', '12'::int8, 'x'::varchar(3), 'abcdef'::varchar(3), 'a'::char(3), '1.5'::numeric(10,2)
select name::text, num::bigint, num::text, num::numeric, num::float8, price::int, price::text, ok::text, ok::int, code::text, real8::int, real8::numeric, day::timestamp, day::timestamptz, made::date, seen::date, seen::timestamp, made::time, key::text, doc::text, raw::jsonb, doc::json from item order by id
select 'yes'::bool, 'off'::boolean, '{1,2}'::int[], '1 day'::interval, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid, '{"b":1,"a":2}'::jsonb, '\x41'::bytea
select cast('5' as smallint), cast(5.5 as int), cast(num as varchar(2)) from item order by id
-- Columns, stars, aliases.
select * from item order by id
select item.* from item order by id
select i.id, i.name n from item i order by i.id
select public.item.id from public.item order by 1
select * from pair order by a, b
select p.a x, p.b from pair as p(a, c) order by 1
select id, id from item order by id
select q.x from (select id as x, name from item) q order by 1
select * from (select id, num + 1 from item) q order by 1
select * from (values (1, 'a'), (2, 'b')) v(x, y) order by x
select * from (values (1), (2.5)) v(x) order by x
values (1, 'a'), (2, null)
table pair
-- Operators.
select num + 1, num - small, num * big, num / 3, num % 4, -num, +num from item order by id
select small + small, small * num, big - 1, big / 7, big % 7, num + big from item order by id
select price + 1, price * 2, price - 0.5, price / 3, price % 2, -price, price + num, anynum * price from item order by id
select real8 + 1, real8 * 2, real8 / 4, -real8, real4 + real4, real4 * real8, real8 + price from item order by id
select num & 3, num | 4, num # 5, num << 2, num >> 1, ~num, @num from item order by id
select 2 ^ 3, |/ 16.0
select name || '!', name || num, 'x' || code, fixed || '|' from item order by id
select num = 7, num <> 7, num != 7, num < 8, num <= 7, num > 7, num >= 7 from item order by id
select name = 'Apple', name < 'b', code = 'a1', fixed = 'ab', price = 1.5, price > 1, ok = true, day = '2024-01-31', made < '2024-02-01', key = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' from item order by id
select num = big, num = price, num < real8, price = anynum, small = num from item order by id
select name like 'A%', name not like '%e', name ilike 'a%', name like 'a_p%', name ~ '^A', name ~* '^a', name !~ 'x' from item order by id
select 'a%b' like 'a\%b', 'axb' like 'a!%b' escape '!'
select num between 5 and 10, num not between 5 and 10, num between symmetric 10 and 5 from item order by id
select num in (7, 10), num not in (7), name in ('Apple', 'x'), code in ('a1') from item order by id
select num is null, num is not null, ok is true, ok is not true, ok is false, ok is unknown from item order by id
select num is distinct from 7, num is not distinct from null from item order by id
select (num, small) = (10, 1), (num, small) < (10, 2), (num, big) in ((10, 100), (7, -9)) from item order by id
select ok and num > 5, ok or num > 5, not ok from item order by id
-- Conditionals.
select case when num > 7 then 'big' when num = 7 then 'seven' end from item order by id
select case num when 7 then 1 else 0 end, case when ok then num else price end from item order by id
select case when true then name else code end from item order by id
select coalesce(num, 0), coalesce(name, 'none'), coalesce(price, num), coalesce($1, 5) from item order by id
select nullif(num, 7), nullif(name, 'Apple') from item order by id
select greatest(num, 8), least(num, small, 3), greatest(price, 2), greatest(name, 'b') from item order by id
select case when $1 then $2 else 'a' end
-- Functions.
select abs(num), abs(price), abs(real8), sign(price), mod(num, 3), ceil(price), floor(price), round(price), round(price, 1), trunc(price, 1), round(real8), floor(num) from item order by id
select power(2, 3), sqrt(16), ln(1), exp(0), log(100)
select length(name), upper(name), lower(name), initcap(name), char_length(fixed), octet_length(name) from item order by id
select substr(name, 2), substr(name, 2, 2), substring(name from 2 for 3), substring(name, -1, 3), left(name, 2), right(name, 2) from item order by id
select trim(name), btrim(name, 'A'), ltrim(name), rtrim(name, 'e'), trim(both 'e' from name) from item order by id
select replace(name, 'p', 'b'), position('p' in name), strpos(name, 'e'), reverse(name), repeat(code, 2), lpad(code, 5, '*'), rpad(code, 5) from item order by id
select concat(name, num, ok, null), concat_ws('-', name, code), split_part(name, ' ', 1), starts_with(name, 'A'), md5(name), ascii(name), chr(65) from item order by id
select translate(name, 'ap', 'xy'), encode(bytes, 'hex'), decode('4142', 'hex') from item order by id
select extract(year from day), extract(month from made), extract(epoch from made), date_part('day', day), extract(dow from day) from item order by id
select date_trunc('month', made), date_trunc('day', seen), day + 1, day - 1, day - date '2024-01-01', made - made, made + interval '1 day', day + interval '1 month', seen - interval '1 hour', gap + gap, made + gap from item order by id
select seen at time zone 'UTC', made at time zone 'UTC' from item order by id
select to_char(made, 'YYYY-MM-DD'), age(made, made) from item order by id
select now() is not null, current_date is not null, current_timestamp is not null, localtimestamp is not null
select doc -> 'b', doc ->> 'b', doc -> 0, doc ->> 'a', raw -> 'b', doc #>> '{c,0}', doc @> '{"b": 1}', doc ? 'b' from item order by id
select jsonb_build_object('a', 1, 'b', name), json_build_array(1, name, null), to_jsonb(num), jsonb_typeof(doc) from item order by id
select jsonb_array_length('[1,2]'), jsonb_set('{"a":1}', '{a}', '2')
select nums[1], array_length(nums, 1), cardinality(tags), nums || 9, array[1,2,3], array['a', null], nums @> array[1], array_to_string(tags, ',') from item order by id
select num = any(nums), num = any('{7,10}'), num = any(array[7,8]), 3 = any(nums), num <> all('{7}') from item order by id
select id from item where num = any($1)
select id from item where name = any($1) order by id
select id from item where code = $1 and fixed = $2 and num > $3 and small = $4 and nums = $5
select array(select id from owner order by id)
-- Aggregates and windows.
select count(*), count(num), count(distinct num) from item
select sum(small), sum(num), sum(big), sum(price), sum(real4), sum(real8) from item
select avg(small), avg(num), avg(big), avg(price), avg(real4), avg(real8) from item
select min(num), max(price), min(name), max(day), max(code), min(seen), max(real8) from item
select bool_and(ok), bool_or(ok), every(ok) from item
select string_agg(name, ',') from item where num = 10
select array_agg(num) from item where num = 10
select count(*) filter (where num > 7) from item
select num, count(*) from item group by num order by num
select num, count(*) n, sum(price) from item group by 1 having count(*) > 1 order by n desc
select ok, max(price) from item group by ok order by ok nulls first
select upper(name) u, count(*) from item group by u order by u
select sum(num) from item having count(*) > 1
select row_number() over (order by id), rank() over (partition by ok order by num), lag(num) over (order by id), sum(num) over (order by id) from item order by id
select first_value(name) over w, ntile(2) over w, percent_rank() over w from item window w as (order by id) order by id
select sum(num) over (order by id rows between 1 preceding and current row) from item order by id
select id, num from item order by num desc, id
select id, num from item order by num nulls first, id desc
select id from item order by price limit 2
select id from item order by id limit $1 offset $2
select id from item order by id offset 2
select id from item order by id fetch first 2 rows only
select id from item order by id limit all
select distinct num from item order by num
select distinct on (num) num, id from item order by num, id desc
-- Joins.
select i.id, o.name from item i join owner o on o.item_id = i.id order by i.id, o.id
select i.id, o.name from item i left join owner o on o.item_id = i.id order by i.id, o.name
select i.id, o.id from item i right join owner o on o.item_id = i.id order by o.id
select i.id, o.id from item i full join owner o on o.item_id = i.id order by i.id, o.id
select id, item.name, owner.name from item join owner using (id) order by id
select * from owner natural join (select id, score from owner) x order by id
select a.id, b.id from owner a, owner b where a.id < b.id order by 1, 2
select a.id from owner a cross join pair order by a.id, a.name
-- Subqueries, CTEs, set operations.
select id from item where id in (select item_id from owner) order by id
select id from item where id not in (select item_id from owner where item_id is not null) order by id
select id, (select count(*) from owner o where o.item_id = item.id) from item order by id
select id, (select max(name) from owner o where o.item_id = item.id) as m from item order by id
select id from item where exists (select 1 from owner o where o.item_id = item.id) order by id
select id from item where num > all (select score from owner where score is not null) order by id
select id from item where num > any (select score from owner) order by id
select id from item where (id, num) in (select id, 7 from owner) order by id
with c as (select id, num from item) select * from c order by id
with c(x) as (select 1), d as (select x + 1 as y from c) select * from c, d
with recursive c(n) as (select 1 union all select n + 1 from c where n < 5) select n, sum(n) over () from c order by n
select 1 union select 2 order by 1
select 1 union all select 2.5 order by 1
select 'a' union select name from item order by 1
select null union select 1 order by 1
select id from item except select item_id from owner order by 1
select id from item intersect select item_id from owner order by id
(select id from item order by id limit 1) union all (select id from owner order by id desc limit 1)
select x.id from (select id from item union select id from owner) x order by x.id
select * from generate_series(1, 3)
select g from generate_series(1, 6, 2) g order by g
select u from unnest(array[3, 4]) u order by u
select id, num from item where ok for update
select * from item_view order by id
-- DML.
insert into pair values (9, 9, 'n')
insert into pair (a, b) values ($1, $2)
insert into pair values ($1, $2, $3)
insert into pair (a, b, v) values (5, 5, default) returning *
insert into pair (a, b, v) values ($1, $2, $3), (6, 6, $4) returning a, v as w, b + 1
insert into pair select id, 77, name from owner returning a
insert into pair (a, b, v) select id, 78, $1 from owner
insert into pair (a, b) values (1, 1) on conflict do nothing
insert into pair (a, b, v) values (1, 1, 'up') on conflict (a, b) do update set v = excluded.v || pair.v where pair.v is not null returning v
insert into pair (a, b) values (1, 1) on conflict on constraint pair_pkey do update set v = 'named' returning v
select p.a, o.id, q.b from pair p, owner o full join pair q on q.a = o.id order by 1, 2, 3
insert into item (name, price, ok, day) values ('n', '3.456', 'yes', '2024-1-2') returning price, ok, day
insert into item (num, price, code) values ($1, $2, $3) returning id
insert into item default values returning num, ok
update pair set v = $1 where a = $2 and b = $3
update pair set v = v || 'x', b = b + 10 where a = 1 returning *
update pair p set v = 'q' where p.a = 2 returning p.a, v
update item set price = price * 1.1, num = num + $1 where id = $2 returning price
update item set (num, name) = (1, 'two') where id = 1 returning num
update item set num = default, seen = default where id = 1
update pair set v = o.name from owner o where o.id = pair.a
delete from pair where a = $1
delete from pair where a = 1 returning *
delete from pair p using owner o where p.a = o.id and o.score = 5
delete from pair
with x as (select 1 as n) delete from pair using x where a = x.n
with x as (select 1 as n) update pair set v = 'w' where a in (select n from x)
-- Errors of analysis.
select * from missing
select missing from item
select item.missing from item
select x.id from item
select id from item, owner
select foo(1)
select upper(1, 2)
select name + 1 from item
select name = 1 from item
select num = 'x' from item
select 1 from item where num
select 1 from item where name
insert into pair values (1, 2, 'a', 4)
insert into pair (a, b) values (1)
insert into pair (a, zz) values (1, 2)
insert into pair (a, a) values (1, 2)
insert into pair (a, b) values ('x', 1)
insert into pair (a, b) values (true, 1)
insert into missing values (1)
update pair set zz = 1
update missing set a = 1
update pair set a = name from owner
delete from missing
select 'abc'::int
select '2024-02-30'::date
select 'x'::missing_type
select 1 union select 'a'
select 1 union select 1, 2
select true union select 1
select case when 1 then 2 end
select case when true then 1 else true end
select coalesce(1, true)
select $1 is null
select id from item order by 9
select (select id, num from item)
select id from item where id in (select id, num from item)
select * from item a, owner a
select num from item limit 'x'
select true + 1
select ok = 1 from item
select sum(name) from item
select * from (select 1) x(a, b)
select max(key) from item
select min(ok) from item
select max(doc) from item
select max(bytes) from item
-- Known refusals.
--! select count(*) from item group by rollup (num)
--! select * from item, lateral (select 1) x
--! with x as (insert into pair values (1, 1) returning a) select * from x
--! select string_agg(name, ',' order by name) from item
--! select b'101'
--! select id from item for update skip locked
--! select row(1, 2)
-- The demonstration's shop.
SELECT id, name, category, price, stock, active FROM products WHERE id = $1
SELECT id, name, price FROM products WHERE category = $1 AND active ORDER BY price DESC, id LIMIT 20
SELECT id, name FROM products WHERE name LIKE $1 ORDER BY id LIMIT 10
INSERT INTO orders (customer_id) VALUES ($1) RETURNING id, placed
INSERT INTO order_items (order_id, product_id, quantity, price) SELECT $1, id, $3, price FROM products WHERE id = $2
UPDATE products SET stock = stock - 1 WHERE id = $1
UPDATE orders SET total = (SELECT sum(quantity * price) FROM order_items WHERE order_id = $1) WHERE id = $1
SELECT status, count(*), sum(total) FROM orders WHERE customer_id = $1 GROUP BY status ORDER BY status
select c.name, o.total, p.name, i.quantity * i.price as line from customers c join orders o on o.customer_id = c.id join order_items i on i.order_id = o.id join products p on p.id = i.product_id order by 1, 2
select c.id, count(o.id), coalesce(sum(o.total), 0) as spent from customers c left join orders o on o.customer_id = c.id group by c.id, c.name having count(o.id) > 0 order by spent desc, c.id
-- What object mappers write.
SELECT "item"."id", "item"."name" FROM "item" WHERE ("item"."ok" = true AND "item"."num" > $1) ORDER BY "item"."id" ASC LIMIT 21
SELECT COUNT(*) AS "__count" FROM "item" WHERE UPPER("item"."name"::text) LIKE UPPER($1)
SELECT (1) AS "a" FROM "item" WHERE "item"."id" = $1 LIMIT 1
SELECT "item"."id" FROM "item" WHERE "item"."id" IN ($1, $2, $3) ORDER BY 1
SELECT anon_1.n FROM (SELECT count(*) AS n FROM item WHERE item.num IS NOT NULL) AS anon_1
SELECT DATE_TRUNC('month', item.seen AT TIME ZONE 'UTC') AS m, COUNT(item.id) AS c FROM item GROUP BY m ORDER BY m
INSERT INTO "owner" ("id", "item_id", "name") VALUES ($1, $2, $3) ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "owner"."id"
UPDATE "item" SET "num" = ("item"."num" + 1), "name" = $1 WHERE "item"."id" IN (SELECT U0."id" FROM "item" U0 WHERE U0."ok")
DELETE FROM "owner" WHERE "owner"."item_id" IN ($1)
SELECT EXISTS(SELECT 1 FROM item WHERE name = $1) AS found
select i.*, row_number() over (partition by i.ok order by i.id) rn from item i order by i.id
select * from (select id, row_number() over (order by price desc nulls last, id) as rn from item) ranked where rn <= 2 order by rn
select coalesce(o.name, 'nobody') as who, i.name from item i left outer join owner o on (o.item_id = i.id and o.score > 4) order by i.id, who
select id from item where (name, code) = ('Apple', 'a1') or (num = 7 and not (ok)) order by id
select id from item where name = 'Apple'::text and id = 1::bigint
select id from item where made between $1 and $2 order by id
select id from item where day = current_date or seen < now() order by id
select id from item where seen > '2024-01-01 00:00:00+00' order by id
select id from item where price in (1.5, 9.99, 10) order by id
select id from item where key = $1 or doc = $2
select id from item where real4 = $1 and real8 = $2 and bytes = $3 and clock = $4 and gap > $5
select max(id) + 1 from item
select min(seen)::date from item
select num::text || '-' || coalesce(code, '') as label from item order by id
select id % 2 as parity, avg(price)::numeric(10,2), count(*)::int from item group by parity order by parity
select case when count(*) = 0 then null else sum(num) / count(*) end from item
select case when price > 5 then 'dear' else 'cheap' end as class, count(*) from item group by class order by class
select sum(case when ok then 1 else 0 end) as yes, sum(price * num) from item
select length(name || code), lower(name) = 'apple' from item order by id
select interval '1 day' * 2, interval '1 hour' + interval '30 minutes', date '2024-01-31' + interval '1 month'
select '5'::int + '6'::int as eleven, 10 / 4, 10 / 4.0, 10 % 4, 2 * 3.5, 7.0 / 2
select round(10 / 3.0, 2), round(2.5), round(-2.5), round(2.5::float8), trunc(2.567, 2), ceil(1.2), floor(-1.2)
select 0.1 + 0.2, 0.1::float8 + 0.2::float8, 1.10 * 1.10, 1.00 / 3, 100.0 / 3
select sum(x), avg(x), max(x) from (values (1.5), (2.25), (3)) v(x)
select 'a' < 'B', 'a' = 'a ', 'a'::char(3) = 'a ', 'abc' > 'ab'
select '{"a": {"b": [1, 2]}}'::jsonb -> 'a' -> 'b' ->> 1, '[1,2]'::jsonb || '3'::jsonb
select null::int is null, null = null, not null::bool
select 1 where false
select 1 as a union all select 2 union all select 3 order by a desc limit 2
select sum(n) from (select 1 as n union all select 2) t
select * from item where false
select id from item where name not in ('Apple', 'banana') order by id
select id from item order by name desc, id asc nulls first
select distinct ok, num from item order by ok, num
select count(distinct ok), count(*) filter (where ok) from item
select nextval('item_id_seq') is not null
insert into pair (v, b, a) values ('z', 8, 8) returning a + b as s, upper(v)
insert into pair (a, b, v) select 70, 70, 'x' where not exists (select 1 from pair where a = 70)
insert into owner (id, name, score) values (50, 'E', 1), (51, 'F', null) returning id, name, score
update owner set score = coalesce(score, 0) + 1, note = left(name, 2) where id between 1 and 3 returning id, score, note
update item set tags = array['p', 'q'], nums = '{7,8}', doc = '{"z": 1}', day = '2024-02-03', ok = 'no' where id = 1 returning tags, nums, doc, day, ok
update item set price = $1::numeric, name = $2::text where id = $3::int
delete from owner where id = (select max(id) from owner) returning name
--! select percentile_disc(0.5) within group (order by price) from item
select pg_backend_pid() is not null
--x insert into item (code) values ('12345678901')
--x insert into item (price) values (123456789.99)
insert into item (key) values ('no uuid')
insert into item (small) values (40000)
update item set name = 5
update item set num = 'x'
update item set ok = 1
insert into item (num) values (1.5)
insert into item (day) values (now())
insert into item (name) values (now())
