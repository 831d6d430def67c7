#include <ostream>

#include "protocol/backend/authentication.hpp"
#include "protocol/backend/backend_key_data.hpp"
#include "protocol/backend/error_response.hpp"
#include "protocol/backend/parameter_status.hpp"
#include "protocol/backend/ready_for_query.hpp"
#include "protocol/conversation/startup_fsm.hpp"
#include "protocol/quoted.hpp"

namespace pgduet::protocol {

std::string welcome(const welcome_values& values) {
    std::string bytes;
    byte_writer out(bytes);
    authentication{}.encode(out);
    for (const auto& [name, value] : values.parameter_status)
        parameter_status{name, value}.encode(out);
    backend_key_data{values.process_id, values.secret}.encode(out);
    ready_for_query{ready_for_query::transaction{values.status}}.encode(out);
    return bytes;
}

std::string error_bytes(const sql_error& error) {
    std::string bytes;
    byte_writer out(bytes);
    error_response{error}.encode(out);
    return bytes;
}

namespace {

struct printer {
    std::ostream& out;

    void operator()(const startup_step::read&) const { out << "read"; }
    void operator()(const startup_step::write& a) const { out << "write bytes=" << a.bytes.size(); }
    void operator()(const startup_step::start_tls&) const { out << "start_tls"; }
    void operator()(const startup_step::find_user& a) const {
        out << "find_user " << quoted(a.user);
    }
    void operator()(const startup_step::accepted&) const { out << "accepted"; }
    void operator()(const startup_step::cancel& a) const {
        out << "cancel process_id=" << a.process_id;
    }
    void operator()(const startup_step::refuse& a) const {
        out << "refuse " << a.error.sqlstate << ' ' << quoted(a.error.message);
    }
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const startup_action& action) {
    std::visit(printer{out}, action);
    return out;
}

}  // namespace pgduet::protocol
