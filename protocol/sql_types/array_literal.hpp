#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"

namespace pgduet::protocol::codec {

inline constexpr int array_dimensions_max = 6;  // MAXDIM

struct array_dimension {
    std::int32_t size;
    std::int32_t lower;
};

/// An array as its text says, elements still as text, last dimension fastest. No dimensions: empty.
struct array_literal {
    std::vector<array_dimension> dimensions;
    std::vector<std::optional<std::string>> elements;
};

/// Reads `{1,"a b",NULL}`, `{{1,2},{3,4}}`, `[0:1]={1,2}`; 22P02 `malformed array literal`.
sql_result<array_literal> read_array(std::string_view text);

/// Prints with quotes where they are needed and bounds where they are not 1.
std::string print_array(const array_literal& array);

}  // namespace pgduet::protocol::codec
