#include "protocol/sql_types/oid.hpp"

#include <algorithm>
#include <array>

namespace pgduet::protocol {

namespace {

// From pg_type.dat, in order of oid.
constexpr std::array types = {
    type_info{16, "bool", "boolean", 1, 'B', 0, 1000},
    type_info{17, "bytea", "bytea", -1, 'U', 0, 1001},
    type_info{18, "char", "\"char\"", 1, 'Z', 0, 1002},
    type_info{19, "name", "name", 64, 'S', 18, 1003},
    type_info{20, "int8", "bigint", 8, 'N', 0, 1016},
    type_info{21, "int2", "smallint", 2, 'N', 0, 1005},
    type_info{23, "int4", "integer", 4, 'N', 0, 1007},
    type_info{24, "regproc", "regproc", 4, 'N', 0, 1008},
    type_info{25, "text", "text", -1, 'S', 0, 1009},
    type_info{26, "oid", "oid", 4, 'N', 0, 1028},
    type_info{114, "json", "json", -1, 'U', 0, 199},
    type_info{199, "_json", "json[]", -1, 'A', 114, 0},
    type_info{700, "float4", "real", 4, 'N', 0, 1021},
    type_info{701, "float8", "double precision", 8, 'N', 0, 1022},
    type_info{705, "unknown", "unknown", -2, 'X', 0, 0},
    type_info{1000, "_bool", "boolean[]", -1, 'A', 16, 0},
    type_info{1001, "_bytea", "bytea[]", -1, 'A', 17, 0},
    type_info{1002, "_char", "\"char\"[]", -1, 'A', 18, 0},
    type_info{1003, "_name", "name[]", -1, 'A', 19, 0},
    type_info{1005, "_int2", "smallint[]", -1, 'A', 21, 0},
    type_info{1007, "_int4", "integer[]", -1, 'A', 23, 0},
    type_info{1008, "_regproc", "regproc[]", -1, 'A', 24, 0},
    type_info{1009, "_text", "text[]", -1, 'A', 25, 0},
    type_info{1014, "_bpchar", "character[]", -1, 'A', 1042, 0},
    type_info{1015, "_varchar", "character varying[]", -1, 'A', 1043, 0},
    type_info{1016, "_int8", "bigint[]", -1, 'A', 20, 0},
    type_info{1021, "_float4", "real[]", -1, 'A', 700, 0},
    type_info{1022, "_float8", "double precision[]", -1, 'A', 701, 0},
    type_info{1028, "_oid", "oid[]", -1, 'A', 26, 0},
    type_info{1042, "bpchar", "character", -1, 'S', 0, 1014},
    type_info{1043, "varchar", "character varying", -1, 'S', 0, 1015},
    type_info{1082, "date", "date", 4, 'D', 0, 1182},
    type_info{1083, "time", "time without time zone", 8, 'D', 0, 1183},
    type_info{1114, "timestamp", "timestamp without time zone", 8, 'D', 0, 1115},
    type_info{1115, "_timestamp", "timestamp without time zone[]", -1, 'A', 1114, 0},
    type_info{1182, "_date", "date[]", -1, 'A', 1082, 0},
    type_info{1183, "_time", "time without time zone[]", -1, 'A', 1083, 0},
    type_info{1184, "timestamptz", "timestamp with time zone", 8, 'D', 0, 1185},
    type_info{1185, "_timestamptz", "timestamp with time zone[]", -1, 'A', 1184, 0},
    type_info{1186, "interval", "interval", 16, 'T', 0, 1187},
    type_info{1187, "_interval", "interval[]", -1, 'A', 1186, 0},
    type_info{1231, "_numeric", "numeric[]", -1, 'A', 1700, 0},
    type_info{1266, "timetz", "time with time zone", 12, 'D', 0, 1270},
    type_info{1270, "_timetz", "time with time zone[]", -1, 'A', 1266, 0},
    type_info{1700, "numeric", "numeric", -1, 'N', 0, 1231},
    type_info{2205, "regclass", "regclass", 4, 'N', 0, 2210},
    type_info{2206, "regtype", "regtype", 4, 'N', 0, 2211},
    type_info{2210, "_regclass", "regclass[]", -1, 'A', 2205, 0},
    type_info{2211, "_regtype", "regtype[]", -1, 'A', 2206, 0},
    type_info{2249, "record", "record", -1, 'P', 0, 2287},
    type_info{2278, "void", "void", 4, 'P', 0, 0},
    type_info{2287, "_record", "record[]", -1, 'P', 2249, 0},
    type_info{2950, "uuid", "uuid", 16, 'U', 0, 2951},
    type_info{2951, "_uuid", "uuid[]", -1, 'A', 2950, 0},
    type_info{3802, "jsonb", "jsonb", -1, 'U', 0, 3807},
    type_info{3807, "_jsonb", "jsonb[]", -1, 'A', 3802, 0},
};

struct alias {
    std::string_view spelling;
    oid id;
};

// Spellings of PostgreSQL's grammar and of its users beside the internal and the SQL name.
constexpr std::array aliases = {
    alias{"int", 23},
    alias{"decimal", 1700},
    alias{"dec", 1700},
    alias{"float", 701},
    alias{"char varying", 1043},
    alias{"nchar", 1042},
    alias{"national character", 1042},
    alias{"character", 1042},
    alias{"time", 1083},
    alias{"timestamp", 1114},
    alias{"serial", 23},
    alias{"serial4", 23},
    alias{"bigserial", 20},
    alias{"serial8", 20},
    alias{"smallserial", 21},
    alias{"serial2", 21},
};

}  // namespace

const type_info* find_type(oid id) {
    const auto found = std::ranges::lower_bound(types, id, {}, &type_info::id);
    return found != types.end() && found->id == id ? &*found : nullptr;
}

const type_info* find_type(std::string_view name) {
    for (const type_info& type : types)
        if (type.name == name || type.sql_name == name)
            return &type;
    for (const alias& other : aliases)
        if (other.spelling == name)
            return find_type(other.id);
    // int4[] and decimal[]: the array over whatever the rest names.
    if (name.size() > 2 && name.ends_with("[]"))
        if (const type_info* element = find_type(name.substr(0, name.size() - 2)))
            return find_type(element->array);
    return nullptr;
}

}  // namespace pgduet::protocol
