#include "protocol/errc.hpp"

namespace pgduet::protocol {

namespace {

// boost::system::error_category has a protected destructor on purpose: categories are static.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "pgduet.protocol"; }

    std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::truncated:
                return "message is cut short";
            case errc::trailing_bytes:
                return "bytes are left over at the end of a message";
            case errc::bad_field:
                return "message has a field with an impossible value";
            case errc::bad_length:
                return "invalid length";
            case errc::frame_too_large:
                return "message is longer than allowed";
            case errc::startup_too_large:
                return "startup packet is longer than allowed";
            case errc::unknown_message:
                return "unknown message type";
        }
        return "unknown protocol error";
    }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& protocol_category() {
    static const category instance;
    return instance;
}

boost::system::error_code make_error_code(errc e) {
    return {static_cast<int>(e), protocol_category()};
}

}  // namespace pgduet::protocol
