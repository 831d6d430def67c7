#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shadow/sql/statement.hpp"

namespace pgduet::sql::test {

/// The only statement of `text`; fails the test and gives an empty one when there is another count.
inline std::shared_ptr<const statement> one(std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed) {
        ADD_FAILURE() << text << ": " << parsed.error().message;
        return std::make_shared<statement>();
    }
    if (parsed->statements.size() != 1) {
        ADD_FAILURE() << text << ": " << parsed->statements.size() << " statements";
        return std::make_shared<statement>();
    }
    return parsed->statements[0];
}

inline std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts)
        all += (all.empty() ? "" : " ") + part;
    return all;
}

/// "s.t! u": relations in order, `!` marks written ones.
inline std::string relations(const statement& s) {
    std::vector<std::string> parts;
    for (const relation_ref& r : s.relations)
        parts.push_back((r.schema.empty() ? "" : r.schema + ".") + r.name + (r.written ? "!" : ""));
    return joined(parts);
}

/// "t.id=5 t.k=$1".
inline std::string equalities(const statement& s) {
    std::vector<std::string> parts;
    for (const equality& e : s.equalities)
        parts.push_back(e.table + "." + e.column + "=" +
                        (e.parameter != 0 ? "$" + std::to_string(e.parameter) : e.literal));
    return joined(parts);
}

/// Names of the flags that are set.
inline std::string flags(const statement& s) {
    std::vector<std::string> parts;
    const auto add = [&](bool set, const char* name) {
        if (set)
            parts.emplace_back(name);
    };
    add(s.may_write, "may_write");
    add(s.locks_rows, "locks_rows");
    add(s.catalog, "catalog");
    add(s.nondeterministic, "nondeterministic");
    add(s.temporary, "temporary");
    return joined(parts);
}

}  // namespace pgduet::sql::test
