#pragma once

#include "shadow/store/store.hpp"
#include "shadow/unit.hpp"

namespace pgduet::replay {

/// An exchange made ready for the shadow.
struct prepared_request {
    store::request request;
    /// The text cannot carry everything the primary made up (ids, random values): the statement is
    /// still run to compare its behaviour, but what stays must come from the primary's effects.
    bool inexact = false;
};

/// Puts the primary's now() and generated values into the client's statement (sql::determinise)
/// and passes the client's own parameters on. `own_now`: the store answers now() itself. Pure.
prepared_request build_request(const shadow::exchange& done, const shadow::unit& of, bool own_now);

}  // namespace pgduet::replay
