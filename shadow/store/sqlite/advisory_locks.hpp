#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace pgduet::store::sqlite {

/// PostgreSQL's advisory locks, for the sessions of this process: keys of 64 bits or two of 32,
/// session and transaction level, counted as PostgreSQL counts. Thread-safe.
class advisory_locks {
public:
    struct key {
        bool pair = false;  ///< (int4, int4) and int8 are two key spaces
        std::int64_t value = 0;
        auto operator<=>(const key&) const = default;
    };
    enum class level { session, transaction };
    using owner = const void*;

    /// Takes the lock, or returns false when another owner holds it incompatibly.
    bool try_lock(owner who, key what, bool shared, level how);
    /// False when it was not held (PostgreSQL warns and answers false).
    bool unlock(owner who, key what, bool shared);
    void unlock_session(owner who);   ///< pg_advisory_unlock_all()
    void end_transaction(owner who);  ///< gives transaction-level locks back
    void forget(owner who);           ///< the session ends

private:
    struct counts {
        int session_exclusive = 0;
        int session_shared = 0;
        int transaction_exclusive = 0;
        int transaction_shared = 0;
        bool empty() const {
            return session_exclusive + session_shared + transaction_exclusive +
                       transaction_shared ==
                   0;
        }
        int exclusive() const { return session_exclusive + transaction_exclusive; }
    };
    template <class Change>
    void change_all(owner who, Change change);

    std::mutex mutex_;
    std::map<key, std::map<owner, counts>> held_;
};

}  // namespace pgduet::store::sqlite
