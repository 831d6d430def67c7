#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shadow/store/sqlite/session_statements.hpp"

namespace pgduet::store::sqlite {

/// COPY ... TO STDOUT: turns the bodies of DataRows into lines of the text or csv format, or
/// tuples of the binary format.
class copy_out {
public:
    copy_out(const copy_request& request, std::vector<std::string> column_names);

    bool binary() const { return request_.how == copy_request::format::binary; }
    /// What comes before the first row: csv header, binary signature; may be empty.
    std::string head() const;
    std::string row(std::string_view data_row) const;
    std::string tail() const;

private:
    void append_text(std::string& out, std::string_view value) const;
    void append_csv(std::string& out, std::string_view value, bool forced, bool alone) const;

    copy_request request_;
    std::vector<std::string> names_;
    std::vector<bool> forced_;
};

}  // namespace pgduet::store::sqlite
