#include "proxy/stages/stage_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/scratch_directory.hpp"

namespace pgduet::proxy {
namespace {

TEST(StageFile, GivesBackWhatWasWritten) {
    const test_support::scratch_directory directory;
    const stage_file file{directory.path()};
    EXPECT_FALSE(file.read().state);
    EXPECT_EQ(file.read().error, "");
    for (const stage_state& state : {stage_state{stage::mirror, "old", "new"},
                                     stage_state{stage::switched, "new", "old"},
                                     stage_state{stage::solo, "ol\"d", ""}}) {
        EXPECT_EQ(file.write(state), std::nullopt);
        ASSERT_TRUE(file.read().state);
        EXPECT_EQ(*file.read().state, state);
    }
}

TEST(StageFile, RefusesWhatIsNoStageFile) {
    const test_support::scratch_directory directory;
    const stage_file file{directory.path()};
    for (const char* text : {"",
                             "{",
                             "[]",
                             "{\"stage\":\"mirror\"}",
                             "{\"stage\":1}",
                             "{\"stage\":\"canary\",\"primary\":\"a\"}"}) {
        std::ofstream{file.path()} << text;
        EXPECT_FALSE(file.read().state) << text;
        EXPECT_EQ(file.read().error, "is not a stage file") << text;
    }
}

TEST(StageFile, KeepsTheOldOneWhenTheNewCannotBeWritten) {
    const test_support::scratch_directory directory;
    const stage_file file{directory.path()};
    const stage_state before{stage::mirror, "old", "new"};
    ASSERT_EQ(file.write(before), std::nullopt);
    // A directory in the way of the temporary file stands for a full disk.
    std::filesystem::create_directory(directory.path() / "stage.json.new");
    EXPECT_NE(file.write({stage::switched, "new", "old"}), std::nullopt);
    EXPECT_EQ(*file.read().state, before);
}

TEST(Roles, SwitchedExchangesThem) {
    duet_settings settings;
    settings.primary = "old";
    settings.shadow = "new";
    EXPECT_EQ(roles_of(stage::solo, settings), (stage_state{stage::solo, "old", "new"}));
    EXPECT_EQ(roles_of(stage::mirror, settings), (stage_state{stage::mirror, "old", "new"}));
    EXPECT_EQ(roles_of(stage::switched, settings), (stage_state{stage::switched, "new", "old"}));
}

}  // namespace
}  // namespace pgduet::proxy
