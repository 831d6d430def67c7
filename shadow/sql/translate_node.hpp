#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace pgduet::sql {

/// Keeps account of the parse tree's fields that a translation has read, so that what nobody
/// looked at is refused instead of dropped.
class field_accounts {
public:
    void mark(const boost::json::value* field) { read_.insert(field); }
    /// Marks a field with everything below it: for what is knowingly without meaning here.
    void mark_deep(const boost::json::value& field);
    /// Name (`Node.field`) of the first field below `root` that says something and was never
    /// read; empty when all is accounted for.
    std::string first_unread(const boost::json::value& root) const;

private:
    std::string first_unread_field(const boost::json::object& fields, std::string_view tag) const;
    std::unordered_set<const boost::json::value*> read_;
};

/// A node of the parse tree; reading a field marks it in the accounts. A node may be absent
/// (false). Views and nodes live as long as the tree.
class node {
public:
    node() = default;
    /// `value` is `{"Tag": {fields}}` or the bare fields, whose tag is then `name`.
    node(const boost::json::value* value, field_accounts* accounts, std::string_view name);

    explicit operator bool() const { return fields_ != nullptr; }
    std::string_view tag() const { return tag_; }
    bool is(std::string_view tag) const { return fields_ && tag_ == tag; }

    bool has(std::string_view field) const;
    node child(std::string_view field) const;
    std::vector<node> children(std::string_view field) const;
    bool flag(std::string_view field) const;
    std::string_view text(std::string_view field) const;
    std::int64_t integer(std::string_view field) const;
    /// The strings of a list of String nodes: names, column lists.
    std::vector<std::string> strings(std::string_view field) const;
    /// Accepts a field whatever it says.
    void ignore(std::string_view field) const;
    /// Accepts all fields whatever they say: for a copy of what was read elsewhere.
    void ignore_all() const;

    /// Byte offset in the statement's text; -1 when the parser gave none.
    int location() const;

    const boost::json::object* fields() const { return fields_; }

private:
    const boost::json::value* read(std::string_view field) const;

    const boost::json::object* fields_ = nullptr;
    field_accounts* accounts_ = nullptr;
    std::string_view tag_;
};

}  // namespace pgduet::sql
