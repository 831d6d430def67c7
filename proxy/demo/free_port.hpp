#pragma once

namespace pgduet::proxy::demo {

/// A TCP port of 127.0.0.1 that is free now. Throws std::system_error.
int free_port();

}  // namespace pgduet::proxy::demo
