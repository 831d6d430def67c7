#include "proxy/stores.hpp"

#include <fmt/format.h>

#include "proxy/relay/dial.hpp"
#include "proxy/serve/sqlite_primary.hpp"
#include "shadow/store/postgres/postgres_session.hpp"
#include "shadow/store/sqlite/session.hpp"

namespace pgduet::proxy {

std::unique_ptr<store::session> open_store_session(const store_options& store) {
    if (store.kind == engine::sqlite)
        return store::sqlite::open_session(database_options_of(store, false));
    store::postgres::options options;
    options.connect_timeout = store.connect_timeout;
    return store::postgres::open_session(store.dsn, options);
}

std::optional<std::string> probe_store(const store_options& store) {
    if (store.kind == engine::postgres)
        return ping(store);
    // A file is reachable when its directory is; a missing file is made by the first client.
    std::error_code ec;
    const auto directory = store.path.parent_path();
    if (!std::filesystem::is_directory(directory, ec))
        return fmt::format("directory {} does not exist", directory.string());
    return std::nullopt;
}

std::optional<std::string> check_store(const store_options& store) {
    const auto session = open_store_session(store);
    if (auto error = session->connect())
        return fmt::format("{} ({})", without_secrets(error->message, store.dsn), error->sqlstate);
    return std::nullopt;
}

}  // namespace pgduet::proxy
