#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "proxy/config/config.hpp"

namespace pgduet::proxy {

/// Which stage the two stores are in, and who plays which role.
struct stage_state {
    stage now = stage::solo;
    std::string primary;
    std::string shadow;  ///< the other store, whether or not it is fed now; may be empty
    bool operator==(const stage_state&) const = default;
};

/// The roles of a stage: `switched` is the configuration's roles, exchanged.
stage_state roles_of(stage s, const duet_settings& settings);

/// `<state directory>/stage.json`, replaced atomically. It outlives the process, and wins over the
/// configuration's `duet.stage`, because after a switch only it knows which store is ahead.
class stage_file {
public:
    explicit stage_file(std::filesystem::path directory) : directory_(std::move(directory)) {}

    struct read_result {
        std::optional<stage_state> state;  ///< none: there is no file
        std::string error;
    };
    read_result read() const;
    /// The text of the trouble, if any; then the old file is still there.
    std::optional<std::string> write(const stage_state& state) const;

    std::filesystem::path path() const { return directory_ / "stage.json"; }

private:
    std::filesystem::path directory_;
};

}  // namespace pgduet::proxy
