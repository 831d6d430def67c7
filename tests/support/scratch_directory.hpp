#pragma once

#include <filesystem>
#include <string>

namespace pgduet::test_support {

/// A new empty directory below the system's temporary one, removed with all it holds when the
/// object goes.
class scratch_directory {
public:
    explicit scratch_directory(const std::string& prefix = "pgduet-test");
    ~scratch_directory();
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace pgduet::test_support
