#include "shadow/store/sqlite/session_settings.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "protocol/sql_types/sqlstate.hpp"

namespace pgduet::store::sqlite {

using protocol::make_error;
using protocol::sql_error;
using protocol::sql_result;
namespace sqlstate = protocol::sqlstate;

namespace {

using values = std::map<std::string, std::string>;

enum class kind {
    text,      ///< anything
    boolean,   ///< on / off
    number,    ///< integer, possibly with a unit
    zone,      ///< a time zone
    encoding,  ///< UTF8 only
    words,     ///< one of a list
    only,      ///< may be set to its default only: another value would change what we do
    fixed,     ///< cannot be set
};

struct parameter {
    std::string_view name;
    std::string_view display;
    std::string_view initial;
    kind what;
    bool reported = false;
    std::string_view words = {};  ///< for `words`: separated by |
};

constexpr std::string_view isolation_words =
    "serializable|repeatable read|read committed|read uncommitted";
constexpr std::string_view level_words =
    "debug5|debug4|debug3|debug2|debug1|debug|log|info|notice|warning|error|fatal|panic";

constexpr parameter parameters[] = {
    {"application_name", "application_name", "", kind::text, true},
    {"backslash_quote", "backslash_quote", "safe_encoding", kind::text},
    {"bytea_output", "bytea_output", "hex", kind::only},
    {"check_function_bodies", "check_function_bodies", "on", kind::boolean},
    {"client_encoding", "client_encoding", "UTF8", kind::encoding, true},
    {"client_min_messages", "client_min_messages", "notice", kind::words, false, level_words},
    {"constraint_exclusion", "constraint_exclusion", "partition", kind::text},
    {"datestyle", "DateStyle", "ISO, MDY", kind::only, true},
    {"default_table_access_method", "default_table_access_method", "heap", kind::text},
    {"default_tablespace", "default_tablespace", "", kind::text},
    {"default_transaction_deferrable", "default_transaction_deferrable", "off", kind::boolean},
    {"default_transaction_isolation",
     "default_transaction_isolation",
     "read committed",
     kind::words,
     false,
     isolation_words},
    {"default_transaction_read_only", "default_transaction_read_only", "off", kind::boolean, true},
    {"enable_hashjoin", "enable_hashjoin", "on", kind::boolean},
    {"enable_indexscan", "enable_indexscan", "on", kind::boolean},
    {"enable_mergejoin", "enable_mergejoin", "on", kind::boolean},
    {"enable_nestloop", "enable_nestloop", "on", kind::boolean},
    {"enable_seqscan", "enable_seqscan", "on", kind::boolean},
    {"escape_string_warning", "escape_string_warning", "on", kind::boolean},
    {"extra_float_digits", "extra_float_digits", "1", kind::number},
    {"geqo", "geqo", "on", kind::boolean},
    {"idle_in_transaction_session_timeout",
     "idle_in_transaction_session_timeout",
     "0",
     kind::number},
    {"idle_session_timeout", "idle_session_timeout", "0", kind::number},
    {"in_hot_standby", "in_hot_standby", "off", kind::fixed, true},
    {"integer_datetimes", "integer_datetimes", "on", kind::fixed, true},
    {"intervalstyle", "IntervalStyle", "postgres", kind::only, true},
    {"is_superuser", "is_superuser", "on", kind::fixed, true},
    {"jit", "jit", "off", kind::boolean},
    {"lc_messages", "lc_messages", "C", kind::text},
    {"lock_timeout", "lock_timeout", "0", kind::number},
    {"log_min_duration_statement", "log_min_duration_statement", "-1", kind::number},
    {"log_statement", "log_statement", "none", kind::text},
    {"maintenance_work_mem", "maintenance_work_mem", "64MB", kind::number},
    {"max_identifier_length", "max_identifier_length", "63", kind::fixed},
    {"max_index_keys", "max_index_keys", "32", kind::fixed},
    {"quote_all_identifiers", "quote_all_identifiers", "off", kind::boolean},
    {"role", "role", "none", kind::only},
    {"row_security", "row_security", "on", kind::boolean},
    {"search_path", "search_path", "\"$user\", public", kind::text},
    {"server_encoding", "server_encoding", "UTF8", kind::fixed, true},
    {"server_version", "server_version", "15.7", kind::fixed, true},
    {"server_version_num", "server_version_num", "150007", kind::fixed},
    {"session_authorization", "session_authorization", "postgres", kind::only, true},
    {"session_replication_role", "session_replication_role", "origin", kind::only},
    {"standard_conforming_strings", "standard_conforming_strings", "on", kind::only, true},
    {"statement_timeout", "statement_timeout", "0", kind::number},
    {"synchronize_seqscans", "synchronize_seqscans", "on", kind::boolean},
    {"synchronous_commit",
     "synchronous_commit",
     "on",
     kind::words,
     false,
     "on|off|local|remote_write|remote_apply|true|false|1|0"},
    {"temp_buffers", "temp_buffers", "8MB", kind::number},
    {"timezone", "TimeZone", "UTC", kind::zone, true},
    {"transaction_deferrable", "transaction_deferrable", "off", kind::boolean},
    {"transaction_isolation",
     "transaction_isolation",
     "read committed",
     kind::words,
     false,
     isolation_words},
    {"transaction_read_only", "transaction_read_only", "off", kind::boolean},
    {"work_mem", "work_mem", "4MB", kind::number},
    {"xmloption", "xmloption", "content", kind::text},
};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

const parameter* find_parameter(const std::string& name) {
    for (const parameter& one : parameters) {
        if (one.name == name)
            return &one;
    }
    return nullptr;
}

/// SET TIME ZONE and its like say `time zone`, SET TRANSACTION names no parameter.
std::string canonical(const std::string& name) {
    const std::string low = lower(name);
    if (low == "time zone" || low == "time_zone")
        return "timezone";
    if (low == "transaction isolation level")
        return "transaction_isolation";
    if (low == "names")
        return "client_encoding";
    return low;
}

sql_error invalid(const parameter& what, const std::string& value) {
    return make_error(
        sqlstate::invalid_parameter_value,
        "invalid value for parameter \"" + std::string(what.display) + "\": \"" + value + "\"");
}

std::optional<std::string> read_boolean(const std::string& value) {
    const std::string low = lower(value);
    for (const std::string_view word : {"on", "true", "yes", "1"}) {
        if (low == word)
            return "on";
    }
    for (const std::string_view word : {"off", "false", "no", "0"}) {
        if (low == word)
            return "off";
    }
    return std::nullopt;
}

bool has_word(std::string_view words, const std::string& value) {
    while (!words.empty()) {
        const std::size_t bar = words.find('|');
        if (words.substr(0, bar) == value)
            return true;
        words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 1);
    }
    return false;
}

/// `iso, mdy` and `ISO` mean what we do anyway.
bool same_meaning(const parameter& what, const std::string& value) {
    std::string squeezed = lower(value);
    std::erase(squeezed, ' ');
    if (what.name == "datestyle")
        return squeezed == "iso" || squeezed == "iso,mdy" || squeezed == "mdy" ||
               squeezed == "mdy,iso";
    if (what.name == "role")
        return squeezed == "none";
    if (what.name == "standard_conforming_strings")
        return read_boolean(value) == "on";
    return squeezed == what.initial;
}

sql_result<std::string> check(const parameter& what, const std::string& value) {
    switch (what.what) {
        case kind::text:
            return value;
        case kind::boolean:
            if (auto read = read_boolean(value))
                return *read;
            return make_error(
                sqlstate::invalid_parameter_value,
                "parameter \"" + std::string(what.display) + "\" requires a Boolean value");
        case kind::number: {
            double number = 0;
            const auto [end, ec] =
                std::from_chars(value.data(), value.data() + value.size(), number);
            if (ec != std::errc{})
                return invalid(what, value);
            const std::string unit = lower({end, value.data() + value.size()});
            for (const std::string_view known :
                 {"", "us", "ms", "s", "min", "h", "d", "b", "kb", "mb", "gb", "tb"}) {
                if (unit == known)
                    return value;
            }
            return invalid(what, value);
        }
        case kind::zone: {
            const auto zone = protocol::time_zone::parse(value);
            if (!zone)
                return zone.error();
            return zone->name();
        }
        case kind::encoding: {
            std::string squeezed = lower(value);
            // As PostgreSQL looks a name up: letters and digits only (asyncpg sends 'utf-8').
            std::erase_if(squeezed, [](unsigned char c) { return std::isalnum(c) == 0; });
            if (squeezed == "utf8" || squeezed == "unicode" || squeezed == "default")
                return std::string("UTF8");
            return make_error(sqlstate::feature_not_supported,
                              "conversion between " + value + " and UTF8 is not supported");
        }
        case kind::words: {
            const std::string low = lower(value);
            if (has_word(what.words, low))
                return low;
            return invalid(what, value);
        }
        case kind::only:
            if (same_meaning(what, value))
                return std::string(what.initial);
            return make_error(sqlstate::feature_not_supported,
                              "parameter \"" + std::string(what.display) + "\" can only be \"" +
                                  std::string(what.initial) + "\" on a SQLite store");
        case kind::fixed:
            break;
    }
    return make_error("55P02", "parameter \"" + std::string(what.display) + "\" cannot be changed");
}

sql_error unrecognized(const std::string& name) {
    return make_error(sqlstate::undefined_object,
                      "unrecognized configuration parameter \"" + name + "\"");
}

}  // namespace

session_settings::session_settings() {
    auto initial = std::make_shared<values>();
    for (const parameter& one : parameters)
        initial->emplace(one.name, one.initial);
    defaults_ = initial;
    state_.session = initial;
    state_.local = std::make_shared<const values>();
}

const std::string* session_settings::find(const std::string& name) const {
    if (const auto it = state_.local->find(name); it != state_.local->end())
        return &it->second;
    if (const auto it = state_.session->find(name); it != state_.session->end())
        return &it->second;
    return nullptr;
}

std::optional<sql_error> session_settings::set(const std::string& given,
                                               const std::optional<std::string>& value,
                                               bool local) {
    const std::string name = canonical(given);
    const parameter* known = find_parameter(name);
    const bool custom = known == nullptr && name.find('.') != std::string::npos;
    if (known == nullptr && !custom)
        return unrecognized(name);
    std::optional<std::string> stored;
    if (value && known != nullptr && lower(*value) != "default") {
        auto checked = check(*known, *value);
        if (!checked)
            return checked.error();
        stored = std::move(*checked);
    } else if (value && custom) {
        stored = *value;
    } else if (const auto it = defaults_->find(name); it != defaults_->end()) {
        if (known != nullptr && known->what == kind::fixed)
            return check(*known, "").error();
        stored = it->second;
    }
    auto changed = std::make_shared<values>(local ? *state_.local : *state_.session);
    if (stored)
        (*changed)[name] = *stored;
    else
        changed->erase(name);
    if (local) {
        state_.local = std::move(changed);
    } else {
        state_.session = std::move(changed);
        if (state_.local->contains(name)) {
            auto rest = std::make_shared<values>(*state_.local);
            rest->erase(name);
            state_.local = std::move(rest);
        }
    }
    if (name == "timezone")
        refresh_zone();
    return std::nullopt;
}

void session_settings::reset_all() {
    state_.session = defaults_;
    state_.local = std::make_shared<const values>();
    refresh_zone();
}

void session_settings::make_defaults() {
    defaults_ = state_.session;
}

sql_result<std::string> session_settings::show(const std::string& given) const {
    const std::string name = canonical(given);
    if (const std::string* found = find(name))
        return *found;
    return unrecognized(name);
}

std::string session_settings::display_name(const std::string& given) {
    const std::string name = canonical(given);
    const parameter* known = find_parameter(name);
    return known != nullptr ? std::string(known->display) : name;
}

const std::string& session_settings::value(const std::string& name) const {
    static const std::string none;
    const std::string* found = find(name);
    return found != nullptr ? *found : none;
}

void session_settings::restore(const state& saved) {
    state_ = saved;
    refresh_zone();
}

void session_settings::end_local() {
    if (state_.local->empty())
        return;
    state_.local = std::make_shared<const values>();
    refresh_zone();
}

void session_settings::refresh_zone() {
    const std::string& name = value("timezone");
    if (name == zone_.name())
        return;
    if (auto zone = protocol::time_zone::parse(name))
        zone_ = *zone;
}

std::vector<std::pair<std::string, std::string>> session_settings::take_reported() {
    std::vector<std::pair<std::string, std::string>> out;
    for (const parameter& one : parameters) {
        if (!one.reported)
            continue;
        const std::string name(one.name);
        const std::string& now = value(name);
        const auto [it, added] = reported_.try_emplace(name, now);
        if (!added && it->second == now)
            continue;
        it->second = now;
        out.emplace_back(one.display, now);
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> session_settings::changed() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [name, session_value] : *state_.session) {
        const parameter* known = find_parameter(name);
        if ((known == nullptr || known->initial != session_value) &&
            (known == nullptr || known->what != kind::fixed))
            out.emplace_back(name, value(name));
    }
    for (const auto& [name, local_value] : *state_.local) {
        const auto it = state_.session->find(name);
        const parameter* known = find_parameter(name);
        if (known != nullptr && it != state_.session->end() && it->second == known->initial &&
            local_value != it->second)
            out.emplace_back(name, local_value);
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> session_settings::all() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [name, unused] : *state_.session)
        out.emplace_back(display_name(name), value(name));
    return out;
}

}  // namespace pgduet::store::sqlite
