#include "protocol/trace.hpp"

#include <sstream>

namespace pgduet::protocol {

namespace {

template <class Message>
concept has_values = requires(std::ostream& out, const Message& message) {
    print_with_values(out, message);
};

template <class Variant>
std::string line(char arrow, const Variant& message, trace_options options) {
    std::ostringstream out;
    out << arrow << ' ';
    std::visit(
        [&](const auto& one) {
            if constexpr (has_values<std::decay_t<decltype(one)>>) {
                if (options.values)
                    return print_with_values(out, one);
            }
            out << one;
        },
        message);
    std::string text = std::move(out).str();
    for (char& c : text)  // names and severities are not in quotes, and a stranger's all the same
        if (static_cast<unsigned char>(c) < 0x20)
            c = '?';
    return text;
}

}  // namespace

std::string trace(const startup_packet& message) {
    return line('>', message, {});
}

std::string trace(const frontend_message& message, trace_options options) {
    return line('>', message, options);
}

std::string trace(const backend_message& message, trace_options options) {
    return line('<', message, options);
}

}  // namespace pgduet::protocol
