#pragma once

#include <cstddef>

#include "proxy/event.hpp"

namespace pgduet::proxy {

/// The door between clients and stores. A session is inside while it has a store connection that
/// may run something; it goes out when it is at rest and the gate is closed. A change of stage
/// happens while nobody is inside. Loop thread only.
class gate {
public:
    explicit gate(loop_executor loop) : changed_(loop) {}

    bool is_open() const { return open_; }
    std::size_t inside() const { return inside_; }

    void close() { open_ = false; }
    void open() {
        open_ = true;
        changed_.notify_all();
    }
    /// Wakes everybody who waits, so that they look at their own reasons to stop.
    void notify_all() { changed_.notify_all(); }

    /// Waits until something about the gate may have changed.
    task<> wait() { co_await changed_.wait(); }

    /// Being inside, for as long as this object lives. Only when the gate is open.
    class pass {
    public:
        explicit pass(gate& owner) : owner_(&owner) { ++owner_->inside_; }
        pass(const pass&) = delete;
        pass& operator=(const pass&) = delete;
        ~pass() {
            if (--owner_->inside_ == 0)
                owner_->changed_.notify_all();
        }

    private:
        gate* owner_;
    };

private:
    event changed_;
    bool open_ = true;
    std::size_t inside_ = 0;
};

}  // namespace pgduet::proxy
