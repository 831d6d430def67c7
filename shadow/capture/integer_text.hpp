#pragma once

#include <optional>
#include <string>

#include "shadow/unit.hpp"

namespace pgduet::capture {

/// The constant of an equality as a canonical decimal integer, or nothing if it is not one for
/// certain (other types, NULL, a binary parameter of unknown type): then it must not be used to
/// prove two statements disjoint.
std::optional<std::string> integer_text(const sql::equality& eq, const shadow::exchange& done);

}  // namespace pgduet::capture
