#include "tests/support/scratch_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace pgduet::test_support {

scratch_directory::scratch_directory(const std::string& prefix) {
    std::string name = (std::filesystem::temp_directory_path() / (prefix + "-XXXXXX")).string();
    if (mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
    path_ = name;
}

scratch_directory::~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace pgduet::test_support
