#include "protocol/frontend/function_call.hpp"

#include <ostream>

namespace pgduet::protocol {

result<function_call> function_call::decode(byte_reader in) {
    function_call message;
    message.function = in.uint32();
    message.argument_formats.resize(in.count16(2));
    for (format& one : message.argument_formats)
        one = static_cast<format>(in.int16());
    message.arguments.resize(in.count16(4));
    for (auto& argument : message.arguments)
        argument = in.value();
    message.result_format = static_cast<format>(in.int16());
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void function_call::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.uint32(function);
    out.uint16(static_cast<std::uint16_t>(argument_formats.size()));
    for (const format one : argument_formats)
        out.int16(static_cast<std::int16_t>(one));
    out.uint16(static_cast<std::uint16_t>(arguments.size()));
    for (const auto& argument : arguments)
        out.value(argument);
    out.int16(static_cast<std::int16_t>(result_format));
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const function_call& message) {
    return out << "FunctionCall function=" << message.function
               << " arguments=" << message.arguments.size();
}

}  // namespace pgduet::protocol
