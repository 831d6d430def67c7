#pragma once

#include <string>
#include <vector>

#include "protocol/sql_types/outcome.hpp"
#include "protocol/sql_types/value_codec.hpp"

namespace pgduet::compare {

/// How two outcomes of one statement relate.
struct result {
    enum class what {
        equal,
        error_differs,   ///< one failed and the other did not, or the SQLSTATEs differ
        tag_differs,     ///< another command tag or row count
        columns_differ,  ///< number, names or types of the columns
        rows_differ,
        order_differs,  ///< same rows, other order, where the order is total
        too_large,      ///< not all rows were kept and the digests differ
    };
    what verdict = what::equal;
    std::string explanation;  ///< one line for people: which field, both values
};
std::string_view to_string(result::what verdict);

/// What may differ without being a difference.
struct options {
    bool total_order = false;  ///< compare rows in order, else as a multiset
    bool compare_names = true;
};

/// Compares the primary's outcome with the shadow's: equal bytes first, then canonical values by
/// type (numbers by value, floats by bits, timestamps as microseconds, jsonb as a tree, uuid and
/// bool by value, text byte-exact), text and binary formats mixed freely. Column types compare by
/// family: int2/int4/int8, text/varchar/bpchar/name, float4/float8, json/jsonb are alike when the
/// values are. Pure; any thread.
result compare(const protocol::outcome& primary,
               const protocol::outcome& shadow,
               const options& how,
               const protocol::value_settings& settings);

/// Prints an outcome for a report: tag, error or a small table; at most `bytes_max` bytes.
std::string print(const protocol::outcome& outcome,
                  std::size_t bytes_max,
                  const protocol::value_settings& settings);

}  // namespace pgduet::compare
