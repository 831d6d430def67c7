#include "shadow/compare/rows.hpp"

#include <algorithm>
#include <optional>

#include "protocol/sql_types/big_endian.hpp"
#include "shadow/compare/canonical.hpp"
#include "shadow/compare/excerpt.hpp"

namespace pgduet::compare {

using protocol::cell;
using protocol::column;
using protocol::outcome;
using protocol::row_buffer;
using protocol::value_settings;

namespace {

constexpr std::size_t pairing_rows_max = 200;

/// One row of one side: where it stood, as it came, and in canonical form.
struct row {
    std::size_t position;
    std::string_view body;
    std::string canonical;
};

std::string canonical_cell(const cell& value, const column& of, const value_settings& settings) {
    return value ? "v" + canonical(of.type, of.encoding, *value, settings) : "n";
}

std::string canonical_row(std::string_view body,
                          const std::vector<column>& columns,
                          const value_settings& settings) {
    const std::vector<cell> fields = row_buffer::fields(body);
    std::string out;
    for (std::size_t i = 0; i < fields.size() && i < columns.size(); ++i) {
        const std::string text = canonical_cell(fields[i], columns[i], settings);
        protocol::codec::put_int32(out, static_cast<std::int32_t>(text.size()));
        out += text;
    }
    return out;
}

/// Whether equal bytes mean equal values on both sides, and digests can be compared.
bool same_layout(const std::vector<column>& a, const std::vector<column>& b) {
    return std::ranges::equal(a, b, [](const column& x, const column& y) {
        return x.type == y.type && x.encoding == y.encoding;
    });
}

/// Compares two outcomes' rows; keeps both and the settings at hand.
class row_comparison {
public:
    row_comparison(const outcome& primary, const outcome& shadow, const value_settings& settings)
        : primary_(primary), shadow_(shadow), settings_(settings) {}

    result run(bool total_order) {
        const bool raw = same_layout(primary_.columns, shadow_.columns);
        const row_buffer& a = primary_.rows;
        const row_buffer& b = shadow_.rows;
        const bool same_count = a.count() == b.count();
        if (raw && same_count && a.ordered_digest() == b.ordered_digest())
            return {};
        if (raw && same_count && a.digest() == b.digest() && !total_order)
            return {};
        if (!a.complete() || !b.complete())
            return too_large(raw, same_count, total_order);
        keep(a, only_primary_);
        keep(b, only_shadow_);
        if (total_order)
            return in_order(raw);
        if (raw)
            cancel(&row::body);
        make_canonical();
        cancel(&row::canonical);
        if (only_primary_.empty() && only_shadow_.empty())
            return {};
        return differ();
    }

private:
    result too_large(bool raw, bool same_count, bool total_order) const {
        if (!same_count)
            return {result::what::rows_differ, counts()};
        if (!raw)
            return {result::what::too_large,
                    "too many rows to keep, and their formats differ: " + counts()};
        if (total_order && primary_.rows.digest() == shadow_.rows.digest())
            return {result::what::order_differs, "the same rows in another order: " + counts()};
        return {result::what::too_large,
                "too many rows to keep, and their digests differ: " + counts()};
    }

    std::string counts() const {
        return "primary " + std::to_string(primary_.rows.count()) + " rows, shadow " +
               std::to_string(shadow_.rows.count());
    }

    static void keep(const row_buffer& from, std::vector<row>& to) {
        std::size_t position = 0;
        for (const std::string_view body : from.rows())
            to.push_back({position++, body, {}});
    }

    void make_canonical() {
        for (row& r : only_primary_)
            r.canonical = canonical_row(r.body, primary_.columns, settings_);
        for (row& r : only_shadow_)
            r.canonical = canonical_row(r.body, shadow_.columns, settings_);
    }

    /// Takes away the rows both sides have, by equal members, each as often as it has a partner.
    template <class Member>
    void cancel(Member member) {
        const auto sort = [&](std::vector<row>& rows) {
            std::ranges::stable_sort(rows, {}, member);
        };
        sort(only_primary_);
        sort(only_shadow_);
        std::vector<row> left_primary, left_shadow;
        auto a = only_primary_.begin();
        auto b = only_shadow_.begin();
        while (a != only_primary_.end() || b != only_shadow_.end()) {
            if (b == only_shadow_.end())
                left_primary.push_back(std::move(*a++));
            else if (a == only_primary_.end())
                left_shadow.push_back(std::move(*b++));
            else if (std::invoke(member, *a) < std::invoke(member, *b))
                left_primary.push_back(std::move(*a++));
            else if (std::invoke(member, *b) < std::invoke(member, *a))
                left_shadow.push_back(std::move(*b++));
            else
                ++a, ++b;
        }
        only_primary_ = std::move(left_primary);
        only_shadow_ = std::move(left_shadow);
        std::ranges::sort(only_primary_, {}, &row::position);
        std::ranges::sort(only_shadow_, {}, &row::position);
    }

    result in_order(bool raw) {
        std::optional<std::size_t> first;
        const std::size_t both = std::min(only_primary_.size(), only_shadow_.size());
        for (std::size_t i = 0; i < both && !first; ++i) {
            row& a = only_primary_[i];
            row& b = only_shadow_[i];
            if (raw && a.body == b.body)
                continue;
            if (canonical_row(a.body, primary_.columns, settings_) !=
                canonical_row(b.body, shadow_.columns, settings_))
                first = i;
        }
        if (!first && only_primary_.size() == only_shadow_.size())
            return {};
        if (raw)
            cancel(&row::body);
        make_canonical();
        cancel(&row::canonical);
        if (only_primary_.empty() && only_shadow_.empty())
            return {result::what::order_differs,
                    "the same rows in another order, from row " + std::to_string(*first + 1)};
        return differ();
    }

    /// Names the first difference: a column of two rows that are otherwise alike, or a row that
    /// only one side has.
    result differ() const {
        std::string text;
        if (primary_.rows.count() != shadow_.rows.count())
            text = counts() + "; ";
        if (only_primary_.empty())
            text += "only on the shadow: " + print_row(only_shadow_.front(), shadow_.columns);
        else if (const row* partner = nearest(only_primary_.front()))
            text += changed_column(only_primary_.front(), *partner);
        else
            text += "only on the primary: " + print_row(only_primary_.front(), primary_.columns);
        return {result::what::rows_differ, std::move(text)};
    }

    std::vector<std::string> cells(const row& r, const std::vector<column>& columns) const {
        const std::vector<cell> fields = row_buffer::fields(r.body);
        std::vector<std::string> out;
        for (std::size_t i = 0; i < fields.size() && i < columns.size(); ++i)
            out.push_back(canonical_cell(fields[i], columns[i], settings_));
        return out;
    }

    /// The shadow's row that shares most columns with this one. A row that shares the first
    /// column, most often the key, goes before one that does not.
    const row* nearest(const row& mine) const {
        const std::vector<std::string> want = cells(mine, primary_.columns);
        const row* best = nullptr;
        std::size_t best_score = 0;
        const std::size_t searched = std::min(only_shadow_.size(), pairing_rows_max);
        for (std::size_t i = 0; i < searched; ++i) {
            const std::vector<std::string> have = cells(only_shadow_[i], shadow_.columns);
            std::size_t score = 0;
            for (std::size_t c = 0; c < want.size() && c < have.size(); ++c)
                score += want[c] == have[c] ? (c == 0 ? want.size() : 1) : 0;
            if (score > best_score) {
                best_score = score;
                best = &only_shadow_[i];
            }
        }
        // One row of one column on each side: the two are the same row, changed.
        if (!best && only_primary_.size() == 1 && only_shadow_.size() == 1)
            return &only_shadow_.front();
        return best;
    }

    std::string changed_column(const row& mine, const row& other) const {
        const std::vector<std::string> a = cells(mine, primary_.columns);
        const std::vector<std::string> b = cells(other, shadow_.columns);
        std::size_t c = 0;
        while (c + 1 < a.size() && c < b.size() && a[c] == b[c])
            ++c;
        std::string text = "row " + std::to_string(mine.position + 1);
        if (c > 0)
            text +=
                " (" + primary_.columns[0].name + " = " + field(mine, primary_.columns, 0) + ")";
        return text + ", column \"" + primary_.columns[c].name + "\": primary " +
               field(mine, primary_.columns, c) + ", shadow " + field(other, shadow_.columns, c);
    }

    std::string field(const row& r, const std::vector<column>& columns, std::size_t index) const {
        const std::vector<cell> fields = row_buffer::fields(r.body);
        if (index >= fields.size() || !fields[index])
            return "NULL";
        return excerpt(
            readable(columns[index].type, columns[index].encoding, *fields[index], settings_));
    }

    std::string print_row(const row& r, const std::vector<column>& columns) const {
        std::string out = "(";
        for (std::size_t i = 0; i < columns.size(); ++i)
            out += (i ? ", " : "") + columns[i].name + " = " + field(r, columns, i);
        return excerpt(out + ")", 400);
    }

    const outcome& primary_;
    const outcome& shadow_;
    const value_settings& settings_;
    std::vector<row> only_primary_;
    std::vector<row> only_shadow_;
};

}  // namespace

result compare_rows(const outcome& primary,
                    const outcome& shadow,
                    bool total_order,
                    const value_settings& settings) {
    return row_comparison(primary, shadow, settings).run(total_order);
}

}  // namespace pgduet::compare
