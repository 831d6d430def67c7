#pragma once

#include <memory>

#include "shadow/store/sqlite/database.hpp"
#include "shadow/store/store.hpp"

namespace pgduet::store::sqlite {

/// A SQLite file as the applier's store: opened by connect(), owned by the applier's thread.
std::unique_ptr<store::session> open_session(database_options options);

}  // namespace pgduet::store::sqlite
