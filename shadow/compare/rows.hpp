#pragma once

#include "shadow/compare/compare.hpp"

namespace pgduet::compare {

/// Compares the rows of two successful outcomes whose columns are alike: in order when
/// `total_order`, else as multisets. Verdicts equal, rows_differ, order_differs, too_large.
result compare_rows(const protocol::outcome& primary,
                    const protocol::outcome& shadow,
                    bool total_order,
                    const protocol::value_settings& settings);

}  // namespace pgduet::compare
