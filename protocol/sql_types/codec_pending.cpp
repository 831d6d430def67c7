#include "protocol/sql_types/codec.hpp"
namespace pgduet::protocol::codec {
functions json_functions() { return {}; }
functions jsonb_functions() { return {}; }
functions date_functions() { return {}; }
functions time_functions() { return {}; }
functions timestamp_functions() { return {}; }
functions interval_functions() { return {}; }
functions array_functions() { return {}; }
}
