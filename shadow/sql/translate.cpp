#include "shadow/sql/translate.hpp"

#include <exception>

#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/sql/parse_tree.hpp"
#include "shadow/sql/translate_internal.hpp"

namespace pgduet::sql {

translator::translator(const statement& input,
                       const relation_source& relations,
                       const std::vector<protocol::oid>& given)
    : input_(input), relations_(relations), given_(given) {
    result_.parameter_types = given;
    // An untyped parameter may come as `unknown`: it is inferred like one not given.
    for (protocol::oid& type : result_.parameter_types)
        if (type == protocol::type_oid::unknown)
            type = 0;
    result_.parameter_modifiers.assign(given.size(), -1);
}

int translator::position(int location) const {
    if (location < 0)
        return 0;
    int characters = 1;
    for (std::size_t i = 0; i < static_cast<std::size_t>(location) && i < input_.text.size(); ++i)
        characters += (static_cast<unsigned char>(input_.text[i]) & 0xC0) != 0x80;
    return characters;
}

void translator::fail(std::string_view sqlstate,
                      std::string message,
                      int location,
                      std::string hint) const {
    protocol::sql_error error = protocol::make_error(sqlstate, std::move(message));
    error.position = position(location);
    error.hint = std::move(hint);
    throw refused{error};
}

void translator::unsupported(std::string_view what, int location) const {
    fail(protocol::sqlstate::feature_not_supported,
         "pgduet: SQLite cannot express " + std::string(what),
         location);
}

void translator::set_columns(const query& q, const std::vector<typed>& types) {
    result_.columns.clear();
    for (std::size_t i = 0; i < types.size(); ++i) {
        protocol::column column;
        column.name = q.outputs[i].name;
        column.type = types[i].type;
        column.type_modifier = types[i].modifier;
        const protocol::type_info* info = protocol::find_type(column.type);
        column.type_length = info ? info->length : std::int16_t{-1};
        result_.columns.push_back(std::move(column));
    }
}

translation translator::run(const node& root) {
    const std::string_view tag = root.tag();
    if (tag == "SelectStmt") {
        query q = select(root, nullptr);
        const std::vector<typed> types = settled_types(q);
        emit(render(q, types));
        set_columns(q, types);
    } else if (tag == "InsertStmt") {
        insert(root);
    } else if (tag == "UpdateStmt") {
        update(root);
    } else if (tag == "DeleteStmt") {
        delete_(root);
    } else if (tag == "TruncateStmt") {
        truncate(root);
    } else if (tag == "CreateStmt") {
        create_table(root);
    } else if (tag == "CreateTableAsStmt") {
        create_table_as(root);
    } else if (tag == "IndexStmt") {
        create_index(root);
    } else if (tag == "ViewStmt") {
        create_view(root);
    } else if (tag == "DropStmt") {
        drop(root);
    } else if (tag == "AlterTableStmt") {
        alter_table(root);
    } else if (tag == "RenameStmt") {
        rename(root);
    } else {
        unsupported(tag);
    }
    for (std::size_t i = 0; i < result_.parameter_types.size(); ++i)
        if (!result_.parameter_types[i])
            fail(protocol::sqlstate::indeterminate_datatype,
                 "could not determine data type of parameter $" + std::to_string(i + 1));
    return std::move(result_);
}

protocol::sql_result<translation> translate_to_sqlite(
    const statement& input,
    const relation_source& relations,
    const std::vector<protocol::oid>& given_parameter_types) {
    auto tree = parse_tree::parse(input.text);
    if (!tree)
        return tree.error();
    if (tree->statements().size() != 1)
        return protocol::make_error(protocol::sqlstate::syntax_error,
                                    "cannot insert multiple commands into a prepared statement");
    try {
        translator work(input, relations, given_parameter_types);
        const boost::json::value* root = tree->statements().front().node;
        translation result = work.run(node(root, &work.accounts, "statement"));
        // Nothing may be dropped silently: what nobody read is refused.
        if (const std::string unread = work.accounts.first_unread(*root); !unread.empty())
            return protocol::make_error(protocol::sqlstate::feature_not_supported,
                                        "pgduet: SQLite cannot express " + unread);
        return result;
    } catch (const refused& refusal) {
        return refusal.error;
    } catch (const std::exception& failure) {
        return protocol::make_error(protocol::sqlstate::internal_error,
                                    std::string("pgduet: translator failed: ") + failure.what());
    }
}

}  // namespace pgduet::sql
