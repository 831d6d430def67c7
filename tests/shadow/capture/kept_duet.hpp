#pragma once

#include <map>
#include <string>
#include <vector>

#include "shadow/duet.hpp"

namespace pgduet::capture {

/// Keeps what a recorder hands over.
class kept_duet final : public shadow::duet {
public:
    void submit(shadow::unit finished) override { units.push_back(std::move(finished)); }
    void skip(const ledger::reason& why, std::uint64_t exchanges) override {
        skipped[why] += exchanges;
    }
    void lose(std::uint64_t exchanges,
              const std::vector<std::string>& tables,
              const std::string&) override {
        lost += exchanges;
        lost_tables = tables;
    }
    void wake() override {}
    bool drain(std::chrono::steady_clock::time_point, std::uint64_t) override { return true; }
    void stop() override {}
    shadow::duet_status status() const override { return {}; }
    const shadow::duet_options& options() const override { return chosen; }

    std::vector<shadow::unit> units;
    std::map<std::string, std::uint64_t> skipped;
    std::uint64_t lost = 0;
    std::vector<std::string> lost_tables;
    shadow::duet_options chosen;
};

}  // namespace pgduet::capture
