#pragma once

#include <random>
#include <string>
#include <vector>

#include "protocol/sql_types/oid.hpp"

namespace pgduet::protocol::test {

/// Texts of a type worth trying: chosen ones, good and bad, then `count` random good ones.
std::vector<std::string> samples(oid type, std::size_t count, std::mt19937_64& random);

/// One of the texts with a few characters changed, dropped, doubled or added; mostly bad input.
std::string mutate(std::string text, std::mt19937_64& random);

}  // namespace pgduet::protocol::test
