#include "shadow/ledger/report.hpp"

namespace pgduet::ledger {

verdict judge(const snapshot& state) {
    if (!state.findings.empty() || state.differs > 0)
        return verdict::findings;
    const bool enough =
        state.compared() > 0 && state.dropped == 0 && state.dirty.empty() && state.lag_units == 0;
    return enough ? verdict::parity : verdict::insufficient;
}

std::string_view to_string(verdict v) {
    switch (v) {
        case verdict::parity:
            return "parity";
        case verdict::findings:
            return "findings";
        case verdict::insufficient:
            break;
    }
    return "insufficient";
}

int exit_code(verdict v) {
    switch (v) {
        case verdict::parity:
            return 0;
        case verdict::findings:
            return 1;
        case verdict::insufficient:
            break;
    }
    return 2;
}

}  // namespace pgduet::ledger
