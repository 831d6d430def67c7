#include "proxy/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pgduet::proxy {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::optional<std::string> environment_of_tests(const std::string& name) {
    if (name == "DB_PASSWORD")
        return "s3cret";
    if (name == "PORT")
        return "7001";
    if (name == "EMPTY")
        return "";
    return std::nullopt;
}

class ConfigFile : public testing::Test {
protected:
    ConfigFile() : directory_(fs::temp_directory_path() / ("pgduet-conf-" + unique())) {
        fs::create_directories(directory_);
    }
    ~ConfigFile() override { fs::remove_all(directory_); }

    loaded_config load(const std::string& text, const std::vector<std::string>& sets = {}) {
        const fs::path file = directory_ / "t.toml";
        std::ofstream{file} << text;
        return load_config(file, sets, environment_of_tests);
    }
    std::vector<std::string> problems(const std::string& text,
                                      const std::vector<std::string>& sets = {}) {
        std::vector<std::string> out;
        for (const config_problem& problem : load(text, sets).problems)
            out.push_back(problem.to_string());
        return out;
    }
    fs::path directory_;

private:
    static std::string unique() {
        return std::to_string(::getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name();
    }
};

const std::string small = R"([stores.a]
engine = "sqlite"
path = "a.db"
[duet]
primary = "a"
)";

TEST_F(ConfigFile, TakesDefaults) {
    const loaded_config loaded = load(small);
    ASSERT_THAT(loaded.problems, IsEmpty());
    const config& value = loaded.value;
    EXPECT_EQ(value.listen.address, "127.0.0.1");
    EXPECT_EQ(value.listen.port, 6432);
    EXPECT_EQ(value.http.port, 6480);
    EXPECT_EQ(value.duet.start_stage, stage::solo);
    EXPECT_EQ(value.auth.method, auth_method::trust);
    EXPECT_EQ(value.state.directory, directory_ / "pgduet-state");
    EXPECT_EQ(value.primary().path, directory_ / "a.db");
}

TEST_F(ConfigFile, ReadsTheInterfaceOfTheDesign) {
    const loaded_config loaded = load(R"(
[listen]  address = "0.0.0.0"  port = "${PORT}"
)");
    // Two keys on one line are not TOML; the problem has its line.
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].line, 2);

    const loaded_config good = load(R"(
[listen]
address = "0.0.0.0"
port = "${PORT}"
[http]
port = 6481
[state]
directory = "/var/lib/pgduet"
[stores.old]
engine = "sqlite"
path = "/data/app.db"
[stores.new]
engine = "postgres"
dsn = "postgresql://app:${DB_PASSWORD}@127.0.0.1:${NOPORT:-5432}/app"
[duet]
primary = "old"
shadow = "new"
stage = "mirror"
mode = "async"
compare_reads = 0.25
queue_bytes_max = "64MiB"
switch_deadline = "250ms"
[auth]
method = "scram-sha-256"
users_file = "users.txt"
)");
    for (const config_problem& problem : good.problems)
        ADD_FAILURE() << problem.to_string();
    EXPECT_EQ(good.value.listen.port, 7001);
    EXPECT_EQ(good.value.stores.at("new").dsn, "postgresql://app:s3cret@127.0.0.1:5432/app");
    EXPECT_EQ(good.value.stores.at("old").path, "/data/app.db");
    EXPECT_EQ(good.value.duet.start_stage, stage::mirror);
    EXPECT_EQ(good.value.duet.compare_reads, 0.25);
    EXPECT_EQ(good.value.duet.queue_bytes_max, 64u << 20);
    EXPECT_EQ(good.value.duet.switch_deadline, milliseconds{250});
    EXPECT_EQ(good.value.auth.users_file, directory_ / "users.txt");
}

struct bad_case {
    const char* name;
    const char* text;  ///< appended to `small`, whose five lines come first
    const char* problem;
};

class ConfigBad : public ConfigFile, public testing::WithParamInterface<bad_case> {};

TEST_P(ConfigBad, SaysExactlyWhatIsWrong) {
    EXPECT_THAT(problems(small + GetParam().text), ElementsAre(GetParam().problem));
}

const bad_case bad_cases[] = {
    {"MistypedKey",
     "[listen]\nprot = 1\n",
     "t.toml:7: listen.prot: unknown key, did you mean listen.port?"},
    {"MistypedTable",
     "[lisen]\nport = 1\n",
     "t.toml:7: lisen.port: unknown key, did you mean listen.port?"},
    {"UnknownKey", "[listen]\nfrobnication = 1\n", "t.toml:7: listen.frobnication: unknown key"},
    {"UnknownTopLevelKey", "[quux]\nx = 1\n", "t.toml:7: quux.x: unknown key"},
    {"TableIsValue", "[x]\n", "t.toml:6: x: unknown key"},
    {"PortIsText",
     "[listen]\nport = \"5\"\n",
     "t.toml:7: listen.port: must be a whole number from 0 to 65535"},
    {"PortTooLarge",
     "[listen]\nport = 65536\n",
     "t.toml:7: listen.port: must be a whole number from 0 to 65535"},
    {"AddressIsNumber",
     "[listen]\naddress = 5\n",
     "t.toml:7: listen.address: must be a string, in quotes"},
    {"DurationWithoutUnit",
     "[listen]\nclient_login_timeout = \"5\"\n",
     "t.toml:7: listen.client_login_timeout: must be a time with its unit, such as \"250ms\" or "
     "\"10s\""},
    {"DurationIsNumber",
     "[listen]\nclient_login_timeout = 5\n",
     "t.toml:7: listen.client_login_timeout: must be a time with its unit, such as \"250ms\" or "
     "\"10s\""},
    {"DurationTooShort",
     "[listen]\nclient_login_timeout = \"1ms\"\n",
     "t.toml:7: listen.client_login_timeout: must be from 100ms to 3600s"},
    {"SizeWithoutUnit",
     "[listen]\nmessage_bytes_max = \"5\"\n",
     "t.toml:7: listen.message_bytes_max: must be a size with its unit, such as \"64MiB\""},
    {"VariableUnset",
     "[listen]\naddress = \"${NO_SUCH}\"\n",
     "t.toml:7: listen.address: environment variable NO_SUCH is not set"},
    {"BraceOpen",
     "[listen]\naddress = \"${NO_SUCH\"\n",
     "t.toml:7: listen.address: \"${\" without \"}\""},
    {"BoolIsText",
     "[log]\nparameters = \"yes\"\n",
     "t.toml:7: log.parameters: must be true or false"},
    {"LogLevel",
     "[log]\nlevel = \"loud\"\n",
     "t.toml:7: log.level: \"loud\" is not known, must be \"trace\" or \"debug\" or \"info\" or "
     "\"warning\" or \"error\""},
    {"ScramWithoutUsers",
     "[auth]\nmethod = \"scram-sha-256\"\n",
     "t.toml: auth.users_file: missing, method \"scram-sha-256\" needs it"},
    {"UsersWithoutScram",
     "[auth]\nusers_file = \"u\"\n",
     "t.toml:7: auth.users_file: is not used with method \"trust\""},
    {"StoreWithoutEngine",
     "[stores.b]\ndsn = \"x\"\n",
     "t.toml: stores.b.engine: missing, must be \"postgres\" or \"sqlite\""},
    {"UnknownEngine",
     "[stores.b]\nengine = \"mysql\"\ndsn = \"x\"\n",
     "t.toml:7: stores.b.engine: \"mysql\" is not known, must be \"postgres\" or \"sqlite\""},
    {"PostgresWithoutDsn",
     "[stores.b]\nengine = \"postgres\"\n",
     "t.toml: stores.b.dsn: missing, engine \"postgres\" needs it"},
    {"PostgresWithPath",
     "[stores.b]\nengine = \"postgres\"\ndsn = \"x\"\npath = \"y\"\n",
     "t.toml:9: stores.b.path: belongs to engine \"sqlite\""},
    {"SameFileTwice",
     "shadow = \"b\"\n[stores.b]\nengine = \"sqlite\"\npath = \"./a.db\"\n",
     "t.toml:9: stores.b.path: is the same file as stores.a"},
    {"ShadowMissing",
     "stage = \"mirror\"\n",
     "t.toml: duet.shadow: missing, stage \"mirror\" needs it"},
    {"ShadowUnknown",
     "shadow = \"ab\"\n",
     "t.toml:6: duet.shadow: there is no [stores.ab], did you mean \"a\"?"},
    {"ShadowIsPrimary",
     "shadow = \"a\"\n",
     "t.toml:6: duet.shadow: must be another store than duet.primary"},
    {"StageLater",
     "stage = \"canary\"\n",
     "t.toml:6: duet.stage: \"canary\" comes later, now there are \"solo\", \"mirror\" and "
     "\"switched\""},
    {"StageUnknown",
     "stage = \"miror\"\n",
     "t.toml:6: duet.stage: \"miror\" is not a stage, must be \"solo\", \"mirror\" or "
     "\"switched\""},
    {"ModeLater",
     "mode = \"sync\"\n",
     "t.toml:6: duet.mode: \"sync\" comes later, only \"async\" works now"},
    {"ModeUnknown",
     "mode = \"asink\"\n",
     "t.toml:6: duet.mode: \"asink\" is not known, must be \"async\""},
    {"ShareTooLarge",
     "compare_reads = 1.5\n",
     "t.toml:6: duet.compare_reads: must be a number from 0 to 1"},
};

INSTANTIATE_TEST_SUITE_P(Table, ConfigBad, testing::ValuesIn(bad_cases), [](const auto& row) {
    return row.param.name;
});

TEST_F(ConfigFile, ReportsAllProblemsTogether) {
    EXPECT_THAT(problems("[listen]\nprot = 1\nport = \"x\"\n[duet]\nmode = \"sync\"\n"),
                ElementsAre("t.toml:2: listen.prot: unknown key, did you mean listen.port?",
                            "t.toml:3: listen.port: must be a whole number from 0 to 65535",
                            "t.toml:5: duet.mode: \"sync\" comes later, only \"async\" works now",
                            "t.toml: duet.primary: missing, must name one of the [stores.NAME]"));
}

TEST_F(ConfigFile, OverridesWin) {
    const loaded_config loaded = load(
        small, {"listen.port=7000", "log.level=debug", "listen.port=7001", "duet.compare_reads=0"});
    for (const config_problem& problem : loaded.problems)
        ADD_FAILURE() << problem.to_string();
    EXPECT_EQ(loaded.value.listen.port, 7001);
    EXPECT_EQ(loaded.value.log.level, "debug");
    EXPECT_EQ(loaded.value.duet.compare_reads, 0.0);
}

TEST_F(ConfigFile, OverridesAreChecked) {
    EXPECT_THAT(problems(small, {"listen.prot=1", "listen.port=x", "nothing"}),
                ElementsAre("--set: nothing: must be written KEY=VALUE",
                            "--set: listen.prot: unknown key, did you mean listen.port?",
                            "--set: listen.port: must be a whole number from 0 to 65535"));
}

TEST_F(ConfigFile, MissingFileIsAProblem) {
    const loaded_config loaded = load_config(directory_ / "none.toml");
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_EQ(loaded.problems[0].source, "none.toml");
}

TEST(Configuration, ShippedFilesLoad) {
    std::size_t count = 0;
    for (const char* directory : {"", "/examples"}) {
        for (const auto& entry : fs::directory_iterator{std::string{PGDUET_CONF_DIR} + directory}) {
            if (entry.path().extension() != ".toml")
                continue;
            ++count;
            for (const config_problem& problem : load_config(entry.path()).problems)
                ADD_FAILURE() << problem.to_string();
        }
    }
    EXPECT_EQ(count, 5u);
}

/// The manual names the defaults: with nothing but its required keys, a file means the same.
TEST(Configuration, ManualNamesTheDefaults) {
    const config written =
        load_config(std::string{PGDUET_CONF_DIR} + "/pgduet.toml", {}, environment_of_tests).value;
    const config defaults;
    EXPECT_EQ(written.listen.address, defaults.listen.address);
    EXPECT_EQ(written.listen.port, defaults.listen.port);
    EXPECT_EQ(written.listen.max_clients, defaults.listen.max_clients);
    EXPECT_EQ(written.listen.message_bytes_max, defaults.listen.message_bytes_max);
    EXPECT_EQ(written.listen.client_login_timeout, defaults.listen.client_login_timeout);
    EXPECT_EQ(written.listen.shutdown_deadline, defaults.listen.shutdown_deadline);
    EXPECT_EQ(written.http.enabled, defaults.http.enabled);
    EXPECT_EQ(written.http.address, defaults.http.address);
    EXPECT_EQ(written.http.port, defaults.http.port);
    EXPECT_EQ(written.http.allow_remote_control, defaults.http.allow_remote_control);
    EXPECT_EQ(written.state.directory.filename(), defaults.state.directory);
    EXPECT_EQ(written.state.flush_interval, defaults.state.flush_interval);
    EXPECT_EQ(written.duet.start_stage, defaults.duet.start_stage);
    EXPECT_EQ(written.duet.compare_reads, defaults.duet.compare_reads);
    EXPECT_EQ(written.duet.queue_bytes_max, defaults.duet.queue_bytes_max);
    EXPECT_EQ(written.duet.reconnect_delay_max, defaults.duet.reconnect_delay_max);
    EXPECT_EQ(written.duet.switch_deadline, defaults.duet.switch_deadline);
    EXPECT_EQ(written.duet.drain_deadline, defaults.duet.drain_deadline);
    EXPECT_EQ(written.auth.method, defaults.auth.method);
    EXPECT_EQ(written.log.level, defaults.log.level);
    EXPECT_EQ(written.log.parameters, defaults.log.parameters);
    const store_options store;
    EXPECT_EQ(written.stores.at("old").busy_timeout, store.busy_timeout);
    EXPECT_EQ(written.stores.at("old").workers, store.workers);
    EXPECT_EQ(written.stores.at("new").connect_timeout, store.connect_timeout);
}

}  // namespace
}  // namespace pgduet::proxy
