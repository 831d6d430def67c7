#include "shadow/sql/known_functions.hpp"

#include <unordered_map>
#include <unordered_set>

#include "shadow/sql/known_function_names.hpp"

namespace pgduet::sql {

namespace {

// pgcrypto, pg_trgm, unaccent, fuzzystrmatch and uuid-ossp, without what runs a query text.
constexpr std::string_view extension_names =
    "armor crypt dearmor decrypt decrypt_iv difference digest dmetaphone dmetaphone_alt encrypt "
    "encrypt_iv hmac levenshtein levenshtein_less_equal metaphone show_trgm similarity soundex "
    "strict_word_similarity unaccent uuid_generate_v3 uuid_generate_v5 uuid_nil uuid_ns_dns "
    "uuid_ns_oid uuid_ns_url uuid_ns_x500 word_similarity ";

constexpr std::string_view nondeterministic_names =
    "clock_timestamp currval gen_random_bytes gen_random_uuid gen_salt lastval pg_advisory_lock "
    "pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared "
    "pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_cancel_backend pg_current_snapshot "
    "pg_current_xact_id pg_current_xact_id_if_assigned pg_export_snapshot "
    "pg_log_backend_memory_contexts pg_notify pg_reload_conf pg_sleep pg_sleep_for pg_sleep_until "
    "pg_stat_reset pg_stat_reset_shared pg_stat_reset_single_function_counters "
    "pg_stat_reset_single_table_counters pg_stat_reset_slru pg_terminate_backend "
    "pg_trigger_depth pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock "
    "pg_try_advisory_xact_lock_shared random setseed statement_timestamp timeofday txid_current "
    "txid_current_if_assigned txid_current_snapshot uuid_generate_v1 uuid_generate_v1mc "
    "uuid_generate_v4 ";

constexpr std::string_view now_names = "now transaction_timestamp ";
constexpr std::string_view sequence_names = "nextval setval ";

constexpr std::string_view order_dependent_names =
    "array_agg first_value json_agg json_object_agg jsonb_agg jsonb_object_agg lag last_value "
    "lead nth_value ntile row_number string_agg xmlagg ";

template <class Add>
void each_name(std::string_view names, Add add) {
    for (std::size_t end; (end = names.find(' ')) != std::string_view::npos;) {
        add(names.substr(0, end));
        names.remove_prefix(end + 1);
    }
}

std::unordered_set<std::string_view> set_of(std::string_view names) {
    std::unordered_set<std::string_view> out;
    each_name(names, [&](std::string_view name) { out.insert(name); });
    return out;
}

std::unordered_map<std::string_view, function_effect> effects() {
    std::unordered_map<std::string_view, function_effect> out;
    const auto add = [&](std::string_view names, function_effect effect) {
        each_name(names, [&](std::string_view name) { out[name] = effect; });
    };
    add(harmless_function_names, function_effect::harmless);
    add(extension_names, function_effect::harmless);
    add(catalog_function_names, function_effect::catalog);
    add(nondeterministic_names, function_effect::nondeterministic);
    add(now_names, function_effect::now);
    add(sequence_names, function_effect::sequence);
    return out;
}

}  // namespace

function_effect effect_of(std::string_view name) {
    static const auto table = effects();
    const auto found = table.find(name);
    return found == table.end() ? function_effect::unknown : found->second;
}

bool may_return_set(std::string_view name) {
    static const auto sets = set_of(set_function_names);
    return effect_of(name) == function_effect::unknown || sets.contains(name);
}

bool depends_on_order(std::string_view name) {
    static const auto names = set_of(order_dependent_names);
    return names.contains(name);
}

}  // namespace pgduet::sql
