#include "protocol/backend_message.hpp"

#include "tests/protocol/wire/codec_harness.hpp"

namespace pgduet::protocol::testing_ {
namespace {

using namespace std::string_view_literals;
using row = codec_case<backend_message>;
using request = authentication::request;
using transaction = ready_for_query::transaction;

sql_error unique_violation() {
    sql_error error = make_error("23505", "duplicate key");
    error.detail = "Key (id)=(1) already exists.";
    error.hint = "h";
    error.position = 7;
    error.where = "w";
    error.schema = "public";
    error.table = "t";
    error.column = "id";
    error.data_type = "int4";
    error.constraint = "t_pkey";
    return error;
}

sql_error notice() {
    sql_error error = make_error("00000", "hello");
    error.severity = "NOTICE";
    return error;
}

sql_error translated() {
    sql_error error = make_error("42601", "Syntaxfehler");
    error.severity = "ERROR";
    return error;
}

column id_column() {
    column one;
    one.name = "id";
    one.table = 16384;
    one.attribute = 1;
    one.type = 23;
    one.type_length = 4;
    one.type_modifier = -1;
    one.encoding = format::binary;
    return one;
}

const row rows[] = {
    {"AuthenticationOk", 'R', "\0\0\0\0"sv, authentication{request::ok, {}, {}}},
    {"AuthenticationCleartext",
     'R',
     "\0\0\0\3"sv,
     authentication{request::cleartext_password, {}, {}}},
    {"AuthenticationMd5", 'R', "\0\0\0\5salt"sv, authentication{request::md5_password, "salt", {}}},
    {"AuthenticationSasl",
     'R',
     "\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"sv,
     authentication{request::sasl, {}, {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}}},
    {"AuthenticationSaslContinue",
     'R',
     "\0\0\0\x0br=x"sv,
     authentication{request::sasl_continue, "r=x", {}},
     extent::open},
    {"AuthenticationSaslFinal",
     'R',
     "\0\0\0\x0cv=x"sv,
     authentication{request::sasl_final, "v=x", {}},
     extent::open},
    {"AuthenticationGss", 'R', "\0\0\0\7"sv, authentication{request::gss, {}, {}}},
    {"AuthenticationUnknown", 'R', "\0\0\0\2"sv, errc::bad_field},
    {"AuthenticationShort", 'R', "\0\0\0"sv, errc::truncated},
    {"ParameterStatus", 'S', "TimeZone\0UTC\0"sv, parameter_status{"TimeZone", "UTC"}},
    {"BackendKeyData", 'K', "\0\0\0\x2a\1\2\3\4"sv, backend_key_data{42, "\1\2\3\4"}, extent::open},
    {"BackendKeyDataShort", 'K', "\0\0\0\x2a\1\2\3"sv, errc::truncated},
    {"RowDescription",
     'T',
     "\0\1id\0\0\0\x40\0\0\1\0\0\0\x17\0\4\xff\xff\xff\xff\0\1"sv,
     row_description{{id_column()}}},
    {"RowDescriptionEmpty", 'T', "\0\0"sv, row_description{}},
    {"RowDescriptionCount",
     'T',
     "\0\2id\0\0\0\x40\0\0\1\0\0\0\x17\0\4\xff\xff\xff\xff\0\1"sv,
     errc::truncated},
    {"DataRow",
     'D',
     "\0\3\0\0\0\1x\xff\xff\xff\xff\0\0\0\0"sv,
     data_row{{"x"sv, std::nullopt, ""sv}}},
    {"DataRowNegative", 'D', "\0\1\xff\xff\xff\xf0"sv, errc::bad_length},
    {"CommandComplete", 'C', "INSERT 0 1\0"sv, command_complete{"INSERT 0 1"}},
    {"EmptyQueryResponse", 'I', ""sv, empty_query_response{}},
    {"ErrorResponse",
     'E',
     "SERROR\0VERROR\0C23505\0Mduplicate key\0DKey (id)=(1) already exists.\0Hh\0P7\0Ww\0"
     "spublic\0tt\0cid\0dint4\0nt_pkey\0\0"sv,
     error_response{unique_violation()}},
    {"ErrorResponseTranslated",
     'E',
     "SFEHLER\0VERROR\0C42601\0MSyntaxfehler\0Fscan.l\0L1176\0Rscanner_yyerror\0\0"sv,
     error_response{translated()},
     extent::lossy},
    {"ErrorResponseUnterminated", 'E', "SERROR\0"sv, errc::truncated},
    {"NoticeResponse", 'N', "SNOTICE\0VNOTICE\0C00000\0Mhello\0\0"sv, notice_response{notice()}},
    {"ReadyIdle", 'Z', "I"sv, ready_for_query{transaction::idle}},
    {"ReadyOpen", 'Z', "T"sv, ready_for_query{transaction::open}},
    {"ReadyFailed", 'Z', "E"sv, ready_for_query{transaction::failed}},
    {"ReadyUnknown", 'Z', "X"sv, errc::bad_field},
    {"ParseComplete", '1', ""sv, parse_complete{}},
    {"BindComplete", '2', ""sv, bind_complete{}},
    {"CloseComplete", '3', ""sv, close_complete{}},
    {"NoData", 'n', ""sv, no_data{}},
    {"PortalSuspended", 's', ""sv, portal_suspended{}},
    {"ParameterDescription", 't', "\0\2\0\0\0\x17\0\0\0\x19"sv, parameter_description{{23, 25}}},
    {"ParameterDescriptionShort", 't', "\0\2\0\0\0\x17"sv, errc::truncated},
    {"CopyInResponse",
     'G',
     "\0\0\2\0\0\0\0"sv,
     copy_in_response{format::text, {format::text, format::text}}},
    {"CopyOutResponse", 'H', "\1\0\1\0\1"sv, copy_out_response{format::binary, {format::binary}}},
    {"CopyBothResponse", 'W', "\0\0\0"sv, copy_both_response{format::text, {}}},
    {"CopyInResponseFormat", 'G', "\2\0\0"sv, errc::bad_field},
    {"CopyData", 'd', "1\t2\n"sv, copy_data{"1\t2\n"}, extent::open},
    {"CopyDone", 'c', ""sv, copy_done{}},
    {"NotificationResponse",
     'A',
     "\0\0\0\x2a"
     "ch\0pay\0"sv,
     notification_response{42, "ch", "pay"}},
    {"FunctionCallResponse", 'V', "\0\0\0\2ab"sv, function_call_response{"ab"sv}},
    {"FunctionCallResponseNull", 'V', "\xff\xff\xff\xff"sv, function_call_response{std::nullopt}},
    {"NegotiateProtocolVersion",
     'v',
     "\0\3\0\0\0\0\0\2_pq_.a\0_pq_.b\0"sv,
     negotiate_protocol_version{3 << 16, {"_pq_.a", "_pq_.b"}}},
    {"NegotiateProtocolVersionCount", 'v', "\0\3\0\0\x7f\xff\xff\xff_pq_.a\0"sv, errc::truncated},
    {"Unknown", 'Q', "x\0"sv, errc::unknown_message},
};

class BackendDecode : public ::testing::TestWithParam<row> {};

TEST_P(BackendDecode, Row) {
    check_codec(GetParam(), framing::backend, decode_backend, [](auto& out, const auto& one) {
        encode(out, one);
    });
}

INSTANTIATE_TEST_SUITE_P(Wire, BackendDecode, ::testing::ValuesIn(rows), case_name);

}  // namespace
}  // namespace pgduet::protocol::testing_
