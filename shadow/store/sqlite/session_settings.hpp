#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/sql_types/sql_error.hpp"
#include "protocol/sql_types/time_zone.hpp"

namespace pgduet::store::sqlite {

/// A session's run-time parameters (PostgreSQL's GUCs) with their transaction rules: SET is undone
/// by ROLLBACK, SET LOCAL ends with the transaction, both follow savepoints. Values that would
/// change what pgduet cannot change (DateStyle, client_encoding, ...) are refused, not ignored.
class session_settings {
public:
    /// Everything a transaction or savepoint must be able to bring back. Cheap to copy.
    struct state {
        std::shared_ptr<const std::map<std::string, std::string>> session;
        std::shared_ptr<const std::map<std::string, std::string>> local;
    };

    session_settings();

    /// Errors: 42704 unrecognized, 22023 invalid value, 55P02 read only. An absent value resets.
    std::optional<protocol::sql_error> set(const std::string& name,
                                           const std::optional<std::string>& value,
                                           bool local);
    void reset_all();
    /// What startup gave becomes what RESET goes back to.
    void make_defaults();

    protocol::sql_result<std::string> show(const std::string& name) const;
    /// Name as SHOW heads its column: `TimeZone`, `DateStyle`.
    static std::string display_name(const std::string& name);

    const protocol::time_zone& zone() const { return zone_; }
    const std::string& value(const std::string& name) const;

    state save() const { return state_; }
    void restore(const state& saved);
    void end_local();  ///< commit: SET LOCAL values end

    /// (name, value) of the reported parameters that changed since the last call; all at first.
    std::vector<std::pair<std::string, std::string>> take_reported();
    /// What differs from the built-in defaults.
    std::vector<std::pair<std::string, std::string>> changed() const;
    /// For SHOW ALL: name, value.
    std::vector<std::pair<std::string, std::string>> all() const;

private:
    const std::string* find(const std::string& name) const;
    void refresh_zone();

    std::shared_ptr<const std::map<std::string, std::string>> defaults_;
    state state_;
    std::map<std::string, std::string> reported_;
    protocol::time_zone zone_;
};

}  // namespace pgduet::store::sqlite
