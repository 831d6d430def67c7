#include "protocol/backend/error_response.hpp"

#include <charconv>
#include <ostream>
#include <span>
#include <string>
#include <utility>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

namespace {

struct text_field {
    char code;
    std::string sql_error::*member;
};

/// In the order PostgreSQL sends them. 'S' may be translated, 'V' never is; we write both alike
/// and believe 'V'. The position 'P' is a number and stands between hint and where.
constexpr text_field head_fields[] = {
    {'S', &sql_error::severity},
    {'V', &sql_error::severity},
    {'C', &sql_error::sqlstate},
    {'M', &sql_error::message},
    {'D', &sql_error::detail},
    {'H', &sql_error::hint},
};
constexpr text_field tail_fields[] = {
    {'W', &sql_error::where},
    {'s', &sql_error::schema},
    {'t', &sql_error::table},
    {'c', &sql_error::column},
    {'d', &sql_error::data_type},
    {'n', &sql_error::constraint},
};

void set_field(sql_error& error, char code, std::string_view text, bool& severity_is_final) {
    if (code == 'S' && severity_is_final)
        return;
    if (code == 'V')
        severity_is_final = true;
    if (code == 'P') {
        error.position = 0;
        std::from_chars(text.data(), text.data() + text.size(), error.position);
        return;
    }
    for (const auto& fields :
         {std::span<const text_field>(head_fields), std::span<const text_field>(tail_fields)})
        for (const text_field& field : fields)
            if (field.code == code)
                error.*field.member = text;
}

sql_error read_fields(byte_reader& in) {
    sql_error error;
    error.severity.clear();
    error.sqlstate.clear();
    bool severity_is_final = false;
    for (char code = in.byte(); code != 0; code = in.byte())
        set_field(error, code, in.cstring(), severity_is_final);
    return error;
}

void write_field(byte_writer& out, char code, std::string_view text) {
    if (text.empty())
        return;
    out.byte(code);
    out.cstring(text);
}

void write_fields(byte_writer& out, char tag, const sql_error& error) {
    const auto mark = out.open(tag);
    for (const text_field& field : head_fields)
        write_field(out, field.code, error.*field.member);
    if (error.position != 0)
        write_field(out, 'P', std::to_string(error.position));
    for (const text_field& field : tail_fields)
        write_field(out, field.code, error.*field.member);
    out.byte('\0');
    out.close(mark);
}

std::ostream& print_fields(std::ostream& out, const sql_error& error) {
    return out << ' ' << error.severity << ' ' << error.sqlstate << ' ' << quoted(error.message);
}

}  // namespace

result<error_response> error_response::decode(byte_reader in) {
    sql_error error = read_fields(in);
    if (const auto ec = in.finish())
        return ec;
    return error_response{std::move(error)};
}

void error_response::encode(byte_writer& out) const {
    write_fields(out, tag, error);
}

std::ostream& operator<<(std::ostream& out, const error_response& message) {
    return print_fields(out << "ErrorResponse", message.error);
}

result<notice_response> notice_response::decode(byte_reader in) {
    sql_error error = read_fields(in);
    if (const auto ec = in.finish())
        return ec;
    return notice_response{std::move(error)};
}

void notice_response::encode(byte_writer& out) const {
    write_fields(out, tag, error);
}

std::ostream& operator<<(std::ostream& out, const notice_response& message) {
    return print_fields(out << "NoticeResponse", message.error);
}

}  // namespace pgduet::protocol
