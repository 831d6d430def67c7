#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shadow/compare/compare.hpp"
#include "shadow/ledger/ledger.hpp"
#include "shadow/unit.hpp"

namespace pgduet::replay {

/// What is known about the shadow's relations when a mismatch is judged.
struct surroundings {
    bool table_dirty = false;    ///< one of the statement's tables is known to differ
    bool plain_tables = false;   ///< every relation named is a table (not a view) on the shadow
    bool state_differs = false;  ///< a state finding already covers one of the tables
};

/// The fate of one exchange after its comparison: equal, a reason not to count it, or a
/// difference. The first class that explains a mismatch wins (design, section 7):
/// position, order, dirty, cancelled, too_large; only state and semantic alarm. Pure.
struct verdict {
    enum class fate { equal, not_compared, differs };
    fate what = fate::equal;
    ledger::reason reason;      ///< for not_compared
    std::string finding_class;  ///< for differs: "state" or "semantic"
    std::string cause;          ///< grouping key within the class
};

verdict judge(const shadow::exchange& done,
              const protocol::outcome& on_shadow,
              const compare::result& compared,
              const surroundings& around);

/// Names of the relations a statement touches, sorted, each once.
std::vector<std::string> tables_of(const sql::statement& statement);

/// The difference as the ledger keeps it.
ledger::difference describe(const shadow::exchange& done,
                            const protocol::outcome& on_shadow,
                            const compare::result& compared,
                            const verdict& judged);

}  // namespace pgduet::replay
