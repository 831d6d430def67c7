#include "proxy/serve/sqlite_primary.hpp"

namespace pgduet::proxy {

store::sqlite::database_options database_options_of(const store_options& store, bool effects) {
    store::sqlite::database_options out;
    out.path = store.path.string();
    out.name = store.database;
    out.busy_timeout = store.busy_timeout;
    out.readers_max = store.workers;
    out.capture_effects = effects;
    return out;
}

sqlite_primary::sqlite_primary(const store_options& store, bool capture_effects)
    : store_(store), capture_effects_(capture_effects), workers_(store.workers) {}

sqlite_primary::~sqlite_primary() {
    workers_.join();
}

protocol::sql_result<std::shared_ptr<store::sqlite::database>> sqlite_primary::open() {
    const std::lock_guard lock{mutex_};
    if (database_)
        return database_;
    auto opened = store::sqlite::database::open(database_options_of(store_, capture_effects_));
    if (!opened)
        return opened.error();
    database_ = std::move(*opened);
    return database_;
}

}  // namespace pgduet::proxy
