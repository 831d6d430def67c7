#pragma once

#include "shadow/ledger/ledger.hpp"

namespace pgduet::ledger {

/// A ledger's state with something of everything, some of it hostile.
inline snapshot sample_snapshot() {
    snapshot state;
    state.observed = 184'302;
    state.equal = 151'977;
    state.differs = 418;
    state.not_compared = {
        {"transaction", 30'210},
        {"catalog", 812},
        {"position", 640},
        {"session", 233},
        {"order", 12},
    };
    state.stage = "mirror";
    state.primary = "old <sqlite>";
    state.shadow = "new";
    state.since = "2026-11-21T08:00:00Z";
    state.updated = "2026-11-21T11:30:12Z";
    state.findings = {
        {1,
         {"state",
          "orders",
          0x9f3a'77c1'0042'aa10,
          "SELECT id, customer_id, total, status FROM orders WHERE id = $1",
          {"orders"},
          "SELECT id, customer_id, total, status FROM orders WHERE id = $1",
          "[\"4711\"]",
          "SELECT 1\n  id | customer_id |  total | status\n4711 |          93 | 129.90 | paid",
          "SELECT 1\n  id | customer_id |  total | status\n4711 |          93 | 128.90 | paid"},
         411,
         "2026-11-21T09:12:44Z",
         "2026-11-21T11:29:58Z"},
        {2,
         {"semantic",
          "error on one side only: 22001 <script>alert('x')</script>",
          0x51,
          "INSERT INTO customers (name, email) VALUES ($1, $2) RETURNING id",
          {"customers"},
          "INSERT INTO customers (name, email) VALUES ($1, $2) RETURNING id",
          "[\"J\xc3\xb6rg <b>&amp;\", null]",
          "INSERT 0 1\n  id\n1042",
          "ERROR 22001: value too long for type character varying(20)\x1b[31m\xff"},
         7,
         "2026-11-21T10:01:03Z",
         "2026-11-21T10:44:00Z"},
    };
    state.dirty = {{"inventory",
                    "the unit was lost: the shadow's queue was at its bound",
                    3,
                    "2026-11-21T10:20:00Z"}};
    state.latencies = {
        {0x9f3a'77c1'0042'aa10,
         "SELECT id, customer_id, total, status FROM orders WHERE id = $1",
         90'412,
         90'412 * 61,
         90'412 * 140,
         4'100,
         9'000},
        {2,
         "SELECT o.id, sum(l.price * l.quantity) FROM orders o JOIN order_lines l ON l.order_id"
         " = o.id WHERE o.created_at > now() - $1::interval GROUP BY o.id ORDER BY 2 DESC LIMIT"
         " 20",
         310,
         310 * 2'900,
         310 * 18'400,
         12'000,
         71'000},
        {3,
         "UPDATE inventory SET quantity = quantity - $1 WHERE product_id = $2",
         31'200,
         31'200 * 130,
         31'200 * 96,
         8'800,
         3'100},
        {4,
         "INSERT INTO order_lines (order_id, product_id, quantity, price) VALUES ($1, $2, $3, $4)",
         29'870,
         29'870 * 101,
         29'870 * 88,
         2'100,
         2'000},
    };
    return state;
}

}  // namespace pgduet::ledger
