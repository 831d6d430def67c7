#include "protocol/sql_types/array_literal.hpp"

#include <algorithm>

#include "protocol/sql_types/codec.hpp"
#include "protocol/sql_types/date_time_fields.hpp"

namespace pgduet::protocol::codec {

namespace {

/// Recursive descent; the depth of the first element says how many dimensions there are.
class array_reader {
public:
    explicit array_reader(std::string_view text) : text_(text), rest_(text), shown_(text) {}

    sql_result<array_literal> read() {
        std::vector<array_dimension> given;
        if (!bounds(given) || !braces(0))
            return *error_;
        skip_space();
        if (!rest_.empty()) {
            malformed("Junk after closing right brace.");
            return *error_;
        }
        shown_ = text_;
        if (out_.elements.empty())
            sizes_.clear();
        for (const std::int32_t size : sizes_)
            out_.dimensions.push_back({size, 1});
        if (!given.empty()) {
            if (given.size() != out_.dimensions.size()) {
                malformed("Specified array dimensions do not match array contents.");
                return *error_;
            }
            for (std::size_t i = 0; i < given.size(); ++i) {
                if (given[i].size != out_.dimensions[i].size) {
                    malformed("Specified array dimensions do not match array contents.");
                    return *error_;
                }
                out_.dimensions[i].lower = given[i].lower;
            }
        }
        return std::move(out_);
    }

private:
    bool malformed(std::string_view detail) {
        if (!error_) {
            error_ = make_error(sqlstate::invalid_text_representation,
                                "malformed array literal: \"" + std::string(shown_) + "\"");
            error_->detail = detail;
        }
        return false;
    }

    bool fail(std::string_view state, std::string message) {
        error_ = make_error(state, std::move(message));
        return false;
    }

    void skip_space() {
        while (!rest_.empty() && is_space(rest_[0]))
            rest_.remove_prefix(1);
    }

    bool take(char c) {
        skip_space();
        if (!rest_.starts_with(c))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// `[lower:upper]...=` before the braces.
    bool bounds(std::vector<array_dimension>& given) {
        while (take('[')) {
            if (given.size() >= array_dimensions_max)
                return too_many();
            std::int64_t lower = 1, upper = 0;
            if (!bound(upper))
                return malformed("\"[\" must introduce explicitly-specified array dimensions.");
            if (rest_.starts_with(':')) {
                rest_.remove_prefix(1);
                lower = upper;
                if (!bound(upper))
                    return malformed("Missing array dimension value.");
            }
            if (!rest_.starts_with(']'))
                return malformed("Missing \"]\" after array dimensions.");
            rest_.remove_prefix(1);
            if (upper < lower)
                return fail("2202E", "upper bound cannot be less than lower bound");
            if (upper > INT32_MAX || lower < INT32_MIN)
                return fail(sqlstate::program_limit_exceeded,
                            "array size exceeds the maximum allowed (134217727)");
            given.push_back(
                {static_cast<std::int32_t>(upper - lower + 1), static_cast<std::int32_t>(lower)});
        }
        skip_space();
        if (!given.empty()) {
            if (!take('='))
                return malformed("Missing \"=\" after array dimensions.");
            skip_space();
            if (!rest_.starts_with('{'))
                return malformed("Array contents must start with \"{\".");
        } else if (!rest_.starts_with('{')) {
            return malformed("Array value must start with \"{\" or dimension information.");
        }
        shown_ = rest_;
        return true;
    }

    /// Digits and signs, of which the leading number counts.
    bool bound(std::int64_t& value) {
        const std::size_t size = std::min(rest_.find_first_not_of("0123456789+-"), rest_.size());
        std::string_view digits = rest_.substr(0, size);
        rest_.remove_prefix(size);
        if (!take_number(digits, value))
            value = 0;
        return size > 0;
    }

    bool too_many() {
        return fail(sqlstate::program_limit_exceeded,
                    "number of array dimensions (7) exceeds the maximum allowed (6)");
    }

    /// One pair of braces at `depth`: elements, or braces again.
    bool braces(std::size_t depth) {
        take('{');
        if (depth >= array_dimensions_max)
            return too_many();
        if (sizes_.size() <= depth) {
            if (leaf_depth_)
                return malformed("Unexpected \"{\" character.");
            sizes_.push_back(-1);
        }
        std::int32_t size = 0;
        if (!take('}')) {
            do {
                skip_space();
                if (rest_.empty())
                    return malformed("Unexpected end of input.");
                ++size;
                if (!(rest_[0] == '{' ? nested(depth) : leaf(depth)))
                    return false;
            } while (take(','));
            if (rest_.empty())
                return malformed("Unexpected end of input.");
            if (!take('}'))
                return malformed("Unexpected array element.");
        } else if (depth > 0) {
            return malformed("Unexpected \"}\" character.");
        }
        if (sizes_[depth] >= 0 && sizes_[depth] != size)
            return malformed(
                "Multidimensional arrays must have sub-arrays with matching dimensions.");
        sizes_[depth] = size;
        return true;
    }

    bool nested(std::size_t depth) {
        if (leaf_depth_ && *leaf_depth_ <= depth)
            return malformed("Unexpected \"{\" character.");
        return braces(depth + 1);
    }

    bool leaf(std::size_t depth) {
        if (leaf_depth_ && *leaf_depth_ != depth)
            return malformed(
                "Multidimensional arrays must have sub-arrays with matching dimensions.");
        if (!leaf_depth_ && sizes_.size() > depth + 1)
            return malformed(
                "Multidimensional arrays must have sub-arrays with matching dimensions.");
        leaf_depth_ = depth;
        return rest_[0] == '"' ? quoted() : bare();
    }

    bool quoted() {
        rest_.remove_prefix(1);
        std::string item;
        while (!rest_.starts_with('"')) {
            if (rest_.starts_with('\\'))
                rest_.remove_prefix(1);
            if (rest_.empty())
                return malformed("Unexpected end of input.");
            item += rest_[0];
            rest_.remove_prefix(1);
        }
        rest_.remove_prefix(1);
        skip_space();
        if (!rest_.empty() && rest_[0] != ',' && rest_[0] != '}')
            return malformed("Unexpected array element.");
        out_.elements.emplace_back(std::move(item));
        return true;
    }

    /// Up to a comma or brace; spaces around it go, escaped ones stay; NULL in any case is null.
    bool bare() {
        std::string item;
        std::size_t kept = 0;
        bool escaped = false;
        while (!rest_.empty() && rest_[0] != ',' && rest_[0] != '}') {
            if (rest_[0] == '{' || rest_[0] == '"')
                return malformed(rest_[0] == '{' ? "Unexpected \"{\" character."
                                                 : "Unexpected array element.");
            const bool escape = rest_[0] == '\\';
            if (escape) {
                rest_.remove_prefix(1);
                if (rest_.empty())
                    return malformed("Unexpected end of input.");
                escaped = true;
            }
            item += rest_[0];
            if (escape || !is_space(rest_[0]))
                kept = item.size();
            rest_.remove_prefix(1);
        }
        if (rest_.empty())
            return malformed("Unexpected end of input.");
        item.resize(kept);
        if (item.empty())
            return malformed("Unexpected \"" + std::string(1, rest_[0]) + "\" character.");
        if (!escaped && lower(item) == "null")
            out_.elements.emplace_back();
        else
            out_.elements.emplace_back(std::move(item));
        return true;
    }

    std::string_view text_;
    std::string_view rest_;
    std::string_view shown_;  // what an error quotes: within the braces, without the bounds
    array_literal out_;
    std::vector<std::int32_t> sizes_;        // by depth; -1 until the first pair of braces closed
    std::optional<std::size_t> leaf_depth_;  // where the elements stand
    std::optional<sql_error> error_;
};

bool needs_quotes(std::string_view item) {
    return item.empty() || lower(item) == "null" || std::ranges::any_of(item, [](char c) {
               return is_space(c) || std::string_view("\"\\{},").find(c) != std::string_view::npos;
           });
}

void append_element(std::string& out, const std::optional<std::string>& item) {
    if (!item) {
        out += "NULL";
        return;
    }
    if (!needs_quotes(*item)) {
        out += *item;
        return;
    }
    out += '"';
    for (const char c : *item) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    out += '"';
}

}  // namespace

sql_result<array_literal> read_array(std::string_view text) {
    return array_reader(text).read();
}

std::string print_array(const array_literal& array) {
    if (array.elements.empty())
        return "{}";
    std::string out;
    if (std::ranges::any_of(array.dimensions, [](const auto& d) { return d.lower != 1; })) {
        for (const auto& [size, lower] : array.dimensions)
            out += "[" + std::to_string(lower) + ":" +
                   std::to_string(std::int64_t{lower} + size - 1) + "]";
        out += '=';
    }
    for (std::size_t i = 0; i < array.elements.size(); ++i) {
        // A brace opens for each dimension that starts here, and closes where it ends.
        std::size_t block = 1;
        std::size_t opening = 0, closing = 0;
        for (auto d = array.dimensions.rbegin(); d != array.dimensions.rend(); ++d) {
            block *= static_cast<std::size_t>(d->size);
            opening += i % block == 0;
            closing += (i + 1) % block == 0;
        }
        if (i > 0)
            out += ',';
        out.append(opening, '{');
        append_element(out, array.elements[i]);
        out.append(closing, '}');
    }
    return out;
}

}  // namespace pgduet::protocol::codec
