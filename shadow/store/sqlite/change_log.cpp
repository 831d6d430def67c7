#include "shadow/store/sqlite/change_log.hpp"

#include <string_view>

#include "shadow/store/sqlite/stored_value.hpp"

namespace pgduet::store::sqlite {
namespace {

constexpr std::string_view own_prefixes[] = {"sqlite_", "pgduet_"};

bool is_internal(std::string_view table) {
    for (const std::string_view prefix : own_prefixes) {
        if (table.starts_with(prefix))
            return true;
    }
    return false;
}

}  // namespace

void change_log::attach(sqlite3* handle) {
    sqlite3_preupdate_hook(handle, &change_log::on_change, this);
}

void change_log::start(const sql::relation_source& relations, std::size_t bytes_max) {
    relations_ = &relations;
    changes_.clear();
    bytes_ = 0;
    bytes_max_ = bytes_max;
    complete_ = true;
}

void change_log::on_change(void* self,
                           sqlite3* handle,
                           int what,
                           const char*,
                           const char* table,
                           sqlite3_int64,
                           sqlite3_int64) {
    auto& log = *static_cast<change_log*>(self);
    if (is_internal(table))
        return;
    log.touched_ = true;
    if (log.relations_ != nullptr && log.complete_)
        log.add(handle, what, table);
}

void change_log::add(sqlite3* handle, int what, const char* table) {
    shadow::row_change change;
    change.relation = relations_->find("", table);
    const int count = sqlite3_preupdate_count(handle);
    if (!change.relation || static_cast<int>(change.relation->columns.size()) != count) {
        complete_ = false;  // generated columns are not in the image
        return;
    }
    static const protocol::value_settings utc;
    const auto image = [&](bool after, std::vector<protocol::cell>& out) {
        out.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            sqlite3_value* value = nullptr;
            const int rc = after ? sqlite3_preupdate_new(handle, i, &value)
                                 : sqlite3_preupdate_old(handle, i, &value);
            if (rc != SQLITE_OK) {
                complete_ = false;
                return;
            }
            const sql::column_info& column = change.relation->columns[static_cast<std::size_t>(i)];
            auto text = stored_to_text(value, column.type, column.type_modifier, utc);
            if (!text) {
                complete_ = false;
                return;
            }
            bytes_ += *text ? (*text)->size() + 16 : 16;
            out.push_back(std::move(*text));
        }
    };
    switch (what) {
        case SQLITE_INSERT:
            change.what = shadow::row_change::kind::insert;
            image(true, change.after);
            break;
        case SQLITE_UPDATE:
            change.what = shadow::row_change::kind::update;
            image(false, change.before);
            image(true, change.after);
            break;
        default:
            change.what = shadow::row_change::kind::erase;
            image(false, change.before);
            break;
    }
    if (bytes_ > bytes_max_)
        complete_ = false;
    if (complete_)
        changes_.push_back(std::move(change));
    else
        changes_.clear();
}

}  // namespace pgduet::store::sqlite
