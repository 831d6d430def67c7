#pragma once

#include <cstdint>
#include <string_view>

namespace pgduet::protocol {

/// Object identifier as it travels on the wire (PostgreSQL manual 8.19).
using oid = std::uint32_t;

/// Identifiers of the built-in types pgduet knows, named as PostgreSQL names the types.
/// The values are fixed by PostgreSQL's catalog file pg_type.dat.
namespace type_oid {
inline constexpr oid invalid = 0;
inline constexpr oid boolean = 16;
inline constexpr oid bytea = 17;
inline constexpr oid quoted_char = 18;
inline constexpr oid name = 19;
inline constexpr oid int8 = 20;
inline constexpr oid int2 = 21;
inline constexpr oid int4 = 23;
inline constexpr oid regproc = 24;
inline constexpr oid text = 25;
inline constexpr oid oid_ = 26;
inline constexpr oid json = 114;
inline constexpr oid float4 = 700;
inline constexpr oid float8 = 701;
inline constexpr oid unknown = 705;
inline constexpr oid bpchar = 1042;
inline constexpr oid varchar = 1043;
inline constexpr oid date = 1082;
inline constexpr oid time = 1083;
inline constexpr oid timestamp = 1114;
inline constexpr oid timestamptz = 1184;
inline constexpr oid interval = 1186;
inline constexpr oid timetz = 1266;
inline constexpr oid numeric = 1700;
inline constexpr oid regclass = 2205;
inline constexpr oid regtype = 2206;
inline constexpr oid record = 2249;
inline constexpr oid void_ = 2278;
inline constexpr oid uuid = 2950;
inline constexpr oid jsonb = 3802;
inline constexpr oid bool_array = 1000;
inline constexpr oid bytea_array = 1001;
inline constexpr oid int2_array = 1005;
inline constexpr oid int4_array = 1007;
inline constexpr oid text_array = 1009;
inline constexpr oid bpchar_array = 1014;
inline constexpr oid varchar_array = 1015;
inline constexpr oid int8_array = 1016;
inline constexpr oid float4_array = 1021;
inline constexpr oid float8_array = 1022;
inline constexpr oid oid_array = 1028;
inline constexpr oid timestamp_array = 1115;
inline constexpr oid date_array = 1182;
inline constexpr oid time_array = 1183;
inline constexpr oid timestamptz_array = 1185;
inline constexpr oid numeric_array = 1231;
inline constexpr oid uuid_array = 2951;
inline constexpr oid json_array = 199;
inline constexpr oid jsonb_array = 3807;
}  // namespace type_oid

/// What the wire and the catalog say of a built-in type.
struct type_info {
    oid id;
    std::string_view name;      ///< internal name: int4, bpchar, timestamptz
    std::string_view sql_name;  ///< as format_type() prints it: integer, character, ...
    std::int16_t length;        ///< typlen; -1 for variable length, -2 for cstring
    char category;              ///< typcategory: N, S, B, D, T, U, A, ...
    oid element;                ///< for arrays, the element's type, else 0
    oid array;                  ///< the array type over this one, else 0
};

/// Looks a built-in type up by identifier or by any of its names (lower case); null if unknown.
const type_info* find_type(oid id);
const type_info* find_type(std::string_view name);

}  // namespace pgduet::protocol
