#include <ostream>

#include "protocol/conversation/session_fsm.hpp"
#include "protocol/quoted.hpp"

namespace pgduet::protocol {

namespace {

/// One line per action, for tests and logs; parameter values and COPY data stay out.
struct printer {
    std::ostream& out;

    void operator()(const step::read&) const { out << "read"; }
    void operator()(const step::flush&) const { out << "flush"; }
    void operator()(const step::query& a) const { out << "query " << quoted(a.text); }
    void operator()(const step::prepare& a) const {
        out << "prepare " << quoted(a.name) << ' ' << quoted(a.text) << ' ' << listed(a.types);
    }
    void operator()(const step::bind& a) const {
        out << "bind " << quoted(a.portal) << " parameters=" << a.parameters.size()
            << " results=" << listed(a.result_formats);
    }
    void operator()(const step::describe_statement&) const { out << "describe_statement"; }
    void operator()(const step::describe_portal&) const { out << "describe_portal"; }
    void operator()(const step::execute& a) const { out << "execute rows_max=" << a.rows_max; }
    void operator()(const step::copy_in_data& a) const {
        out << "copy_in_data bytes=" << a.data.size();
    }
    void operator()(const step::copy_in_done&) const { out << "copy_in_done"; }
    void operator()(const step::copy_in_failed& a) const {
        out << "copy_in_failed " << quoted(a.error ? a.error->message : a.reason);
    }
    void operator()(const step::abort&) const { out << "abort"; }
    void operator()(const step::sync&) const { out << "sync"; }
    void operator()(const step::finish& a) const {
        out << "finish";
        if (a.error)
            out << ' ' << a.error->sqlstate << ' ' << quoted(a.error->message);
    }
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const session_action& action) {
    std::visit(printer{out}, action);
    return out;
}

}  // namespace pgduet::protocol
