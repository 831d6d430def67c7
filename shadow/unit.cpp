#include "shadow/unit.hpp"

namespace pgduet::shadow {

namespace {

std::size_t bytes_of(const std::vector<protocol::cell>& cells) {
    std::size_t sum = cells.size() * sizeof(protocol::cell);
    for (const protocol::cell& one : cells)
        sum += one ? one->size() : 0;
    return sum;
}

std::size_t bytes_of(const exchange& e) {
    std::size_t sum = sizeof(exchange) + e.primary.rows.bytes().size();
    for (const protocol::parameter& p : e.parameters)
        sum += sizeof(p) + (p.value ? p.value->size() : 0);
    sum += e.primary.columns.size() * (sizeof(protocol::column) + 16);
    if (e.copy_data)
        sum += e.copy_data->size();
    for (const std::vector<protocol::cell>& row : e.generated.rows)
        sum += bytes_of(row);
    for (const row_change& change : e.effects)
        sum += sizeof(change) + bytes_of(change.before) + bytes_of(change.after);
    // The analysed text is shared; simple-protocol texts are mostly unique, so count them.
    if (e.statement)
        sum += e.statement->text.size();
    return sum;
}

}  // namespace

std::size_t unit::bytes() const {
    std::size_t sum = sizeof(unit);
    for (const exchange& e : exchanges)
        sum += bytes_of(e);
    return sum;
}

}  // namespace pgduet::shadow
