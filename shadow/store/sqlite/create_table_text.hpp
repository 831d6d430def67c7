#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgduet::store::sqlite {

/// The text of a CREATE TABLE as sqlite_schema keeps it, cut into head, definitions and tail, so
/// that definitions can be changed without touching anything else (comments carry our types).
class create_table_text {
public:
    explicit create_table_text(std::string_view text);

    std::string text() const;
    /// The same table under another name.
    std::string renamed(std::string_view name) const;

    /// False when there is no such column.
    bool set_not_null(const std::string& column, bool on);
    void add_constraint(const std::string& definition) { definitions_.push_back(definition); }
    void drop_constraint(const std::string& definition);

    /// Names written as CONSTRAINT x, by what they name: `unique(a,b)`, `foreign key(a)`, ...
    struct named {
        std::string name;
        std::string kind;  ///< PRIMARY, UNIQUE, FOREIGN
        std::vector<std::string> columns;
    };
    std::vector<named> named_constraints() const;

    static bool is_key(std::string_view definition);
    static bool is_primary_key(std::string_view definition);
    static std::string constraint_name(std::string_view definition);
    /// `("a", "b")` of a PRIMARY KEY or UNIQUE constraint.
    static std::string key_columns(std::string_view definition);

private:
    std::string head_;  ///< up to and with the `(`
    std::vector<std::string> definitions_;
    std::string tail_;  ///< from the `)`
};

}  // namespace pgduet::store::sqlite
