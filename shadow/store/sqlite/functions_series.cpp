#include <cstdint>
#include <cstring>

#include "shadow/store/sqlite/function_tools.hpp"

/// generate_series() over integers: an eponymous virtual table with hidden argument columns.
namespace pgduet::store::sqlite::functions {
namespace {

enum column { value_column = 0, first_column, stop_column, step_column };

struct series_cursor {
    sqlite3_vtab_cursor base;
    std::int64_t at;
    std::int64_t stop;
    std::int64_t step;
    bool done;
    std::int64_t row;
};

int connect(sqlite3* handle, void*, int, const char* const*, sqlite3_vtab** out, char**) {
    const int rc = sqlite3_declare_vtab(
        handle, "CREATE TABLE x(value INTEGER, first HIDDEN, stop HIDDEN, step HIDDEN)");
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_vtab_config(handle, SQLITE_VTAB_INNOCUOUS);
    *out = new sqlite3_vtab{};
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
    delete table;
    return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
    *out = &(new series_cursor{})->base;
    return SQLITE_OK;
}

series_cursor& self(sqlite3_vtab_cursor* cursor) {
    return *reinterpret_cast<series_cursor*>(cursor);
}

int close(sqlite3_vtab_cursor* cursor) {
    delete &self(cursor);
    return SQLITE_OK;
}

/// idxNum: bit i says that argument i (first, stop, step) comes, in this order.
int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
    int index_of[3] = {-1, -1, -1};
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto& one = info->aConstraint[i];
        if (one.iColumn < first_column || one.op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (one.usable == 0)
            return SQLITE_CONSTRAINT;
        index_of[one.iColumn - first_column] = i;
    }
    int arguments = 0;
    for (int i = 0; i < 3; ++i) {
        if (index_of[i] < 0)
            continue;
        info->idxNum |= 1 << i;
        info->aConstraintUsage[index_of[i]].argvIndex = ++arguments;
        info->aConstraintUsage[index_of[i]].omit = 1;
    }
    info->estimatedCost = 1000;
    info->estimatedRows = 1000;
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int given, const char*, int, sqlite3_value** values) {
    series_cursor& at = self(cursor);
    at = {at.base, 0, 0, 1, false, 1};
    std::int64_t* const places[] = {&at.at, &at.stop, &at.step};
    int next = 0;
    for (int i = 0; i < 3; ++i) {
        if ((given & (1 << i)) == 0)
            continue;
        if (sqlite3_value_type(values[next]) == SQLITE_NULL)
            at.done = true;
        *places[i] = sqlite3_value_int64(values[next++]);
    }
    if ((given & 3) != 3)
        at.done = true;
    if (at.step == 0 && !at.done) {
        cursor->pVtab->zErrMsg = sqlite3_mprintf("[22023] step size cannot equal zero");
        return SQLITE_ERROR;
    }
    at.done = at.done || (at.step > 0 ? at.at > at.stop : at.at < at.stop);
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
    series_cursor& at = self(cursor);
    at.done = __builtin_add_overflow(at.at, at.step, &at.at) ||
              (at.step > 0 ? at.at > at.stop : at.at < at.stop);
    ++at.row;
    return SQLITE_OK;
}

int eof(sqlite3_vtab_cursor* cursor) {
    return self(cursor).done ? 1 : 0;
}

int read(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int which) {
    const series_cursor& at = self(cursor);
    sqlite3_result_int64(context,
                         which == value_column  ? at.at
                         : which == stop_column ? at.stop
                         : which == step_column ? at.step
                                                : 0);
    return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
    *out = self(cursor).row;
    return SQLITE_OK;
}

const sqlite3_module& module() {
    static const sqlite3_module made = [] {
        sqlite3_module m{};
        m.xConnect = connect;  // no xCreate: eponymous only
        m.xBestIndex = best_index;
        m.xDisconnect = disconnect;
        m.xOpen = open;
        m.xClose = close;
        m.xFilter = filter;
        m.xNext = next;
        m.xEof = eof;
        m.xColumn = read;
        m.xRowid = rowid;
        return m;
    }();
    return made;
}

}  // namespace

void register_series(connection& target) {
    sqlite3_create_module_v2(target.raw(), "pg_generate_series", &module(), nullptr, nullptr);
}

}  // namespace pgduet::store::sqlite::functions
