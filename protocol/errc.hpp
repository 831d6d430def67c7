#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <type_traits>

namespace pgduet::protocol {

/// What can be wrong with bytes. A statement that failed is never one of these: that is an
/// sql_error, a value. On the wire every errc becomes SQLSTATE 08P01.
enum class errc {
    truncated = 1,      ///< a message ends inside a field, or a string has no terminator
    trailing_bytes,     ///< bytes are left over behind the last field
    bad_field,          ///< a field holds a value the protocol does not have
    bad_length,         ///< a length word below 4, or below -1 in a value
    frame_too_large,    ///< longer than the configured or PostgreSQL's own limit for its type
    startup_too_large,  ///< longer than max_startup_packet_length
    unknown_message,    ///< no message of this direction has this tag
};

const boost::system::error_category& protocol_category();
boost::system::error_code make_error_code(errc e);

/// A decoded value, or what is wrong with its bytes.
template <class T>
using result = boost::system::result<T>;

}  // namespace pgduet::protocol

template <>
struct boost::system::is_error_code_enum<pgduet::protocol::errc> : std::true_type {};
