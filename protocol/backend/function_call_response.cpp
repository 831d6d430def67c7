#include "protocol/backend/function_call_response.hpp"

#include <ostream>

namespace pgduet::protocol {

result<function_call_response> function_call_response::decode(byte_reader in) {
    const auto value = in.value();
    if (const auto ec = in.finish())
        return ec;
    return function_call_response{value};
}

void function_call_response::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.value(value);
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const function_call_response& message) {
    if (!message.value)
        return out << "FunctionCallResponse NULL";
    return out << "FunctionCallResponse bytes=" << message.value->size();
}

}  // namespace pgduet::protocol
