#include "proxy/stages/stage_controller.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/steady_timer.hpp>

#include "proxy/run_on.hpp"

namespace pgduet::proxy {

using std::chrono::steady_clock;

/// One direction of shadowing, from its start to its end. The order and the relations belong to
/// one primary, so a new direction begins with new ones.
struct stage_controller::feed {
    capture::primary_order order;
    capture::relation_cache relations;
    sql::parse_cache parser;
    std::unique_ptr<shadow::duet> duet;  ///< destroyed before what it uses
};

namespace {

/// Units the shadow may be behind when the gate is closed for a switch.
constexpr std::uint64_t near_units = 500;

std::string new_run_id() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return fmt::format("{:x}-{:x}",
                       std::chrono::duration_cast<std::chrono::microseconds>(now).count(),
                       static_cast<unsigned>(::getpid()));
}

bool shadows(stage s) {
    return s != stage::solo;
}

}  // namespace

stage_controller::stage_controller(services s)
    : services_(std::move(s)),
      file_(services_.configuration.state.directory),
      gate_(services_.loop) {}

stage_controller::~stage_controller() = default;

std::optional<std::string> stage_controller::start(std::optional<stage> forced) {
    const duet_settings& settings = services_.configuration.duet;
    stage_state wanted = roles_of(forced.value_or(settings.start_stage), settings);
    if (forced && *forced != stage::solo && settings.shadow.empty())
        return fmt::format("stage \"{}\" needs duet.shadow", to_string(*forced));
    const stage_file::read_result kept = file_.read();
    const std::string where = file_.path().string();
    if (!kept.error.empty() && !forced)
        return where + " " + kept.error + "; give --stage to start all the same";
    if (kept.state && !forced) {
        if (*kept.state != roles_of(kept.state->now, settings))
            return fmt::format(
                "{} says primary \"{}\" and shadow \"{}\" in stage {}, the configuration has "
                "others; give --stage to start all the same",
                where,
                kept.state->primary,
                kept.state->shadow,
                to_string(kept.state->now));
        if (kept.state->now != settings.start_stage)
            spdlog::warn("stage {} from {} is used, not {} from the configuration",
                         to_string(kept.state->now),
                         where,
                         to_string(settings.start_stage));
        wanted = *kept.state;
    }
    if (auto trouble = file_.write(wanted))
        spdlog::error("{} cannot be written: {}", where, *trouble);
    take_roles(wanted);
    start_feed();
    return std::nullopt;
}

const store_options& stage_controller::primary() const {
    return services_.configuration.stores.at(state_.primary);
}

capture::wire_capture::shared stage_controller::capture_context() {
    if (!feed_)
        return {};
    return {feed_->duet.get(), &feed_->order, &feed_->relations, &feed_->parser};
}

std::optional<shadow::duet_status> stage_controller::duet_status() const {
    std::shared_ptr<feed> current;
    {
        const std::lock_guard lock{feed_mutex_};
        current = feed_;
    }
    if (!current)
        return std::nullopt;
    return current->duet->status();
}

void stage_controller::take_roles(const stage_state& next) {
    state_ = next;
    ++epoch_;
    services_.results.set_roles(
        std::string{to_string(next.now)}, next.primary, shadows(next.now) ? next.shadow : "");
    spdlog::info("stage {}: primary \"{}\"{}",
                 to_string(next.now),
                 next.primary,
                 shadows(next.now) ? ", shadow \"" + next.shadow + "\"" : "");
}

void stage_controller::start_feed() {
    if (!shadows(state_.now))
        return;
    const duet_settings& settings = services_.configuration.duet;
    auto next = std::make_shared<feed>();
    next->duet = shadow::duet::start(
        services_.open_session(services_.configuration.stores.at(state_.shadow)),
        next->order,
        services_.results,
        {settings.queue_bytes_max,
         settings.compare_reads,
         settings.reconnect_delay_max,
         new_run_id()});
    const std::lock_guard lock{feed_mutex_};
    feed_ = std::move(next);
}

task<> stage_controller::stop_feed() {
    std::shared_ptr<feed> old;
    {
        const std::lock_guard lock{feed_mutex_};
        old = std::move(feed_);
        feed_.reset();
    }
    if (!old)
        co_return;
    // Named, not in the expression: GCC 12 destroys such a closure twice.
    auto end = [&old] {
        old->duet->stop();
        old.reset();
        return true;
    };
    co_await run_on(services_.helpers, end);
}

task<> stage_controller::stop(milliseconds drain_deadline) {
    if (auto trouble = co_await drain(steady_clock::now() + drain_deadline))
        spdlog::warn("{}; what is left is counted in the ledger", *trouble);
    co_await stop_feed();
}

task<std::optional<std::string>> stage_controller::drain(steady_clock::time_point deadline,
                                                         std::uint64_t units_left) {
    const std::shared_ptr<feed> current = feed_;
    if (!current)
        co_return std::nullopt;
    auto wait = [&current, deadline, units_left] {
        return current->duet->drain(deadline, units_left);
    };
    const bool empty = co_await run_on(services_.helpers, wait);
    if (empty)
        co_return std::nullopt;
    const shadow::duet_status status = current->duet->status();
    co_return fmt::format("the shadow \"{}\" is {} units behind{}",
                          state_.shadow,
                          status.queue_units,
                          status.last_error.empty() ? "" : " (" + status.last_error + ")");
}

std::optional<std::string> stage_controller::refusal(stage target) const {
    if (moving_)
        return "another change of stage is under way";
    if (target == state_.now)
        return fmt::format("stage is {} already", to_string(target));
    if (target != stage::solo && services_.configuration.duet.shadow.empty())
        return "there is no duet.shadow in the configuration";
    if (state_.now == stage::solo && target == stage::switched)
        return "the shadow is not fed in stage solo; go to mirror first";
    if (state_.now == stage::switched && target == stage::solo)
        return "in stage solo the primary is store \"" + services_.configuration.duet.primary +
               "\" again; go back to mirror first";
    return std::nullopt;
}

move_report stage_controller::plan(stage target) const {
    move_report report;
    const stage_state next = roles_of(target, services_.configuration.duet);
    const bool swap = next.primary != state_.primary;
    const auto step = [&report](std::string text) { report.steps.push_back(std::move(text)); };
    if (swap)
        step("let the shadow catch up while transactions go on");
    step(fmt::format("close the gate: open transactions finish within {} ms, new ones wait",
                     services_.configuration.duet.switch_deadline.count()));
    if (shadows(state_.now))
        step(fmt::format("drain the shadow \"{}\"", state_.shadow));
    if (swap)
        step(fmt::format(
            "set the sequences of \"{}\" past those of \"{}\"", next.primary, state_.primary));
    step(fmt::format("write the stage down: {}, primary \"{}\"", to_string(target), next.primary));
    if (shadows(target))
        step(fmt::format("start feeding the shadow \"{}\"", next.shadow));
    step("move every session and open the gate");

    if (auto why = refusal(target))
        report.refusal = *why;
    if (!swap)
        return report;
    const ledger::snapshot seen = services_.results.read();
    if (!seen.dirty.empty()) {
        std::string names;
        for (const ledger::dirty_table& dirty : seen.dirty)
            names += (names.empty() ? "" : ", ") + dirty.table;
        report.refusal = report.refusal.empty()
                             ? "these tables are known to differ on the shadow: " + names
                             : report.refusal;
    }
    if (!seen.findings.empty())
        report.warnings.push_back(
            fmt::format("the ledger has {} findings; see pgduet report", seen.findings.size()));
    if (seen.compared() == 0)
        report.warnings.push_back("nothing has been compared yet");
    if (const auto status = duet_status(); status && !status->connected)
        report.warnings.push_back("the shadow is not connected" +
                                  (status->last_error.empty() ? "" : ": " + status->last_error));
    return report;
}

task<move_report> stage_controller::move(stage target, bool dry_run) {
    move_report report = plan(target);
    if (dry_run) {
        for (const std::string& who : services_.blockers())
            report.warnings.push_back("would have to wait for " + who);
        co_return report;
    }
    if (!report.refusal.empty()) {
        services_.counts.stage_refusals.add();
        co_return report;
    }
    moving_ = true;
    try {
        report = co_await move_through_gate(target, std::move(report));
    } catch (const std::exception& error) {
        report.refusal = error.what();
    }
    moving_ = false;
    if (report.done) {
        services_.counts.stage_moves.add();
        spdlog::info("stage changed, transactions waited {} ms", report.pause.count());
    } else {
        services_.counts.stage_refusals.add();
        spdlog::warn("stage stays {}: {}", to_string(state_.now), report.refusal);
    }
    co_return report;
}

task<move_report> stage_controller::move_through_gate(stage target, move_report report) {
    const stage_state next = roles_of(target, services_.configuration.duet);
    const bool swap = next.primary != state_.primary;
    const milliseconds limit = services_.configuration.duet.switch_deadline;
    if (swap) {
        // Nobody waits yet: the shadow only has to be near, the rest comes behind the gate.
        if (auto trouble = co_await drain(steady_clock::now() + limit, near_units)) {
            report.refusal = *trouble;
            co_return report;
        }
    }
    const auto closed = steady_clock::now();
    const auto deadline = closed + limit;
    gate_.close();
    services_.order_sessions(true);
    std::optional<std::string> trouble;
    if (!co_await empty_the_room(deadline)) {
        trouble = "these sessions did not come to rest in time:";
        for (const std::string& who : services_.blockers())
            *trouble += " " + who + ";";
    }
    if (!trouble && shadows(state_.now) && (swap || target == stage::solo))
        trouble = co_await drain(deadline);
    // Leaving the shadow behind loses what it has not got yet; that is what solo means, but it is
    // counted by stop(), so only a switch needs an empty queue.
    if (trouble && !swap && gate_.inside() == 0) {
        report.warnings.push_back(*trouble);
        trouble.reset();
    }
    if (!trouble && swap)
        trouble = co_await carry_sequences(next);
    if (!trouble) {
        trouble = file_.write(next);
        if (trouble)
            trouble = file_.path().string() + " cannot be written: " + *trouble;
    }
    if (!trouble) {
        co_await stop_feed();
        take_roles(next);
        start_feed();
        report.done = true;
    } else {
        report.refusal = *trouble;
    }
    services_.order_sessions(false);
    gate_.open();
    report.pause = std::chrono::duration_cast<milliseconds>(steady_clock::now() - closed);
    co_return report;
}

task<bool> stage_controller::empty_the_room(steady_clock::time_point deadline) {
    const auto late = std::make_shared<bool>(false);
    asio::steady_timer timer{services_.loop, deadline};
    timer.async_wait([this, late](error_code ec) {
        if (ec)
            return;
        *late = true;
        gate_.notify_all();
    });
    while (gate_.inside() > 0 && !*late)
        co_await gate_.wait();
    co_return gate_.inside() == 0;
}

task<std::optional<std::string>> stage_controller::carry_sequences(const stage_state& next) {
    auto carry = [this, next]() -> std::optional<std::string> {
        const auto& stores = services_.configuration.stores;
        const auto from = services_.open_session(stores.at(state_.primary));
        const auto to = services_.open_session(stores.at(next.primary));
        const auto failed = [](const std::string& store, const protocol::sql_error& error) {
            return fmt::format("store \"{}\": {} ({})", store, error.message, error.sqlstate);
        };
        if (auto error = from->connect())
            return failed(state_.primary, *error);
        if (auto error = to->connect())
            return failed(next.primary, *error);
        const auto positions = from->read_sequences();
        if (!positions)
            return failed(state_.primary, positions.error());
        if (auto error = to->advance_sequences(*positions))
            return failed(next.primary, *error);
        return std::nullopt;
    };
    co_return co_await run_on(services_.helpers, carry);
}

}  // namespace pgduet::proxy
