#include "proxy/admin/routes.hpp"

#include <boost/json.hpp>

#include "shadow/ledger/report.hpp"

namespace pgduet::proxy {

namespace json = boost::json;

namespace {

constexpr const char* json_type = "application/json";

http_response as_json(int status, const json::value& value) {
    return {status, json_type, json::serialize(value) + "\n"};
}

http_response failure(int status, std::string_view message) {
    return as_json(status, json::object{{"error", message}});
}

json::object describe(const stage_state& state) {
    return {{"stage", to_string(state.now)}, {"primary", state.primary}, {"shadow", state.shadow}};
}

http_response readyz(const admin_surface& surface) {
    const readiness seen = surface.ready();
    const bool ready = seen.primary_trouble.empty();
    const auto text = [](const std::string& trouble) { return trouble.empty() ? "ok" : trouble; };
    return as_json(ready ? 200 : 503,
                   json::object{{"ready", ready},
                                {"primary", text(seen.primary_trouble)},
                                {"ledger", text(seen.ledger_trouble)}});
}

http_response stage_now(const admin_surface& surface) {
    json::object body = describe(surface.stage_now());
    if (const auto status = surface.duet()) {
        body["shadow_connected"] = status->connected;
        body["shadow_error"] = status->last_error;
        body["lag_units"] = status->queue_units;
        body["lag_ms"] = status->lag.count();
    }
    return as_json(200, body);
}

http_response metrics_page(const admin_surface& surface) {
    metrics_text out;
    add_metrics(out, *surface.counts);
    const ledger::snapshot seen = surface.results->read();
    const auto fate = [&out](const std::string& name, std::uint64_t value) {
        out.add("pgduet_exchanges_total",
                "counter",
                "Exchanges by fate; they add up to pgduet_exchanges_observed_total.",
                "fate",
                name,
                static_cast<double>(value));
    };
    out.add("pgduet_exchanges_observed_total",
            "counter",
            "Statements executed on the primary while shadowing.",
            static_cast<double>(seen.observed));
    fate("equal", seen.equal);
    fate("differs", seen.differs);
    fate("dropped", seen.dropped);
    for (const auto& [reason, count] : seen.not_compared)
        fate(reason, count);
    out.add("pgduet_findings",
            "gauge",
            "Differences grouped by cause.",
            static_cast<double>(seen.findings.size()));
    out.add("pgduet_dirty_tables",
            "gauge",
            "Tables known to differ on the shadow.",
            static_cast<double>(seen.dirty.size()));
    const auto status = surface.duet();
    const shadow::duet_status live = status.value_or(shadow::duet_status{});
    out.add("pgduet_shadow_connected",
            "gauge",
            "1 while the shadow store is connected.",
            live.connected ? 1 : 0);
    out.add("pgduet_queue_units",
            "gauge",
            "Units waiting for the shadow.",
            static_cast<double>(live.queue_units));
    out.add("pgduet_queue_bytes",
            "gauge",
            "Bytes held by waiting units.",
            static_cast<double>(live.queue_bytes));
    out.add("pgduet_applied_units_total",
            "counter",
            "Units applied to the shadow.",
            static_cast<double>(live.applied_units));
    out.add("pgduet_lag_seconds",
            "gauge",
            "Age of the oldest unit not applied.",
            static_cast<double>(live.lag.count()) / 1000);
    const stage current = surface.stage_now().now;
    for (const stage s : {stage::solo, stage::mirror, stage::switched})
        out.add("pgduet_stage",
                "gauge",
                "1 for the stage in force.",
                "stage",
                std::string{to_string(s)},
                s == current ? 1 : 0);
    return {200, "text/plain; version=0.0.4; charset=utf-8", out.take()};
}

void move_stage(const admin_surface& surface,
                const http_request& request,
                const http_answer& answer) {
    if (!surface.control_allowed)
        return answer(
            failure(403, "http is not bound to a loopback address; set http.allow_remote_control"));
    if (request.has_origin || !request.content_type.starts_with(json_type))
        return answer(failure(415, "send Content-Type: application/json, without an Origin"));
    error_code ec;
    const json::value body = json::parse(request.body, ec);
    const json::object* object = ec ? nullptr : body.if_object();
    const json::value* name = object ? object->if_contains("stage") : nullptr;
    if (!name || !name->is_string())
        return answer(failure(400, "the body must be {\"stage\": \"...\"}"));
    const std::string wanted{name->as_string()};
    const stage_or_error target = parse_stage(wanted);
    if (!target.value)
        return answer(failure(400, target.error));
    const json::value* dry = object->if_contains("dry_run");
    const bool dry_run = dry && dry->is_bool() && dry->as_bool();
    surface.move(*target.value, dry_run, [answer, dry_run, &surface](move_report report) {
        const bool fine = report.done || (dry_run && report.refusal.empty());
        answer({fine ? 200 : 409, json_type, to_json(report, surface.stage_now()) + "\n"});
    });
}

void route(const admin_surface& surface, const http_request& request, const http_answer& answer) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    if (path == "/api/stage" && request.method == "POST")
        return move_stage(surface, request, answer);
    const bool known = path == "/" || path == "/healthz" || path == "/readyz" ||
                       path == "/metrics" || path == "/api/report" || path == "/api/stage";
    if (!known)
        return answer(failure(404, "no such page"));
    if (request.method != "GET" && request.method != "HEAD")
        return answer(failure(405, "method not allowed"));
    if (path == "/healthz")
        return answer({200, "text/plain; charset=utf-8", "ok\n"});
    if (path == "/readyz")
        return answer(readyz(surface));
    if (path == "/metrics")
        return answer(metrics_page(surface));
    if (path == "/api/stage")
        return answer(stage_now(surface));
    if (path == "/api/report")
        return answer({200, json_type, ledger::report_json(surface.results->read())});
    answer({200, "text/html; charset=utf-8", ledger::report_html(surface.results->read())});
}

}  // namespace

http_handler make_routes(admin_surface surface) {
    auto kept = std::make_shared<const admin_surface>(std::move(surface));
    return [kept](const http_request& request, const http_answer& answer) {
        try {
            // The answer may come after the handler is gone; it keeps the surface alive.
            route(*kept, request, [kept, answer](http_response response) {
                answer(std::move(response));
            });
        } catch (const std::exception& error) {
            answer(failure(500, error.what()));
        }
    };
}

std::string to_json(const move_report& report, const stage_state& now) {
    json::object body = describe(now);
    body["done"] = report.done;
    body["refusal"] = report.refusal;
    body["steps"] = json::value_from(report.steps);
    body["warnings"] = json::value_from(report.warnings);
    body["pause_ms"] = report.pause.count();
    return json::serialize(body);
}

}  // namespace pgduet::proxy
