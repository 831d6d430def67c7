#include "shadow/store/postgres/relation_query.hpp"

#include <cstdlib>
#include <optional>
#include <utility>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::store::postgres {

// How a default is classified: by the functions in its expression tree. pg_depend does not help,
// as it leaves out built-in functions. 1299, 2647, 2648 are now() and its relatives, the other
// numbers the casts of what they give; SQLVALUEFUNCTION 0 to 8 are CURRENT_DATE to
// LOCALTIMESTAMP(n), beyond are CURRENT_USER and such. now() inside of anything else is `volatile`.
//
// Keys with a nullable column are left out: NULLs do not identify a row.
const std::string_view relation_query = R"sql(
WITH target AS (
    SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relhasrules, n.nspname
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
     WHERE c.relname OPERATOR(pg_catalog.=) $2::pg_catalog.text::pg_catalog.name
       AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f,S}'::pg_catalog."char"[])
       AND CASE WHEN $1::pg_catalog.text OPERATOR(pg_catalog.=) ''
                THEN pg_catalog.pg_table_is_visible(c.oid)
                ELSE n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.text::pg_catalog.name END
), family AS (
    SELECT t.oid FROM target t
    UNION ALL
    SELECT p.relid FROM target t, pg_catalog.pg_partition_tree(t.oid) p
     WHERE p.relid OPERATOR(pg_catalog.<>) t.oid
), columns AS (
    SELECT a.attnum, a.attname, a.attnotnull, a.attidentity, a.attgenerated,
           COALESCE(b2.oid, b1.oid, ty.oid) AS type_oid,
           CASE WHEN b2.oid IS NOT NULL THEN b1.typtypmod
                WHEN b1.oid IS NOT NULL THEN ty.typtypmod
                ELSE a.atttypmod END AS type_modifier,
           ty.typdefault IS NOT NULL AS domain_default,
           d.adbin::pg_catalog.text AS tree,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
      FROM target t
      JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) t.oid
      JOIN pg_catalog.pg_type ty ON ty.oid OPERATOR(pg_catalog.=) a.atttypid
      LEFT JOIN pg_catalog.pg_type b1 ON ty.typtype OPERATOR(pg_catalog.=) 'd'
           AND b1.oid OPERATOR(pg_catalog.=) ty.typbasetype
      LEFT JOIN pg_catalog.pg_type b2 ON b1.typtype OPERATOR(pg_catalog.=) 'd'
           AND b2.oid OPERATOR(pg_catalog.=) b1.typbasetype
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid OPERATOR(pg_catalog.=) a.attrelid
           AND d.adnum OPERATOR(pg_catalog.=) a.attnum
     WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
), sources AS (
    SELECT c.attnum,
           CASE
           WHEN c.attidentity OPERATOR(pg_catalog.=) 'a' THEN 'identity_always'
           WHEN c.attidentity OPERATOR(pg_catalog.=) 'd' THEN 'identity'
           WHEN c.attgenerated OPERATOR(pg_catalog.<>) '' THEN 'stored'
           WHEN c.tree IS NULL AND c.domain_default THEN 'volatile'
           WHEN c.tree IS NULL THEN 'none'
           WHEN c.expression OPERATOR(pg_catalog.~) '^nextval\(''.*''::regclass\)$' THEN 'sequence'
           WHEN EXISTS (
               SELECT 1 FROM pg_catalog.regexp_matches(
                          c.tree, ':SQLVALUEFUNCTION|:(?:op)?funcid ([0-9]+)', 'g') m
                 JOIN pg_catalog.pg_proc f
                   ON f.oid OPERATOR(pg_catalog.=) (m[1])::pg_catalog.oid
                WHERE f.provolatile OPERATOR(pg_catalog.=) 'v'
                   OR (NOT f.oid OPERATOR(pg_catalog.=) ANY (
                           '{1299,2647,2648,1178,2027,2019,1388,1961,1967,1968,1969}'
                           ::pg_catalog.oid[])
                       AND (f.provolatile OPERATOR(pg_catalog.=) 's'
                            OR c.tree OPERATOR(pg_catalog.~)
                               'SQLVALUEFUNCTION|:funcid (1299|2647|2648) '))
           ) OR c.tree OPERATOR(pg_catalog.~) 'SQLVALUEFUNCTION :op (9|[1-9][0-9])'
           THEN 'volatile'
           WHEN c.tree OPERATOR(pg_catalog.~) 'SQLVALUEFUNCTION|:funcid (1299|2647|2648) '
           THEN 'now'
           ELSE 'constant' END AS source
      FROM columns c
), keys AS (
    SELECT i.indexrelid, i.indisprimary, k.attnum, k.place
      FROM target t
      JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) t.oid
     CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::pg_catalog.int2[])
           WITH ORDINALITY k(attnum, place)
     WHERE i.indisunique AND i.indisvalid AND i.indimmediate
       AND i.indpred IS NULL AND i.indexprs IS NULL
       AND k.place OPERATOR(pg_catalog.<=) i.indnkeyatts::pg_catalog.int8
       AND NOT EXISTS (
           SELECT 1 FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY n(num, at)
             JOIN columns c ON c.attnum OPERATOR(pg_catalog.=) n.num
            WHERE NOT c.attnotnull AND n.at OPERATOR(pg_catalog.<=) i.indnkeyatts::pg_catalog.int8)
), foreign_keys AS (
    SELECT f.oid, f.conname, f.conrelid, f.confrelid, k.attnum, k.referenced, k.place
      FROM target t
      JOIN pg_catalog.pg_constraint f ON f.conrelid OPERATOR(pg_catalog.=) t.oid
           AND f.contype OPERATOR(pg_catalog.=) 'f'
     CROSS JOIN LATERAL ROWS FROM (
           pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey)
     ) WITH ORDINALITY k(attnum, referenced, place)
), answer AS (
    SELECT 1 AS part, 0::pg_catalog.oid AS item, 0::pg_catalog.int8 AS place,
           'R' AS tag, t.nspname::pg_catalog.text AS f1, t.relname::pg_catalog.text AS f2,
           t.relkind::pg_catalog.text AS f3,
           (t.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[])
            AND pg_catalog.has_table_privilege(t.oid, 'SELECT')
            AND NOT t.relhasrules AND NOT t.relrowsecurity)::pg_catalog.text AS f4,
           (NOT t.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[])
            OR t.relhasrules
            OR EXISTS (
                SELECT 1 FROM pg_catalog.pg_trigger g JOIN family m
                       ON m.oid OPERATOR(pg_catalog.=) g.tgrelid
                 WHERE NOT g.tgisinternal AND g.tgenabled OPERATOR(pg_catalog.<>) 'D')
            OR EXISTS (
                SELECT 1 FROM pg_catalog.pg_constraint r
                 WHERE r.contype OPERATOR(pg_catalog.=) 'f'
                   AND r.confrelid OPERATOR(pg_catalog.=) t.oid
                   AND (r.confdeltype OPERATOR(pg_catalog.=) ANY ('{c,n,d}'::pg_catalog."char"[])
                     OR r.confupdtype OPERATOR(pg_catalog.=) ANY ('{c,n,d}'::pg_catalog."char"[])))
            OR (t.relkind OPERATOR(pg_catalog.=) 'r' AND EXISTS (
                SELECT 1 FROM pg_catalog.pg_inherits h
                 WHERE h.inhparent OPERATOR(pg_catalog.=) t.oid))
           )::pg_catalog.text AS f5,
           NULL::pg_catalog.text AS f6, NULL::pg_catalog.text AS f7
      FROM target t
    UNION ALL
    SELECT 2, 0::pg_catalog.oid, c.attnum::pg_catalog.int8,
           'C', c.attname::pg_catalog.text, c.type_oid::pg_catalog.text,
           c.type_modifier::pg_catalog.text, c.attnotnull::pg_catalog.text, s.source,
           c.expression, NULL
      FROM columns c JOIN sources s ON s.attnum OPERATOR(pg_catalog.=) c.attnum
    UNION ALL
    SELECT CASE WHEN k.indisprimary THEN 3 ELSE 4 END, k.indexrelid, k.place,
           'K', k.indexrelid::pg_catalog.text, k.indisprimary::pg_catalog.text,
           c.attname::pg_catalog.text, NULL, NULL, NULL, NULL
      FROM keys k JOIN columns c ON c.attnum OPERATOR(pg_catalog.=) k.attnum
    UNION ALL
    SELECT 5, k.oid, k.place,
           'F', k.conname::pg_catalog.text, a.attname::pg_catalog.text,
           r.relname::pg_catalog.text, b.attname::pg_catalog.text, NULL, NULL, NULL
      FROM foreign_keys k
      JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) k.confrelid
      JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) k.conrelid
           AND a.attnum OPERATOR(pg_catalog.=) k.attnum
      JOIN pg_catalog.pg_attribute b ON b.attrelid OPERATOR(pg_catalog.=) k.confrelid
           AND b.attnum OPERATOR(pg_catalog.=) k.referenced
)
SELECT tag, f1, f2, f3, f4, f5, f6, f7 FROM answer ORDER BY part, item, place
)sql";

namespace {

using source = sql::column_info::source;

std::optional<source> parse_source(const std::string& name) {
    constexpr std::pair<const char*, source> names[] = {
        {"none", source::none},
        {"constant", source::constant},
        {"sequence", source::sequence},
        {"identity", source::identity},
        {"identity_always", source::identity_always},
        {"now", source::now},
        {"volatile", source::volatile_},
        {"stored", source::stored},
    };
    for (const auto& [known, value] : names)
        if (name == known)
            return value;
    return std::nullopt;
}

sql::relation_info::kind parse_kind(const std::string& relkind) {
    if (relkind == "r" || relkind == "p")
        return sql::relation_info::kind::table;
    return relkind == "v" ? sql::relation_info::kind::view : sql::relation_info::kind::other;
}

}  // namespace

protocol::sql_result<sql::relation_info> decode_relation(
    const std::vector<std::vector<protocol::cell>>& rows) {
    const auto corrupt = [] {
        return protocol::make_error(protocol::sqlstate::data_corrupted,
                                    "the catalog query gave rows of another shape");
    };
    if (rows.empty())
        return protocol::make_error(protocol::sqlstate::undefined_table, "no such relation");

    sql::relation_info out;
    std::string last_key;
    for (const auto& row : rows) {
        if (row.size() != 8 || !row[0] || !row[1] || !row[2])
            return corrupt();
        const auto text = [&](std::size_t i) { return row[i].value_or(std::string()); };
        const auto flag = [&](std::size_t i) { return text(i) == "true" || text(i) == "t"; };
        if (*row[0] == "R") {
            out.schema = text(1);
            out.name = text(2);
            out.type = parse_kind(text(3));
            out.returning_is_safe = flag(4);
            out.writes_elsewhere = flag(5);
        } else if (*row[0] == "C") {
            sql::column_info column;
            column.name = text(1);
            column.type = static_cast<protocol::oid>(std::strtoul(text(2).c_str(), nullptr, 10));
            column.type_modifier = std::atoi(text(3).c_str());
            column.not_null = flag(4);
            const std::optional<source> from = parse_source(text(5));
            if (!from || column.type == 0)
                return corrupt();
            column.default_source = *from;
            column.default_expression = text(6);
            out.columns.push_back(std::move(column));
        } else if (*row[0] == "K") {
            if (out.keys.empty() || text(1) != last_key)
                out.keys.emplace_back();
            last_key = text(1);
            out.has_primary_key = out.has_primary_key || flag(2);
            out.keys.back().push_back(text(3));
        } else if (*row[0] == "F") {
            if (out.foreign_keys.empty() || out.foreign_keys.back().name != text(1)) {
                out.foreign_keys.emplace_back();
                out.foreign_keys.back().name = text(1);
                out.foreign_keys.back().referenced_table = text(3);
            }
            out.foreign_keys.back().columns.push_back(text(2));
            out.foreign_keys.back().referenced_columns.push_back(text(4));
        } else {
            return corrupt();
        }
    }
    return out;
}

}  // namespace pgduet::store::postgres
