#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace pgduet::sql {

/// What makes two texts "the same statement": libpg_query's fingerprint and normalised text, each
/// computed at the first call and kept. A copy starts afresh, since its text may be changed.
/// Thread-safe.
class statement_identity {
public:
    statement_identity() = default;
    statement_identity(const statement_identity&) {}
    statement_identity& operator=(const statement_identity&);

    /// `text` is the same at every call.
    std::uint64_t fingerprint(const std::string& text) const;
    const std::string& normalised(const std::string& text) const;

private:
    mutable std::mutex mutex_;
    mutable bool has_fingerprint_ = false;
    mutable bool has_normalised_ = false;
    mutable std::uint64_t fingerprint_ = 0;
    mutable std::string normalised_;
};

}  // namespace pgduet::sql
