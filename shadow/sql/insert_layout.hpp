#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace pgduet::sql {

/// Where the parts of INSERT ... VALUES lie in its text (byte offsets).
///
///     WITH ... INSERT INTO s.t AS x (a, b) OVERRIDING SYSTEM VALUE VALUES (1, DEFAULT), (2, 3) ...
///                     after_target ^     ^ columns_close           ^source  ^item  close^
struct insert_layout {
    enum class override { none, system, user };
    struct item {
        std::size_t begin = 0;
        std::size_t end = 0;
        bool is_default = false;  ///< the key word DEFAULT
    };
    struct row {
        std::vector<item> items;
        std::size_t close = 0;  ///< of its closing parenthesis
    };

    std::size_t after_target = 0;
    std::optional<std::size_t> columns_close;  ///< nothing without a column list
    override overriding = override::none;
    std::size_t source = 0;      ///< VALUES or DEFAULT VALUES
    std::size_t source_end = 0;  ///< behind those key words
    bool default_values = false;
    std::vector<row> rows;
};

/// Nothing if the text is not of that shape. `has_column_list` tells "(a, b)" behind the target
/// from a source in parentheses.
std::optional<insert_layout> locate_insert(std::string_view text, bool has_column_list);

}  // namespace pgduet::sql
