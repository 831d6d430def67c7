#include "protocol/backend/authentication.hpp"

#include <ostream>

#include "protocol/quoted.hpp"

namespace pgduet::protocol {

result<authentication> authentication::decode(byte_reader in) {
    authentication message;
    const std::int32_t kind = in.int32();
    message.kind = request{kind};
    bool known = true;
    switch (message.kind) {
        case request::ok:
        case request::cleartext_password:
        case request::gss:
        case request::sspi:
            break;
        case request::md5_password:
            message.data = in.bytes(4);
            break;
        case request::gss_continue:
        case request::sasl_continue:
        case request::sasl_final:
            message.data = in.rest();
            break;
        case request::sasl:
            for (auto name = in.cstring(); !name.empty(); name = in.cstring())
                message.mechanisms.push_back(name);
            break;
        default:
            known = false;
    }
    if (!known && !in.error())
        return errc::bad_field;
    if (const auto ec = in.finish())
        return ec;
    return message;
}

void authentication::encode(byte_writer& out) const {
    const auto mark = out.open(tag);
    out.int32(static_cast<std::int32_t>(kind));
    if (kind == request::sasl) {
        for (const std::string_view mechanism : mechanisms)
            out.cstring(mechanism);
        out.byte('\0');
    } else {
        out.bytes(data);
    }
    out.close(mark);
}

std::ostream& operator<<(std::ostream& out, const authentication& message) {
    out << "Authentication";
    switch (message.kind) {
        case authentication::request::ok:
            return out << "Ok";
        case authentication::request::cleartext_password:
            return out << "CleartextPassword";
        case authentication::request::md5_password:
            return out << "MD5Password";
        case authentication::request::gss:
            return out << "GSS";
        case authentication::request::gss_continue:
            return out << "GSSContinue (secret)";
        case authentication::request::sspi:
            return out << "SSPI";
        case authentication::request::sasl:
            out << "SASL";
            for (const std::string_view mechanism : message.mechanisms)
                out << ' ' << quoted(mechanism);
            return out;
        case authentication::request::sasl_continue:
            return out << "SASLContinue (secret)";
        case authentication::request::sasl_final:
            return out << "SASLFinal (secret)";
    }
    return out;
}

}  // namespace pgduet::protocol
