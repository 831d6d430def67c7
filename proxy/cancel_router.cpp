#include "proxy/cancel_router.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

namespace pgduet::proxy {

cancel_router::registration cancel_router::add(std::function<void()> cancel) {
    registration result;
    do {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(&result.key_), sizeof result.key_) != 1)
            throw std::runtime_error("no random numbers");
        result.key_.process &= 0x7fffffff;
    } while (result.key_.process == 0 || entries_.contains(result.key_.process));
    entries_.emplace(result.key_.process, entry{result.key_.secret, std::move(cancel)});
    result.router_ = this;
    return result;
}

bool cancel_router::cancel(cancel_key key) {
    const auto found = entries_.find(key.process);
    if (found == entries_.end() ||
        CRYPTO_memcmp(&found->second.secret, &key.secret, sizeof key.secret) != 0)
        return false;
    found->second.cancel();
    return true;
}

cancel_router::registration::registration(registration&& other) noexcept
    : router_(std::exchange(other.router_, nullptr)), key_(other.key_) {}

cancel_router::registration& cancel_router::registration::operator=(registration&& other) noexcept {
    std::swap(router_, other.router_);
    std::swap(key_, other.key_);
    return *this;
}

cancel_router::registration::~registration() {
    if (router_)
        router_->entries_.erase(key_.process);
}

}  // namespace pgduet::proxy
