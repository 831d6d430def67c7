#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgduet::proxy {

/// The users that may log in with scram-sha-256. One per line:
///
///   "name" "SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>"     as pg_authid.rolpassword
///   "name" "password in plain text"
///
/// Quotes are doubled inside; lines that are empty or start with ; or # are skipped. Secrets: do
/// not print.
class user_table {
public:
    struct loaded;

    static loaded load(const std::filesystem::path& file);
    static loaded parse(std::string_view text, const std::string& source);

    /// The verifier or the plain password; null if there is no such user.
    const std::string* find(const std::string& name) const;
    std::size_t size() const { return secrets_.size(); }

private:
    std::map<std::string, std::string> secrets_;
};

struct user_table::loaded {
    user_table users;
    std::vector<std::string> problems;  ///< "users.txt:3: ..."
};

}  // namespace pgduet::proxy
