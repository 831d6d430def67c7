#include "shadow/store/sqlite/database.hpp"

#include <atomic>
#include <deque>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "shadow/store/sqlite/advisory_locks.hpp"
#include "shadow/store/sqlite/catalog.hpp"
#include "shadow/store/sqlite/connection.hpp"
#include "shadow/store/sqlite/plan_cache.hpp"
#include "shadow/store/sqlite/sequences.hpp"

namespace pgduet::store::sqlite {

using protocol::sql_result;

struct database::pool {
    struct waiter {
        ticket id;
        granted when;
    };

    std::mutex mutex;
    std::unique_ptr<connection> writer;
    bool writer_free = true;
    std::vector<std::unique_ptr<connection>> readers;  ///< all that were opened
    std::vector<connection*> free_readers;
    std::deque<waiter> for_writer;
    std::deque<waiter> for_reader;
    ticket last_ticket = 0;
    std::atomic<std::uint64_t> commits{0};
};

lease::lease(lease&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), held_(std::exchange(other.held_, nullptr)) {}

lease& lease::operator=(lease&& other) noexcept {
    if (this != &other) {
        reset();
        owner_ = std::exchange(other.owner_, nullptr);
        held_ = std::exchange(other.held_, nullptr);
    }
    return *this;
}

bool lease::is_writer() const {
    return held_ != nullptr && held_->is_writer();
}

void lease::reset() {
    if (held_ != nullptr)
        std::exchange(owner_, nullptr)->give_back(*std::exchange(held_, nullptr));
}

database::database(database_options options)
    : options_(std::move(options)),
      locks_(std::make_unique<advisory_locks>()),
      sequences_(std::make_unique<sqlite::sequences>()),
      plans_(std::make_unique<plan_cache>(options_.plans_max)),
      pool_(std::make_unique<pool>()) {
    if (options_.name.empty())
        options_.name = std::filesystem::path(options_.path).stem().string();
}

database::~database() = default;

sql_result<std::unique_ptr<database>> database::open(database_options options) {
    auto opened = std::unique_ptr<database>(new database(std::move(options)));
    auto writer = connection::open(opened->options_, connection::role::writer, opened.get());
    if (!writer)
        return writer.error();
    auto own = connection::open(opened->options_, connection::role::catalog, opened.get());
    if (!own)
        return own.error();
    opened->pool_->writer = std::move(*writer);
    opened->catalog_ = std::make_unique<sqlite::catalog>(std::move(*own));
    if (const auto readable = opened->pool_->writer->number("SELECT count(*) FROM sqlite_schema");
        !readable)
        return readable.error();
    opened->catalog_->refresh();
    return opened;
}

lease database::try_acquire_reader() {
    {
        const std::lock_guard lock(pool_->mutex);
        if (!pool_->for_reader.empty())
            return {};
        if (!pool_->free_readers.empty()) {
            connection* const taken = pool_->free_readers.back();
            pool_->free_readers.pop_back();
            return {*this, *taken};
        }
        if (pool_->readers.size() >= options_.readers_max)
            return {};
        pool_->readers.emplace_back();  // a place is taken; the file is opened outside of the lock
    }
    auto opened = connection::open(options_, connection::role::reader, this);
    const std::lock_guard lock(pool_->mutex);
    for (auto it = pool_->readers.begin(); it != pool_->readers.end(); ++it) {
        if (*it)
            continue;
        if (!opened) {
            pool_->readers.erase(it);
            return {};
        }
        *it = std::move(*opened);
        return {*this, **it};
    }
    return {};
}

lease database::try_acquire_writer() {
    const std::lock_guard lock(pool_->mutex);
    if (!pool_->writer_free || !pool_->for_writer.empty())
        return {};
    pool_->writer_free = false;
    return {*this, *pool_->writer};
}

database::ticket database::acquire_reader(granted when) {
    if (lease now = try_acquire_reader()) {
        when(std::move(now));
        return 0;
    }
    lease now;
    ticket id = 0;
    {
        const std::lock_guard lock(pool_->mutex);
        if (!pool_->free_readers.empty() && pool_->for_reader.empty()) {
            now = lease(*this, *pool_->free_readers.back());  // given back in between
            pool_->free_readers.pop_back();
        } else {
            id = ++pool_->last_ticket;
            pool_->for_reader.push_back({id, std::move(when)});
        }
    }
    if (now)
        when(std::move(now));
    return id;
}

database::ticket database::acquire_writer(granted when) {
    {
        const std::lock_guard lock(pool_->mutex);
        if (!pool_->writer_free || !pool_->for_writer.empty()) {
            const ticket id = ++pool_->last_ticket;
            pool_->for_writer.push_back({id, std::move(when)});
            return id;
        }
        pool_->writer_free = false;
    }
    when(lease(*this, *pool_->writer));
    return 0;
}

bool database::cancel(ticket waiting) {
    granted gone;  // destroyed outside of the lock: it may own anything
    const std::lock_guard lock(pool_->mutex);
    for (auto* const queue : {&pool_->for_writer, &pool_->for_reader}) {
        for (auto it = queue->begin(); it != queue->end(); ++it) {
            if (it->id != waiting)
                continue;
            gone = std::move(it->when);
            queue->erase(it);
            return true;
        }
    }
    return false;
}

void database::give_back(connection& held) {
    held.use_context(nullptr);
    granted next;
    {
        const std::lock_guard lock(pool_->mutex);
        auto& queue = held.is_writer() ? pool_->for_writer : pool_->for_reader;
        if (!queue.empty()) {
            next = std::move(queue.front().when);
            queue.pop_front();
        } else if (held.is_writer()) {
            pool_->writer_free = true;
        } else {
            pool_->free_readers.push_back(&held);
        }
    }
    if (next)
        next(lease(*this, held));
}

std::uint64_t database::commit_sequence() const {
    return pool_->commits.load();
}

std::uint64_t database::count_commit() {
    return ++pool_->commits;
}

std::shared_ptr<const sql::relation_info> database::find_relation(const std::string& schema,
                                                                  const std::string& name) {
    return catalog_->current()->find(schema, name);
}

}  // namespace pgduet::store::sqlite
