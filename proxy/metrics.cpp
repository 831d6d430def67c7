#include "proxy/metrics.hpp"

#include <fmt/format.h>

namespace pgduet::proxy {

namespace {

/// Label values are free text: quote what Prometheus' format reserves.
std::string escape(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"')
            out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

void metrics_text::head(const char* name, const char* type, const char* help) {
    if (last_ == name)
        return;
    last_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void metrics_text::add(const char* name, const char* type, const char* help, double value) {
    head(name, type, help);
    text_ += fmt::format("{} {}\n", name, value);
}

void metrics_text::add(const char* name,
                       const char* type,
                       const char* help,
                       const std::string& label,
                       const std::string& label_value,
                       double value) {
    head(name, type, help);
    text_ += fmt::format("{}{{{}=\"{}\"}} {}\n", name, label, escape(label_value), value);
}

void add_metrics(metrics_text& out, const metrics& m) {
    const auto count = [&out](const char* name, const char* help, const counter& value) {
        out.add(name, "counter", help, static_cast<double>(value.get()));
    };
    count("pgduet_sessions_accepted_total", "Client connections accepted.", m.sessions_accepted);
    count("pgduet_sessions_refused_total",
          "Client connections refused by listen.max_clients.",
          m.sessions_refused);
    count("pgduet_logins_failed_total", "Clients that failed to log in.", m.logins_failed);
    count("pgduet_backend_failures_total",
          "Times the primary could not be reached or was lost.",
          m.backend_failures);
    count("pgduet_cancels_total", "Cancel requests passed to the primary.", m.cancels);
    const auto by_path =
        [&out](const char* name, const char* help, const counter& relay, const counter& serve) {
            out.add(name, "counter", help, "path", "relay", static_cast<double>(relay.get()));
            out.add(name, "counter", help, "path", "serve", static_cast<double>(serve.get()));
        };
    by_path("pgduet_queries_total",
            "Queries answered (relay: times a session came to rest; serve: statements run).",
            m.relay_queries,
            m.serve_queries);
    by_path("pgduet_client_sent_bytes_total",
            "Bytes sent to clients.",
            m.relay_bytes_to_client,
            m.serve_bytes_to_client);
    by_path("pgduet_client_received_bytes_total",
            "Bytes received from clients.",
            m.relay_bytes_to_server,
            m.serve_bytes_to_server);
    count("pgduet_stage_moves_total", "Changes of stage done.", m.stage_moves);
    count("pgduet_stage_refusals_total", "Changes of stage refused.", m.stage_refusals);
    count(
        "pgduet_sessions_moved_total", "Sessions kept across a change of stage.", m.sessions_moved);
    count("pgduet_sessions_pinned_total",
          "Sessions closed by a change of stage because they could not move.",
          m.sessions_pinned);
    count("pgduet_ledger_flush_errors_total",
          "Times the ledger could not be written to its file.",
          m.ledger_flush_errors);
    out.add("pgduet_sessions",
            "gauge",
            "Client connections open now.",
            static_cast<double>(m.sessions_accepted.get() - m.sessions_ended.get()));
}

}  // namespace pgduet::proxy
