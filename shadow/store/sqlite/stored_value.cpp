#include "shadow/store/sqlite/stored_value.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "protocol/sql_types/sqlstate.hpp"
#include "protocol/sql_types/utf8.hpp"

namespace pgduet::store::sqlite {

using protocol::cell;
using protocol::format;
using protocol::make_error;
using protocol::oid;
using protocol::sql_error;
using protocol::sql_result;
using protocol::value_settings;
namespace type_oid = protocol::type_oid;
namespace sqlstate = protocol::sqlstate;

namespace {

enum class storage { integer, boolean, real, bytes, plain_text, zoned_text, other_text };

storage storage_of(oid type) {
    switch (type) {
        case type_oid::int2:
        case type_oid::int4:
        case type_oid::int8:
        case type_oid::oid_:
            return storage::integer;
        case type_oid::boolean:
            return storage::boolean;
        case type_oid::float4:
        case type_oid::float8:
            return storage::real;
        case type_oid::bytea:
            return storage::bytes;
        case type_oid::text:
        case type_oid::unknown:
        case type_oid::varchar:
        case type_oid::name:
            return storage::plain_text;
        case type_oid::timestamptz:
        case type_oid::timestamptz_array:
            return storage::zoned_text;
        default:
            return storage::other_text;
    }
}

bool fits(oid type, std::int64_t value) {
    switch (type) {
        case type_oid::int2:
            return value >= std::numeric_limits<std::int16_t>::min() &&
                   value <= std::numeric_limits<std::int16_t>::max();
        case type_oid::int4:
            return value >= std::numeric_limits<std::int32_t>::min() &&
                   value <= std::numeric_limits<std::int32_t>::max();
        case type_oid::oid_:
            return value >= 0 && value <= std::numeric_limits<std::uint32_t>::max();
        default:
            return true;
    }
}

std::optional<std::int64_t> read_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

const value_settings& utc() {
    static const value_settings settings;
    return settings;
}

double read_double(const std::string& text) {
    return std::strtod(text.c_str(), nullptr);
}

stored_value from_double(double value) {
    if (std::isnan(value))
        return std::string("NaN");
    return value;
}

sql_result<stored_value> from_normal(oid type, std::string text) {
    switch (storage_of(type)) {
        case storage::integer:
            if (const auto value = read_integer(text))
                return stored_value(*value);
            return stored_value(std::move(text));
        case storage::boolean:
            return stored_value(std::int64_t{text == "t"});
        case storage::real:
            // A float4 is kept widened, as PostgreSQL compares it with other numbers.
            return from_double(type == type_oid::float4 ? std::strtof(text.c_str(), nullptr)
                                                        : read_double(text));
        default:
            return stored_value(std::move(text));
    }
}

/// Reads zone-dependent text in the session's zone and prints it in UTC.
sql_result<std::string> to_utc(oid type, std::string_view text, const value_settings& settings) {
    auto binary = protocol::text_to_binary(type, text, settings);
    if (!binary)
        return binary.error();
    return protocol::binary_to_text(type, *binary, utc());
}

bool digits_at(std::string_view text, std::size_t from, std::size_t count) {
    if (text.size() < from + count)
        return false;
    for (std::size_t i = from; i < from + count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return false;
    }
    return true;
}

/// True for the common shape PostgreSQL prints: nothing to convert. False only means "look".
bool is_canonical(oid type, std::string_view t) {
    const bool date = digits_at(t, 0, 4) && t.size() >= 10 && t[4] == '-' && digits_at(t, 5, 2) &&
                      t[7] == '-' && digits_at(t, 8, 2);
    if (type == type_oid::date)
        return date && t.size() == 10;
    if (type != type_oid::timestamp && type != type_oid::timestamptz)
        return true;
    if (!date || t.size() < 19 || t[10] != ' ' || !digits_at(t, 11, 2) || t[13] != ':' ||
        !digits_at(t, 14, 2) || t[16] != ':' || !digits_at(t, 17, 2))
        return false;
    std::size_t at = 19;
    if (at < t.size() && t[at] == '.') {
        const std::size_t first = ++at;
        while (at < t.size() && t[at] >= '0' && t[at] <= '9')
            ++at;
        if (at == first || at - first > 6 || t[at - 1] == '0')
            return false;
    }
    const std::string_view rest = t.substr(at);
    return type == type_oid::timestamp ? rest.empty() : rest == "+00";
}

sql_error not_of_type(oid type, std::string_view text) {
    const protocol::type_info* info = protocol::find_type(type);
    return make_error(sqlstate::invalid_text_representation,
                      "stored value is not of type " +
                          std::string(info != nullptr ? info->sql_name : "unknown") + ": \"" +
                          std::string(text.substr(0, 100)) + "\"");
}

std::string_view text_of(sqlite3_value* value) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
    if (bytes == nullptr)
        return {};
    return {bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::string_view blob_of(sqlite3_value* value) {
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    if (bytes == nullptr)
        return {};
    return {bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

std::string hex(std::string_view bytes) {
    static constexpr char digit[] = "0123456789abcdef";
    std::string out = "\\x";
    out.reserve(2 + bytes.size() * 2);
    for (const char c : bytes) {
        out.push_back(digit[(static_cast<unsigned char>(c) >> 4) & 15]);
        out.push_back(digit[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

sql_result<std::int64_t> integer_of(sqlite3_value* value, oid type) {
    std::int64_t number = 0;
    switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER:
            number = sqlite3_value_int64(value);
            break;
        case SQLITE_FLOAT: {
            const double real = sqlite3_value_double(value);
            if (real != std::floor(real) || std::fabs(real) >= 9.2233720368547758e18)
                return not_of_type(type, text_of(value));
            number = static_cast<std::int64_t>(real);
            break;
        }
        default: {
            const auto read = read_integer(text_of(value));
            if (!read)
                return not_of_type(type, text_of(value));
            number = *read;
        }
    }
    if (!fits(type, number)) {
        const protocol::type_info* info = protocol::find_type(type);
        return make_error(sqlstate::numeric_value_out_of_range,
                          std::string(info->sql_name) + " out of range");
    }
    return number;
}

sql_result<double> real_of(sqlite3_value* value, oid type) {
    if (sqlite3_value_type(value) == SQLITE_TEXT) {
        auto normal = protocol::normalise_text(type, -1, text_of(value), utc());
        if (!normal)
            return not_of_type(type, text_of(value));
        return read_double(*normal);
    }
    return sqlite3_value_double(value);
}

sql_result<bool> boolean_of(sqlite3_value* value) {
    if (sqlite3_value_type(value) == SQLITE_INTEGER || sqlite3_value_type(value) == SQLITE_FLOAT)
        return sqlite3_value_double(value) != 0;
    auto normal = protocol::normalise_text(type_oid::boolean, -1, text_of(value), utc());
    if (!normal)
        return not_of_type(type_oid::boolean, text_of(value));
    return *normal == "t";
}

/// Text of the types stored as text, in UTC; checks what is not obviously what we store.
sql_result<std::string> other_text(sqlite3_value* value,
                                   oid type,
                                   std::int32_t modifier,
                                   const value_settings& settings) {
    const int kind = sqlite3_value_type(value);
    const bool zoned = storage_of(type) == storage::zoned_text;
    if (kind == SQLITE_TEXT && is_canonical(type, text_of(value)) &&
        (!zoned || (type == type_oid::timestamptz && settings.zone.name() == "UTC")))
        return std::string(text_of(value));
    if (kind == SQLITE_BLOB)
        return not_of_type(type, hex(blob_of(value)));
    std::string text(text_of(value));
    if (type == type_oid::numeric) {
        if (kind == SQLITE_FLOAT)
            text = protocol::print_float8(sqlite3_value_double(value));
    } else if (kind != SQLITE_TEXT && (type == type_oid::date || type == type_oid::time ||
                                       type == type_oid::timestamp || zoned)) {
        return not_of_type(type, text);  // epoch numbers: their unit is not known
    }
    if (zoned) {
        auto binary = protocol::text_to_binary(type, text, utc());
        if (!binary)
            return not_of_type(type, text);
        return protocol::binary_to_text(type, *binary, settings);
    }
    auto normal = protocol::normalise_text(type, modifier, text, utc());
    if (!normal)
        return not_of_type(type, text);
    return normal;
}

template <class U>
void put_big_endian(std::string& out, U value) {
    char bytes[sizeof(U)];
    for (std::size_t i = 0; i < sizeof(U); ++i)
        bytes[i] = static_cast<char>((value >> (8 * (sizeof(U) - 1 - i))) & 0xff);
    out.append(bytes, sizeof(U));
}

void put_size(std::string& out, std::size_t size) {
    put_big_endian(out, static_cast<std::uint32_t>(size));
}

void put_field(std::string& out, std::string_view bytes) {
    put_size(out, bytes.size());
    out.append(bytes);
}

void put_integer_binary(std::string& out, oid type, std::int64_t value) {
    if (type == type_oid::int2) {
        put_size(out, 2);
        put_big_endian(out, static_cast<std::uint16_t>(value));
    } else if (type == type_oid::int8) {
        put_size(out, 8);
        put_big_endian(out, static_cast<std::uint64_t>(value));
    } else {
        put_size(out, 4);
        put_big_endian(out, static_cast<std::uint32_t>(value));
    }
}

}  // namespace

sql_result<stored_value> to_stored(oid type,
                                   std::int32_t modifier,
                                   std::string_view text,
                                   const value_settings& settings) {
    switch (storage_of(type)) {
        case storage::integer:
            if (const auto value = read_integer(text); value && fits(type, *value))
                return stored_value(*value);
            break;
        case storage::bytes: {
            auto bytes = protocol::text_to_binary(type, text, settings);
            if (!bytes)
                return bytes.error();
            return stored_value(blob{std::move(*bytes)});
        }
        case storage::plain_text:
            if (modifier < 0 && type != type_oid::name) {
                if (auto bad = protocol::codec::check_utf8(text))
                    return *bad;
                return stored_value(std::string(text));
            }
            break;
        case storage::zoned_text: {
            auto normal = to_utc(type, text, settings);
            if (!normal)
                return normal.error();
            if (modifier < 0)
                return stored_value(std::move(*normal));
            auto rounded = protocol::normalise_text(type, modifier, *normal, utc());
            if (!rounded)
                return rounded.error();
            return stored_value(std::move(*rounded));
        }
        default:
            break;
    }
    auto normal = protocol::normalise_text(type, modifier, text, settings);
    if (!normal)
        return normal.error();
    return from_normal(type, std::move(*normal));
}

sql_result<stored_value> to_stored(const protocol::parameter& value,
                                   oid type,
                                   std::int32_t modifier,
                                   const value_settings& settings) {
    if (!value.value)
        return stored_value();
    if (value.encoding == format::text)
        return to_stored(type, modifier, *value.value, settings);
    if (type == type_oid::bytea)
        return stored_value(blob{*value.value});
    auto text = protocol::binary_to_text(type, *value.value, utc());
    if (!text)
        return text.error();
    return to_stored(type, modifier, *text, utc());
}

sql_result<cell> stored_to_text(sqlite3_value* value,
                                oid type,
                                std::int32_t modifier,
                                const value_settings& settings) {
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return cell();
    switch (storage_of(type)) {
        case storage::integer: {
            const auto number = integer_of(value, type);
            if (!number)
                return number.error();
            return cell(std::to_string(*number));
        }
        case storage::boolean: {
            const auto truth = boolean_of(value);
            if (!truth)
                return truth.error();
            return cell(*truth ? "t" : "f");
        }
        case storage::real: {
            const auto real = real_of(value, type);
            if (!real)
                return real.error();
            return cell(type == type_oid::float4 ? protocol::print_float4(static_cast<float>(*real))
                                                 : protocol::print_float8(*real));
        }
        case storage::bytes:
            return cell(hex(blob_of(value)));
        case storage::plain_text:
            if (sqlite3_value_type(value) == SQLITE_BLOB)
                return not_of_type(type, hex(blob_of(value)));
            return cell(std::string(text_of(value)));
        default: {
            auto text = other_text(value, type, modifier, settings);
            if (!text)
                return text.error();
            return cell(std::move(*text));
        }
    }
}

int bind_stored(sqlite3_stmt* statement, int index, const stored_value& value) {
    struct visitor {
        sqlite3_stmt* statement;
        int index;
        int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
        int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
        int operator()(double v) const { return sqlite3_bind_double(statement, index, v); }
        int operator()(const std::string& v) const {
            return sqlite3_bind_text64(
                statement, index, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
        }
        int operator()(const blob& v) const {
            if (v.bytes.empty())
                return sqlite3_bind_zeroblob(statement, index, 0);
            return sqlite3_bind_blob64(
                statement, index, v.bytes.data(), v.bytes.size(), SQLITE_STATIC);
        }
    };
    return std::visit(visitor{statement, index}, value);
}

void return_stored(sqlite3_context* context, const stored_value& value) {
    struct visitor {
        sqlite3_context* context;
        void operator()(std::monostate) const { sqlite3_result_null(context); }
        void operator()(std::int64_t v) const { sqlite3_result_int64(context, v); }
        void operator()(double v) const { sqlite3_result_double(context, v); }
        void operator()(const std::string& v) const {
            sqlite3_result_text64(context, v.data(), v.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        }
        void operator()(const blob& v) const {
            if (v.bytes.empty())
                sqlite3_result_zeroblob(context, 0);
            else
                sqlite3_result_blob64(context, v.bytes.data(), v.bytes.size(), SQLITE_TRANSIENT);
        }
    };
    std::visit(visitor{context}, value);
}

std::optional<sql_error> append_field(std::string& out,
                                      sqlite3_value* value,
                                      const output_column& column,
                                      const value_settings& settings) {
    if (sqlite3_value_type(value) == SQLITE_NULL) {
        put_big_endian(out, ~std::uint32_t{0});
        return std::nullopt;
    }
    const storage how = storage_of(column.type);
    const bool binary = column.encoding == format::binary;
    if (how == storage::integer) {
        const auto number = integer_of(value, column.type);
        if (!number)
            return number.error();
        if (binary) {
            put_integer_binary(out, column.type, *number);
        } else {
            char digits[24];
            const auto end = std::to_chars(digits, digits + sizeof digits, *number).ptr;
            put_field(out, {digits, static_cast<std::size_t>(end - digits)});
        }
        return std::nullopt;
    }
    if (how == storage::plain_text && sqlite3_value_type(value) != SQLITE_BLOB) {
        put_field(out, text_of(value));
        return std::nullopt;
    }
    if (how == storage::bytes && binary) {
        put_field(out, blob_of(value));
        return std::nullopt;
    }
    if (how == storage::boolean && binary) {
        const auto truth = boolean_of(value);
        if (!truth)
            return truth.error();
        put_field(out, *truth ? std::string_view("\1", 1) : std::string_view("\0", 1));
        return std::nullopt;
    }
    auto text = stored_to_text(value, column.type, column.modifier, binary ? utc() : settings);
    if (!text)
        return text.error();
    if (!binary) {
        put_field(out, **text);
        return std::nullopt;
    }
    auto bytes = protocol::text_to_binary(column.type, **text, utc());
    if (!bytes)
        return bytes.error();
    put_field(out, *bytes);
    return std::nullopt;
}

}  // namespace pgduet::store::sqlite
