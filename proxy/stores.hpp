#pragma once

#include <memory>
#include <optional>
#include <string>

#include "proxy/config/config.hpp"
#include "shadow/store/store.hpp"

namespace pgduet::proxy {

/// A session of a store for the shadow side, not connected yet.
std::unique_ptr<store::session> open_store_session(const store_options& store);

/// Whether the store can be reached now; the text of the trouble if not. Blocking, a few seconds
/// at most.
std::optional<std::string> probe_store(const store_options& store);

/// As probe_store, and that it lets us in: a full login, or a database file that opens.
std::optional<std::string> check_store(const store_options& store);

}  // namespace pgduet::proxy
