#include "shadow/store/postgres/sequences.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "shadow/store/postgres/quote.hpp"

namespace pgduet::store::postgres {
namespace {

// Owned sequences (serial, identity), and those a column's default names without owning them.
constexpr const char* list_sequences = R"sql(
WITH filled AS (
    SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS attribute
      FROM pg_catalog.pg_depend d
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    UNION
    SELECT d.refobjid, a.adrelid, a.adnum
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_attrdef a ON a.oid = d.objid
     WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.deptype = 'n' AND d.refobjsubid = 0
)
SELECT n.nspname, t.relname, a.attname, sn.nspname, s.relname,
       CASE WHEN pg_catalog.has_sequence_privilege(s.oid, 'USAGE, SELECT')
            THEN pg_catalog.pg_sequence_last_value(s.oid) END
  FROM filled f
  JOIN pg_catalog.pg_class s ON s.oid = f.sequence AND s.relkind = 'S'
  JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
  JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid AND q.seqincrement > 0
  JOIN pg_catalog.pg_class t ON t.oid = f.relation AND t.relkind IN ('r', 'p')
   AND t.relpersistence <> 't'
  JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace AND n.nspname <> 'pgduet'
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.attribute
   AND a.atttypid IN (20, 21, 23, 1700)
 WHERE pg_catalog.has_table_privilege(t.oid, 'SELECT')
 ORDER BY 1, 2, 3)sql";

struct sequence {
    std::string schema, table, column;
    std::string sequence_name;            ///< quoted and qualified
    std::optional<std::int64_t> last;     ///< value last given, none when never
    std::optional<std::int64_t> largest;  ///< of `last` and the column

    std::string name() const { return schema + "." + table + "." + column; }
};

std::optional<std::int64_t> integer(const protocol::cell& text) {
    if (!text)
        return std::nullopt;
    return std::strtoll(text->c_str(), nullptr, 10);
}

protocol::sql_result<std::vector<sequence>> list(connection& store) {
    std::vector<protocol::outcome> outcomes = store.run({{list_sequences}});
    if (outcomes.back().error)
        return *outcomes.back().error;
    std::vector<sequence> found;
    std::vector<command> questions;
    for (const std::string_view body : outcomes.back().rows.rows()) {
        const std::vector<protocol::cell> row = protocol::row_buffer::fields(body);
        sequence one;
        one.schema = row[0].value_or("");
        one.table = row[1].value_or("");
        one.column = row[2].value_or("");
        one.sequence_name = quoted(row[3].value_or("")) + "." + quoted(row[4].value_or(""));
        one.last = integer(row[5]);
        questions.push_back({"SELECT pg_catalog.max(" + quoted(one.column) +
                             ")::pg_catalog.int8 FROM " + quoted(one.schema) + "." +
                             quoted(one.table)});
        found.push_back(std::move(one));
    }
    if (found.empty())
        return found;
    outcomes = store.run(questions);
    if (outcomes.back().error)
        return *outcomes.back().error;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const std::vector<std::string_view> rows = outcomes[i].rows.rows();
        found[i].largest = integer(protocol::row_buffer::fields(rows.at(0)).at(0));
        if (found[i].last)
            found[i].largest = std::max(found[i].largest.value_or(*found[i].last), *found[i].last);
    }
    return found;
}

std::string without_schema(const std::string& name) {
    return name.substr(name.find('.') + 1);
}

}  // namespace

protocol::sql_result<sequence_values> read_sequences(connection& store) {
    auto sequences = list(store);
    if (!sequences)
        return sequences.error();
    sequence_values values;
    for (const sequence& one : *sequences)
        if (one.largest)
            values.emplace_back(one.name(), *one.largest);
    return values;
}

std::optional<protocol::sql_error> advance_sequences(connection& store,
                                                     const sequence_values& at_least) {
    auto sequences = list(store);
    if (!sequences)
        return sequences.error();
    for (const auto& [name, value] : at_least) {
        auto match = std::find_if(sequences->begin(), sequences->end(), [&](const sequence& one) {
            return one.name() == name;
        });
        if (match == sequences->end()) {
            const auto alike = [&](const sequence& one) {
                return one.table + "." + one.column == without_schema(name);
            };
            if (std::count_if(sequences->begin(), sequences->end(), alike) != 1)
                continue;
            match = std::find_if(sequences->begin(), sequences->end(), alike);
        }
        match->largest = std::max(match->largest.value_or(value), value);
    }
    std::vector<command> commands;
    for (const sequence& one : *sequences) {
        if (!one.largest || *one.largest <= one.last.value_or(0))
            continue;
        commands.push_back({"SELECT pg_catalog.setval($1::pg_catalog.regclass, $2)",
                            {protocol::type_oid::text, protocol::type_oid::int8},
                            {{protocol::format::text, one.sequence_name},
                             {protocol::format::text, std::to_string(*one.largest)}}});
    }
    if (commands.empty())
        return std::nullopt;
    return store.run(commands).back().error;
}

}  // namespace pgduet::store::postgres
