#pragma once

#include <string>

#include "shadow/ledger/ledger.hpp"

namespace pgduet::ledger {

enum class verdict { parity, findings, insufficient };

/// parity: something was compared, nothing differs, nothing dropped, nothing dirty, no lag left.
/// findings: at least one finding. insufficient: neither (too little compared, units dropped,
/// tables dirty, or the shadow still behind).
verdict judge(const snapshot& state);
std::string_view to_string(verdict v);
/// 0 parity, 1 findings, 2 insufficient.
int exit_code(verdict v);

std::string report_text(const snapshot& state, bool colour);
std::string report_json(const snapshot& state);   ///< schema of the README, section "Report"
std::string report_html(const snapshot& state);   ///< one self-contained page
std::string report_junit(const snapshot& state);  ///< JUnit XML, one test case per fingerprint

}  // namespace pgduet::ledger
