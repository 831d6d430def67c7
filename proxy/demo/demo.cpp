#include "proxy/demo/demo.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include "proxy/demo/free_port.hpp"
#include "proxy/demo/pg_client.hpp"
#include "proxy/demo/private_postgres.hpp"
#include "proxy/demo/proxy_process.hpp"
#include "proxy/demo/shop.hpp"
#include "proxy/stores.hpp"
#include "shadow/ledger/ledger.hpp"
#include "shadow/sql/statement.hpp"

namespace pgduet::proxy::demo {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

void say(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
}

void headline(const std::string& text) {
    say("\n== " + text + " ==");
}

fs::path make_directory() {
    std::string pattern = (fs::temp_directory_path() / "pgduet-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("cannot make a directory below " +
                                 fs::temp_directory_path().string());
    chmod(pattern.c_str(), 0755);  // the server's user has to get in
    return pattern;
}

/// The demo's stage: stores, configuration, proxy, shop. Parts end in reverse order.
class play {
public:
    explicit play(const demo_options& options) : options_(options), directory_(make_directory()) {}

    ~play() {
        shop_.reset();
        proxy_.reset();
        server_.reset();
        if (!options_.keep && succeeded_)
            fs::remove_all(directory_ / "postgres");
    }
    play(const play&) = delete;
    play& operator=(const play&) = delete;

    void run() {
        set_up();
        rehearse();
        plant_and_repair();
        switch_and_return();
        finish();
        succeeded_ = true;
    }

private:
    std::chrono::seconds share(int percent) const {
        return std::chrono::seconds(std::max(2, options_.seconds * percent / 100));
    }

    void set_up() {
        headline("Two stores, one connection string");
        const std::string why_not =
            options_.force_sqlite ? "asked for" : private_postgres::missing();
        shadow_.name = "new";
        if (why_not.empty()) {
            server_ = std::make_unique<private_postgres>(directory_ / "postgres");
            shadow_.kind = engine::postgres;
            shadow_.dsn = server_->dsn();
            say("shadow  : PostgreSQL, started for this demo  " + shadow_.dsn);
        } else {
            shadow_.kind = engine::sqlite;
            shadow_.path = directory_ / "new.db";
            say("shadow  : SQLite " + shadow_.path.string() + " (" + why_not + ")");
        }
        say("primary : SQLite " + (directory_ / "shop.db").string());
        const int port = free_port();
        write_configuration(port);
        client_dsn_ =
            "postgresql://shop@127.0.0.1:" + std::to_string(port) + "/shop?sslmode=disable";
        proxy_ = std::make_unique<proxy_process>(options_.program, config(), client_dsn_);
        say("$ pgduet serve " + config().string());
        say("the shop's connection string: " + client_dsn_);
        shop_ = std::make_unique<shop>(client_dsn_);
        shop_->build();
        say("schema and rows are made through pgduet, so both stores have them");
    }

    void write_configuration(int port) {
        std::ofstream out(config());
        out << "# Written by `pgduet demo`.\n"
            << "[listen]\nport = " << port << "\n\n[http]\nport = " << free_port() << "\n\n"
            << "[state]\ndirectory = \"state\"\n\n"
            << "[stores.old]\nengine = \"sqlite\"\npath = \"shop.db\"\n\n[stores.new]\n";
        if (shadow_.kind == engine::postgres)
            out << "engine = \"postgres\"\ndsn = \"" << shadow_.dsn << "\"\n";
        else
            out << "engine = \"sqlite\"\npath = \"" << shadow_.path.string() << "\"\n";
        out << "\n[duet]\nprimary = \"old\"\nshadow = \"new\"\nstage = \"mirror\"\n\n"
            << "[auth]\nmethod = \"trust\"\n";
    }

    fs::path config() const { return directory_ / "pgduet.toml"; }

    std::string command(const std::string& rest) const { return options_.program + " " + rest; }

    ledger::snapshot ledger_now() const {
        auto state = ledger::read_ledger(directory_ / "state");
        return state ? *state : ledger::snapshot{};
    }

    /// Shows a line a second while the shop works; ends at the time or when `until` says so.
    void watch(std::chrono::seconds time,
               const std::function<bool(const ledger::snapshot&)>& until) {
        const auto end = clock::now() + time;
        std::uint64_t before = shop_->transactions();
        while (clock::now() < end) {
            std::this_thread::sleep_for(1s);
            const ledger::snapshot now = ledger_now();
            const std::uint64_t done = shop_->transactions();
            std::printf(
                "  %4llu visits/s   compared %7llu   equal %7llu   differ %4llu   "
                "not compared %6llu   lag %llu ms\n",
                static_cast<unsigned long long>(done - before),
                static_cast<unsigned long long>(now.compared()),
                static_cast<unsigned long long>(now.equal),
                static_cast<unsigned long long>(now.differs),
                static_cast<unsigned long long>(now.observed - now.compared() - now.dropped),
                static_cast<unsigned long long>(now.lag_ms));
            std::fflush(stdout);
            before = done;
            if (shop_->errors() != 0)
                throw std::runtime_error("the shop got an error: " + shop_->first_error());
            if (until && until(now))
                return;
        }
    }

    void rehearse() {
        headline("The shop is open: every statement runs on both stores and is compared");
        shop_->open(4);
        watch(share(35), {});
    }

    /// Changes the shadow behind pgduet's back, as a stray script would.
    void change_shadow(const std::string& sql) {
        const auto direct = open_store_session(shadow_);
        if (const auto failed = direct->connect())
            throw std::runtime_error("the shadow cannot be reached: " + failed->message);
        const auto parsed = sql::parse(sql);
        store::request request;
        request.statement = parsed->statements.front();
        request.text = sql;
        const auto outcomes = direct->run({request});
        if (outcomes.empty() || outcomes.front().error)
            throw std::runtime_error("the shadow refused: " + sql);
    }

    void plant_and_repair() {
        headline("Somebody changes a row on the shadow, behind pgduet's back");
        change_shadow("UPDATE products SET name = 'Not what it was' WHERE id <= 40");
        say("  UPDATE products SET name = 'Not what it was' WHERE id <= 40   (on the shadow only)");
        watch(share(30), [](const ledger::snapshot& now) { return !now.findings.empty(); });
        const ledger::snapshot now = ledger_now();
        if (now.findings.empty())
            throw std::runtime_error("the planted difference was not found");
        const ledger::finding& found = now.findings.front();
        say("\nfound: finding " + std::to_string(found.id) + ", class " +
            found.example.finding_class + ", seen " + std::to_string(found.count) + " times");
        say("statement : " + found.example.statement);
        say("parameters: " + found.example.parameters);
        say("primary answered:\n" + found.example.primary);
        say("shadow answered:\n" + found.example.shadow);

        headline("Repaired by hand: the rows are copied back from the primary");
        repair();
        const std::uint64_t before = ledger_now().differs;
        watch(share(15), {});
        const std::uint64_t more = ledger_now().differs - before;
        say("differences since the repair: " + std::to_string(more));
    }

    void repair() {
        pg_client through(client_dsn_);
        const auto rows = through.run("SELECT id, name FROM products WHERE id <= 40 ORDER BY id");
        for (const auto& row : rows)
            change_shadow("UPDATE products SET name = '" + *row[1] + "' WHERE id = " + *row[0]);
        std::this_thread::sleep_for(500ms);  // reads under way still compare the old rows
    }

    void switch_and_return() {
        headline("Cutover: the roles are swapped while the shop stays open");
        stage("switched");
        watch(share(10), {});
        headline("And back: the same step");
        stage("mirror");
        watch(share(10), {});
    }

    void stage(const std::string& name) {
        const int code = proxy_process::show(command("stage " + config().string() + " " + name));
        if (code != 0)
            throw std::runtime_error("the stage was not changed");
    }

    void finish() {
        shop_->close();
        headline("Closing time");
        say(std::to_string(shop_->transactions()) + " visits, " + std::to_string(shop_->errors()) +
            " errors seen by the shop");
        for (int i = 0; i < 100 && ledger_now().lag_units != 0; ++i)
            std::this_thread::sleep_for(100ms);
        const fs::path page = directory_ / "report.html";
        proxy_process::show(command("report " + config().string()));
        proxy_process::show(
            command("report " + config().string() + " --format html --output " + page.string()));
        say("\nThe one finding is the row changes that were planted above. The page to look at:");
        say("  " + page.string());
    }

    demo_options options_;
    fs::path directory_;
    store_options shadow_;
    std::string client_dsn_;
    std::unique_ptr<private_postgres> server_;
    std::unique_ptr<proxy_process> proxy_;
    std::unique_ptr<shop> shop_;
    bool succeeded_ = false;
};

}  // namespace

int run_demo(const demo_options& options) {
    try {
        play demo(options);
        demo.run();
        return 0;
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "pgduet demo: %s\n", failed.what());
        return 1;
    }
}

}  // namespace pgduet::proxy::demo
