#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sql_types/value.hpp"

namespace pgduet::protocol {

/// Rows of one result, kept as the bodies of DataRow messages back to back, so that a result
/// passes from a store to the wire, or from the wire to the comparison, without being decoded.
///
///   row   := length : int32 (of what follows), body
///   body  := fields : int16, { size : int32 (-1 for NULL), bytes }*        (DataRow, 55.7)
///
/// Keeps at most `bytes_max` bytes; rows beyond that are only counted and digested, and
/// `complete()` turns false. Value type; not thread-safe.
class row_buffer {
public:
    static constexpr std::size_t bytes_max_default = 256 * 1024;

    row_buffer() = default;
    explicit row_buffer(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    /// Appends one row given the body of its DataRow.
    void add(std::string_view body);
    /// Counts a row that was too large to be looked at.
    void add_unseen() {
        ++count_;
        complete_ = false;
    }
    /// Appends one row given its fields.
    void add(const std::vector<cell>& fields);

    std::uint64_t count() const { return count_; }
    bool complete() const { return complete_; }
    /// Order-insensitive digest of all rows seen, kept or not: sum of XXH3-64 of the bodies.
    std::uint64_t digest() const { return digest_; }
    /// Order-sensitive digest of all rows seen.
    std::uint64_t ordered_digest() const { return ordered_digest_; }
    /// The kept rows in the layout above.
    const std::string& bytes() const { return bytes_; }

    /// Bodies of the kept rows, in order; views live as long as this buffer is not changed.
    std::vector<std::string_view> rows() const;
    /// Fields of one body.
    static std::vector<cell> fields(std::string_view body);

private:
    std::size_t bytes_max_ = bytes_max_default;
    std::string bytes_;
    std::uint64_t count_ = 0;
    std::uint64_t digest_ = 0;
    std::uint64_t ordered_digest_ = 0;
    bool complete_ = true;
};

}  // namespace pgduet::protocol
