#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shadow/ledger/report.hpp"

/// The words and numbers all report formats share.
namespace pgduet::ledger {

/// What the verdict means, in one sentence, and what to do next.
struct headline {
    std::string sentence;
    std::string next;
};
headline summarise(const snapshot& state);

/// What differs, in a few words: the heading of a finding. Reads the causes of shadow/replay/judge
/// (`fingerprint:what:primary:shadow`, or the tables); shows any other as it is.
std::string heading(const difference& what);

/// Why an exchange was not compared, for people.
std::string_view explain(const reason& why);

/// Statements that are neither compared nor accounted for yet.
std::uint64_t in_flight(const snapshot& state);
/// Compared statements as a share (0..1) of those that could be: all observed but transaction
/// control, session statements and maintenance, which have no answer worth comparing.
double coverage(const snapshot& state);

double mean_us(std::uint64_t sum, std::uint64_t count);
/// Shadow's mean over the primary's; 0 when the primary's is unknown.
double ratio(const latency& row);
/// Rows by what they cost the shadow beyond the primary, the worst first.
std::vector<latency> slowest_first(const snapshot& state);

std::string thousands(std::uint64_t number);    ///< 1,234,567
std::string duration(double microseconds);      ///< 870 us, 1.2 ms, 3.4 s
std::string one_decimal(double number);         ///< 1.5
std::string hexadecimal(std::uint64_t number);  ///< 16 digits
std::string joined(const std::vector<std::string>& names);

/// The text, cut at a character, with a note of what is missing.
std::string shortened(std::string_view text, std::size_t bytes_max);
/// Valid UTF-8: what is not becomes U+FFFD. Control characters but tab and newline become U+FFFD
/// too, so that nothing in a report moves a cursor or breaks an XML parser.
std::string printable(std::string_view text);

}  // namespace pgduet::ledger
