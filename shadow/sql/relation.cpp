#include "shadow/sql/relation.hpp"

namespace pgduet::sql {

const column_info* relation_info::find(std::string_view column) const {
    for (const column_info& candidate : columns)
        if (candidate.name == column)
            return &candidate;
    return nullptr;
}

}  // namespace pgduet::sql
