#include "shadow/store/sqlite/copy_out.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace pgduet::store::sqlite {
namespace {

std::int32_t read_int32(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int32_t>(value);
}

constexpr std::string_view binary_signature("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

}  // namespace

copy_out::copy_out(const copy_request& request, std::vector<std::string> column_names)
    : request_(request), names_(std::move(column_names)) {
    for (const std::string& name : names_) {
        forced_.push_back(request_.force_quote_all ||
                          std::find(request_.force_quote.begin(),
                                    request_.force_quote.end(),
                                    name) != request_.force_quote.end());
    }
}

std::string copy_out::head() const {
    if (binary())
        return std::string(binary_signature);
    if (!request_.header)
        return {};
    std::string out;
    for (const std::string& name : names_) {
        if (!out.empty())
            out += request_.delimiter;
        if (request_.how == copy_request::format::csv)
            append_csv(out, name, false, names_.size() == 1);
        else
            append_text(out, name);
    }
    return out + "\n";
}

std::string copy_out::tail() const {
    return binary() ? std::string("\377\377", 2) : std::string();
}

std::string copy_out::row(std::string_view data_row) const {
    if (binary())
        return std::string(data_row);  // a tuple is laid out as a DataRow is
    std::string out;
    std::string_view rest = data_row.substr(2);
    for (std::size_t i = 0; rest.size() >= 4; ++i) {
        const std::int32_t size = read_int32(rest);
        rest.remove_prefix(4);
        if (i > 0)
            out += request_.delimiter;
        if (size < 0) {
            out += request_.null;
            continue;
        }
        const std::string_view value = rest.substr(0, static_cast<std::size_t>(size));
        rest.remove_prefix(value.size());
        if (request_.how == copy_request::format::csv)
            append_csv(out, value, i < forced_.size() && forced_[i], names_.size() == 1);
        else
            append_text(out, value);
    }
    out.push_back('\n');
    return out;
}

void copy_out::append_text(std::string& out, std::string_view value) const {
    for (const char c : value) {
        switch (c) {
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\v':
                out += "\\v";
                break;
            case '\\':
                out += "\\\\";
                break;
            default:
                if (c == request_.delimiter[0])
                    out.push_back('\\');
                out.push_back(c);
        }
    }
}

void copy_out::append_csv(std::string& out, std::string_view value, bool forced, bool alone) const {
    const char quote = request_.quote[0];
    const char escape = request_.escape[0];
    const char delimiter = request_.delimiter[0];
    const auto special = [&](char c) {
        return c == delimiter || c == quote || c == '\n' || c == '\r';
    };
    if (!forced && value != request_.null && !(alone && value == "\\.") &&
        std::none_of(value.begin(), value.end(), special)) {
        out += value;
        return;
    }
    out.push_back(quote);
    for (const char c : value) {
        if (c == quote || c == escape)
            out.push_back(escape);
        out.push_back(c);
    }
    out.push_back(quote);
}

}  // namespace pgduet::store::sqlite
