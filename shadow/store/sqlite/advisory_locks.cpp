#include "shadow/store/sqlite/advisory_locks.hpp"

namespace pgduet::store::sqlite {

bool advisory_locks::try_lock(owner who, key what, bool shared, level how) {
    const std::lock_guard lock(mutex_);
    auto& holders = held_[what];
    for (const auto& [other, has] : holders) {
        if (other != who && (!shared || has.exclusive() > 0))
            return false;
    }
    counts& mine = holders[who];
    if (how == level::session)
        ++(shared ? mine.session_shared : mine.session_exclusive);
    else
        ++(shared ? mine.transaction_shared : mine.transaction_exclusive);
    return true;
}

bool advisory_locks::unlock(owner who, key what, bool shared) {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(what);
    if (found == held_.end())
        return false;
    const auto mine = found->second.find(who);
    if (mine == found->second.end())
        return false;
    int& count = shared ? mine->second.session_shared : mine->second.session_exclusive;
    if (count == 0)
        return false;
    --count;
    if (mine->second.empty())
        found->second.erase(mine);
    if (found->second.empty())
        held_.erase(found);
    return true;
}

template <class Change>
void advisory_locks::change_all(owner who, Change change) {
    const std::lock_guard lock(mutex_);
    for (auto it = held_.begin(); it != held_.end();) {
        const auto mine = it->second.find(who);
        if (mine != it->second.end()) {
            change(mine->second);
            if (mine->second.empty())
                it->second.erase(mine);
        }
        it = it->second.empty() ? held_.erase(it) : std::next(it);
    }
}

void advisory_locks::unlock_session(owner who) {
    change_all(who, [](counts& has) { has.session_exclusive = has.session_shared = 0; });
}

void advisory_locks::end_transaction(owner who) {
    change_all(who, [](counts& has) { has.transaction_exclusive = has.transaction_shared = 0; });
}

void advisory_locks::forget(owner who) {
    change_all(who, [](counts& has) { has = {}; });
}

}  // namespace pgduet::store::sqlite
