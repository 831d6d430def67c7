#include "shadow/sql/identity.hpp"

#include <pg_query.h>
#include <xxhash.h>

namespace pgduet::sql {

statement_identity& statement_identity::operator=(const statement_identity& other) {
    if (this != &other) {
        const std::lock_guard lock(mutex_);
        has_fingerprint_ = has_normalised_ = false;
    }
    return *this;
}

std::uint64_t statement_identity::fingerprint(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    if (!has_fingerprint_) {
        const PgQueryFingerprintResult result = pg_query_fingerprint(text.c_str());
        // A text that does not parse is its own group.
        fingerprint_ = result.error ? XXH3_64bits(text.data(), text.size()) : result.fingerprint;
        pg_query_free_fingerprint_result(result);
        has_fingerprint_ = true;
    }
    return fingerprint_;
}

const std::string& statement_identity::normalised(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    if (!has_normalised_) {
        const PgQueryNormalizeResult result = pg_query_normalize(text.c_str());
        normalised_ = result.error ? text : result.normalized_query;
        pg_query_free_normalize_result(result);
        has_normalised_ = true;
    }
    return normalised_;
}

}  // namespace pgduet::sql
