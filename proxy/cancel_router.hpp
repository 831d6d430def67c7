#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

namespace pgduet::proxy {

/// What BackendKeyData tells a client, and CancelRequest brings back.
struct cancel_key {
    std::int32_t process = 0;  ///< positive: some clients break on negative ones
    std::int32_t secret = 0;
};

/// Finds the session a CancelRequest means. Keys are our own random numbers, never the store's,
/// so they stay valid when the session moves to another store. Loop thread only.
class cancel_router {
public:
    /// A session's entry; ends with this object.
    class registration {
    public:
        registration() = default;
        registration(registration&& other) noexcept;
        registration& operator=(registration&& other) noexcept;
        ~registration();
        cancel_key key() const { return key_; }

    private:
        friend class cancel_router;
        cancel_router* router_ = nullptr;
        cancel_key key_;
    };

    registration add(std::function<void()> cancel);

    /// Cancels what the session runs; nothing happens if the key is wrong (PostgreSQL does not
    /// say either). Compares secrets in constant time.
    bool cancel(cancel_key key);

private:
    struct entry {
        std::int32_t secret;
        std::function<void()> cancel;
    };
    std::unordered_map<std::int32_t, entry> entries_;
};

}  // namespace pgduet::proxy
