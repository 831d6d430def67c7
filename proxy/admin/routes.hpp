#pragma once

#include <functional>
#include <optional>
#include <string>

#include "proxy/admin/http_message.hpp"
#include "proxy/metrics.hpp"
#include "proxy/stages/stage_controller.hpp"
#include "shadow/duet.hpp"
#include "shadow/ledger/ledger.hpp"

namespace pgduet::proxy {

/// What readiness depends on, as last seen by the housekeeper.
struct readiness {
    std::string primary_trouble;  ///< empty: the primary answers
    std::string ledger_trouble;   ///< empty: the ledger reaches its file
};

/// What the routes read and do; every function may be called on the HTTP thread.
struct admin_surface {
    std::function<readiness()> ready;
    std::function<stage_state()> stage_now;
    std::function<std::optional<shadow::duet_status>()> duet;
    /// Moves the stage and calls back, on any thread.
    std::function<void(stage target, bool dry_run, std::function<void(move_report)>)> move;
    const ledger::ledger* results = nullptr;
    const metrics* counts = nullptr;
    bool control_allowed = false;  ///< POST is answered: bound to loopback, or asked for by name
};

///   GET  /healthz      200 while the process lives
///   GET  /readyz       200, or 503 when the primary cannot be reached
///   GET  /metrics      Prometheus text
///   GET  /             the parity page
///   GET  /api/report   the report as JSON
///   GET  /api/stage    {"stage", "primary", "shadow", ...}
///   POST /api/stage    {"stage": "...", "dry_run": false} -> 200 done, 409 refused
///
/// POST needs Content-Type application/json and no Origin header, so that a web page open on the
/// same machine cannot move a stage.
http_handler make_routes(admin_surface surface);

/// The JSON of a move, also printed by `pgduet stage`.
std::string to_json(const move_report& report, const stage_state& now);

}  // namespace pgduet::proxy
