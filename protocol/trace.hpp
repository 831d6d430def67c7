#pragma once

#include <string>

#include "protocol/backend_message.hpp"
#include "protocol/frontend/startup.hpp"
#include "protocol/frontend_message.hpp"

namespace pgduet::protocol {

/// One line per message, shared by logs, test output and golden files: the arrow tells who sent
/// it, then the manual's name and the fields that matter. Secrets (passwords, SASL data, cancel
/// keys) never appear; values of parameters, rows and COPY only if asked for. Statement texts do.
///
///   > Parse statement="s1" text="SELECT $1" types=[23]
///   < DataRow fields=1
struct trace_options {
    bool values = false;
};

std::string trace(const startup_packet& message);
std::string trace(const frontend_message& message, trace_options options = {});
std::string trace(const backend_message& message, trace_options options = {});

}  // namespace pgduet::protocol
