#include "proxy/application.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <stdexcept>

#include "proxy/admin/http_server.hpp"
#include "proxy/admin/routes.hpp"
#include "proxy/backends.hpp"
#include "proxy/housekeeper.hpp"
#include "proxy/log.hpp"
#include "proxy/server.hpp"
#include "proxy/stores.hpp"

namespace pgduet::proxy {

namespace {

/// One process per state directory; the lock ends with the process, however it ends.
class directory_lock {
public:
    explicit directory_lock(const std::filesystem::path& directory) {
        std::error_code ec;
        std::filesystem::create_directories(directory, ec);
        const std::string path = (directory / "lock").string();
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file_ < 0)
            throw std::runtime_error(fmt::format("state directory {} cannot be used: {}",
                                                 directory.string(),
                                                 std::system_category().message(errno)));
        if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
            ::close(file_);
            throw std::runtime_error(
                fmt::format("state directory {} is used by another pgduet", directory.string()));
        }
    }
    ~directory_lock() { ::close(file_); }
    directory_lock(const directory_lock&) = delete;
    directory_lock& operator=(const directory_lock&) = delete;

private:
    int file_ = -1;
};

std::unique_ptr<ledger::ledger> open_ledger(const std::filesystem::path& directory) {
    auto opened = ledger::ledger::open(directory);
    if (!opened)
        throw std::runtime_error(fmt::format(
            "the ledger in {} cannot be opened: {}", directory.string(), opened.error().message));
    return std::move(*opened);
}

user_table load_users(const auth_options& options) {
    if (options.method == auth_method::trust)
        return {};
    user_table::loaded loaded = user_table::load(options.users_file);
    if (!loaded.problems.empty())
        throw std::runtime_error(loaded.problems.front());
    return std::move(loaded.users);
}

bool is_loopback(const std::string& address) {
    error_code ec;
    const auto parsed = asio::ip::make_address(address, ec);
    return !ec && parsed.is_loopback();
}

}  // namespace

class application::implementation {
public:
    implementation(config configuration, options how)
        : configuration_(std::move(configuration)),
          how_(std::move(how)),
          lock_(configuration_.state.directory),
          ledger_(open_ledger(configuration_.state.directory)),
          rules_(make_startup_rules(configuration_.auth)),
          users_(load_users(configuration_.auth)),
          backends_({loop(), connectors_, helpers_, counts_}, configuration_),
          stages_({loop(),
                   configuration_,
                   helpers_,
                   *ledger_,
                   counts_,
                   open_store_session,
                   [this](bool leave) { registry_.order_all(leave); },
                   [this] { return registry_.blockers(); }}),
          registry_(loop(), counts_),
          sessions_{
              loop(),
              configuration_,
              rules_,
              users_,
              counts_,
              cancels_,
              stages_,
              helpers_,
              [this](const client_identity& who, cancel_key key, const session_orders& orders) {
                  return backends_.make(stages_.primary(),
                                        stages_.epoch(),
                                        stages_.capture_context(),
                                        who,
                                        key,
                                        orders);
              }},
          server_(sessions_, registry_),
          signals_(context_) {
        if (auto trouble = stages_.start(how_.forced_stage))
            throw std::runtime_error(*trouble);
        remember_stage();
        if (how_.handle_signals)
            asio::co_spawn(loop(), watch_signals(), [](std::exception_ptr) {});
        housekeeper_ = std::make_unique<housekeeper>(housekeeper::services{
            *ledger_,
            counts_,
            configuration_.state.flush_interval,
            [this] {
                const std::string name = stage_now().primary;
                const auto trouble = probe_store(configuration_.stores.at(name));
                return trouble ? "store \"" + name + "\": " + *trouble : "";
            },
            [this] { return stages_.duet_status(); }});
        if (configuration_.http.enabled)
            http_ = std::make_unique<http_server>(configuration_.http, make_routes(surface()));
    }

    void run() {
        asio::co_spawn(loop(), server_.run(), [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure);
        });
        spdlog::info("listening on {}:{}", configuration_.listen.address, port());
        if (http_)
            spdlog::info("http on {}:{}", configuration_.http.address, http_port());
        auto keep = asio::make_work_guard(context_);
        keep_ = &keep;
        context_.run();
        keep_ = nullptr;
        if (http_)
            http_->stop();
        housekeeper_->stop();
    }

    void stop() {
        asio::post(loop(), [this] { begin_stop(); });
    }

    std::uint16_t port() const { return server_.port(); }
    std::uint16_t http_port() const { return http_ ? http_->port() : 0; }

private:
    loop_executor loop() { return context_.get_executor(); }

    void begin_stop() {
        if (stopping_)
            return;
        stopping_ = true;
        asio::co_spawn(loop(), end_gracefully(), [this](std::exception_ptr) {
            error_code ignored;
            signals_.cancel(ignored);
            if (keep_)
                keep_->reset();
        });
    }

    task<> end_gracefully() {
        spdlog::info("stopping: {} sessions", registry_.count());
        server_.stop();
        registry_.stop_all(false);
        const auto late = std::make_shared<bool>(false);
        asio::steady_timer deadline{loop(), configuration_.listen.shutdown_deadline};
        deadline.async_wait([this, late](error_code ec) {
            if (ec || *late)
                return;
            spdlog::warn("{} sessions did not end in time", registry_.count());
            registry_.stop_all(true);
        });
        co_await registry_.join();
        *late = true;
        deadline.cancel();
        while (moves_ > 0)
            co_await moved_.wait();
        co_await stages_.stop(configuration_.duet.drain_deadline);
        spdlog::info("stopped");
    }

    task<> watch_signals() {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP})
            signals_.add(signal);
        for (;;) {
            auto [ec, signal] = co_await signals_.async_wait(as_ec);
            if (ec)
                co_return;
            if (signal == SIGHUP)
                reload();
            else
                begin_stop();
        }
    }

    /// Takes over what can change while running; names what cannot.
    void reload() {
        if (!how_.reload)
            return;
        const loaded_config fresh = how_.reload();
        for (const config_problem& problem : fresh.problems)
            spdlog::error("reload: {}", problem.to_string());
        if (!fresh.ok())
            return spdlog::error("reload: nothing was changed");
        set_log_level(fresh.value.log.level);
        if (fresh.value.auth.method == configuration_.auth.method) {
            try {
                users_ = load_users(fresh.value.auth);
            } catch (const std::exception& error) {
                spdlog::error("reload: {}; the users stay as they were", error.what());
            }
        }
        spdlog::info("reload: log.level and the users are in force; the rest needs a restart");
    }

    admin_surface surface() {
        admin_surface out;
        out.ready = [this] { return housekeeper_->seen(); };
        out.stage_now = [this] { return stage_now(); };
        out.duet = [this] { return stages_.duet_status(); };
        out.move = [this](stage target, bool dry_run, std::function<void(move_report)> done) {
            asio::post(loop(), [this, target, dry_run, done = std::move(done)]() mutable {
                ++moves_;
                asio::co_spawn(
                    loop(),
                    stages_.move(target, dry_run),
                    [this, done = std::move(done)](std::exception_ptr failure, move_report report) {
                        --moves_;
                        moved_.notify_all();
                        remember_stage();
                        if (failure)
                            report.refusal = "internal error";
                        done(std::move(report));
                    });
            });
        };
        out.results = ledger_.get();
        out.counts = &counts_;
        out.control_allowed =
            configuration_.http.allow_remote_control || is_loopback(configuration_.http.address);
        return out;
    }

    /// The other threads' copy of the stage.
    void remember_stage() {
        const std::lock_guard lock{stage_mutex_};
        stage_copy_ = stages_.state();
    }
    stage_state stage_now() const {
        const std::lock_guard lock{stage_mutex_};
        return stage_copy_;
    }

    config configuration_;
    options how_;
    asio::io_context context_{1};
    directory_lock lock_;
    metrics counts_;
    std::unique_ptr<ledger::ledger> ledger_;
    protocol::startup_rules rules_;
    user_table users_;
    asio::thread_pool connectors_{4};
    asio::thread_pool helpers_{4};
    cancel_router cancels_;
    backend_maker backends_;
    stage_controller stages_;
    session_registry registry_;
    session_services sessions_;
    server server_;
    asio::signal_set signals_;
    event moved_{context_.get_executor()};
    std::size_t moves_ = 0;
    bool stopping_ = false;
    asio::executor_work_guard<loop_executor>* keep_ = nullptr;
    mutable std::mutex stage_mutex_;
    stage_state stage_copy_;
    std::unique_ptr<housekeeper> housekeeper_;
    std::unique_ptr<http_server> http_;
};

application::application(config configuration, options how)
    : self_(std::make_unique<implementation>(std::move(configuration), std::move(how))) {}

application::~application() = default;

void application::run() {
    self_->run();
}
void application::stop() {
    self_->stop();
}
std::uint16_t application::port() const {
    return self_->port();
}
std::uint16_t application::http_port() const {
    return self_->http_port();
}

}  // namespace pgduet::proxy
