#include "shadow/sql/rules/casts.hpp"

namespace pgduet::sql {
namespace {

namespace type_oid = protocol::type_oid;
using protocol::oid;

struct cast_row {
    oid from, to;
    coercion context;
};

constexpr auto implicit = coercion::implicit;
constexpr auto assignment = coercion::assignment;
constexpr auto explicit_ = coercion::explicit_;

using namespace protocol::type_oid;

// pg_cast of PostgreSQL 15, for the types of oid.hpp.
constexpr cast_row rows[] = {
    {int2, int4, implicit},
    {int2, int8, implicit},
    {int2, float4, implicit},
    {int2, float8, implicit},
    {int2, numeric, implicit},
    {int2, oid_, implicit},
    {int4, int2, assignment},
    {int4, int8, implicit},
    {int4, float4, implicit},
    {int4, float8, implicit},
    {int4, numeric, implicit},
    {int4, oid_, implicit},
    {int4, boolean, explicit_},
    {boolean, int4, explicit_},
    {int8, int2, assignment},
    {int8, int4, assignment},
    {int8, float4, implicit},
    {int8, float8, implicit},
    {int8, numeric, implicit},
    {int8, oid_, implicit},
    {oid_, int4, assignment},
    {oid_, int8, assignment},
    {float4, int2, assignment},
    {float4, int4, assignment},
    {float4, int8, assignment},
    {float4, float8, implicit},
    {float4, numeric, assignment},
    {float8, int2, assignment},
    {float8, int4, assignment},
    {float8, int8, assignment},
    {float8, float4, assignment},
    {float8, numeric, assignment},
    {numeric, int2, assignment},
    {numeric, int4, assignment},
    {numeric, int8, assignment},
    {numeric, float4, implicit},
    {numeric, float8, implicit},
    {type_oid::text, varchar, implicit},
    {type_oid::text, bpchar, implicit},
    {type_oid::text, name, implicit},
    {varchar, type_oid::text, implicit},
    {varchar, bpchar, implicit},
    {varchar, name, implicit},
    {bpchar, type_oid::text, implicit},
    {bpchar, varchar, implicit},
    {bpchar, name, implicit},
    {name, type_oid::text, implicit},
    {name, varchar, assignment},
    {name, bpchar, assignment},
    {boolean, type_oid::text, assignment},
    {boolean, varchar, assignment},
    {boolean, bpchar, assignment},
    {date, timestamp, implicit},
    {date, timestamptz, implicit},
    {time, interval, implicit},
    {time, timetz, implicit},
    {timetz, time, assignment},
    {timestamp, date, assignment},
    {timestamp, time, assignment},
    {timestamp, timestamptz, implicit},
    {timestamptz, date, assignment},
    {timestamptz, time, assignment},
    {timestamptz, timetz, assignment},
    {timestamptz, timestamp, assignment},
    {interval, time, assignment},
    {json, jsonb, assignment},
    {jsonb, json, assignment},
    {jsonb, boolean, explicit_},
    {jsonb, numeric, explicit_},
    {jsonb, int2, explicit_},
    {jsonb, int4, explicit_},
    {jsonb, int8, explicit_},
    {jsonb, float4, explicit_},
    {jsonb, float8, explicit_},
    {regclass, oid_, implicit},
    {oid_, regclass, implicit},
};

bool is_string(oid type) {
    return type == text || type == varchar || type == bpchar;
}

// Types whose stored form is already their output text.
bool stored_as_output(oid type) {
    switch (type) {
        case boolean:
        case int2:
        case int4:
        case int8:
        case oid_:
        case float4:
        case float8:
        case bytea:
        case timestamptz:
        case bpchar:
        case timestamptz_array:
            return false;
        default:
            return true;
    }
}

std::string call(const std::string& sql, oid from, typed to) {
    return "pg_cast(" + sql + ", " + quote_text(type_name(from)) + ", " +
           quote_text(type_name(to.type)) + ", " + std::to_string(to.modifier) + ")";
}

}  // namespace

bool can_cast(oid from, oid to, coercion context) {
    if (from == to)
        return true;
    for (const cast_row& row : rows)
        if (row.from == from && row.to == to)
            return static_cast<int>(row.context) <= static_cast<int>(context);
    if (element_of(from) && element_of(to) && category_of(from) == 'A' && category_of(to) == 'A')
        return can_cast(element_of(from), element_of(to), context);
    // Every type converts through its text: to a string by assignment, from one when asked.
    if (is_string(to))
        return context != implicit;
    return is_string(from) && context == explicit_;
}

std::string cast_text(const std::string& sql, oid from, typed to) {
    const oid target = to.type;
    if (to.modifier == -1) {
        if (from == target)
            return sql;
        if (is_integer(target) || target == oid_) {
            const bool widening = (from == int2 && target != int2) ||
                                  (from == int4 && (target == int8 || target == oid_)) ||
                                  (from == oid_ && target == int8);
            if (widening || from == boolean)
                return sql;
            if (is_integer(from) && is_integer(target))
                return std::string(target == int2 ? "pg_int2" : "pg_int4") + "(" + sql + ")";
        }
        if (target == float8 && (is_integer(from) || from == float4))
            return "CAST(" + sql + " AS REAL)";
        if ((target == numeric || target == text || target == varchar) &&
            (is_integer(from) || from == oid_))
            return "CAST(" + sql + " AS TEXT)";
        if (target == text || target == varchar) {
            if (stored_as_output(from))
                return sql;
            if (from == bpchar)
                return "rtrim(" + sql + ", ' ')";
            if (from == boolean)
                return "CASE " + sql + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END";
        }
        if (target == bpchar && (from == text || from == varchar))
            return sql;
        if (target == boolean && from == int4)
            return "(" + sql + " <> 0)";
    }
    return call(sql, from, to);
}

}  // namespace pgduet::sql
