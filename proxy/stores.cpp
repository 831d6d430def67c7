#include "proxy/stores.hpp"

#include <stdexcept>

#include "proxy/relay/dial.hpp"

namespace pgduet::proxy {

std::unique_ptr<store::session> open_store_session(const store_options&) {
    throw std::runtime_error("not yet");
}

std::optional<std::string> probe_store(const store_options& store) {
    if (store.kind == engine::postgres)
        return ping(store);
    return std::nullopt;
}

std::optional<std::string> check_store(const store_options& store) {
    const auto session = open_store_session(store);
    if (auto error = session->connect())
        return error->message + " (" + error->sqlstate + ")";
    return std::nullopt;
}

}  // namespace pgduet::proxy
