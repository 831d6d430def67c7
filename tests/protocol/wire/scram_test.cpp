#include "protocol/conversation/scram.hpp"

#include <gtest/gtest.h>

#include "protocol/conversation/crypto.hpp"

namespace pgduet::protocol {
namespace {

using namespace std::string_view_literals;

// RFC 7677, section 3: user "user", password "pencil".
constexpr auto client_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"sv;
constexpr auto server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"sv;
constexpr auto server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"sv;
constexpr auto client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="sv;
constexpr auto server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="sv;

scram_verifier pencil() {
    return scram_verifier::make("pencil", *from_base64("W22ZaJ0SNY7soEsUEjb6gQ=="));
}

scram_exchange exchange(bool known = true) {
    return scram_exchange(pencil(), known, std::string(server_nonce));
}

TEST(Scram, ExampleOfTheRfc) {
    auto talk = exchange();
    const auto first = talk.first(client_first);
    ASSERT_TRUE(first);
    EXPECT_EQ(*first, server_first);
    const auto last = talk.last(client_final);
    ASSERT_TRUE(last);
    EXPECT_EQ(*last, server_final);
}

TEST(Scram, EveryWrongBitOfTheProofIsAWrongPassword) {
    const std::size_t proof_at = client_final.rfind("p=") + 2;
    const std::string proof = *from_base64(client_final.substr(proof_at));
    for (std::size_t bit = 0; bit < proof.size() * 8; ++bit) {
        std::string wrong = proof;
        wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
        auto talk = exchange();
        ASSERT_TRUE(talk.first(client_first));
        const auto last = talk.last(std::string(client_final.substr(0, proof_at)) + base64(wrong));
        ASSERT_TRUE(last);
        EXPECT_FALSE(last->has_value()) << "bit " << bit;
    }
}

TEST(Scram, RightProofForAMockedUserFails) {
    auto talk = exchange(false);
    ASSERT_TRUE(talk.first(client_first));
    const auto last = talk.last(client_final);
    ASSERT_TRUE(last);
    EXPECT_FALSE(last->has_value());
}

TEST(Scram, MockSaltIsStableAndItsOwn) {
    const auto alice = scram_verifier::mock("alice", "secret");
    EXPECT_EQ(alice, scram_verifier::mock("alice", "secret"));
    EXPECT_NE(alice.salt, scram_verifier::mock("bob", "secret").salt);
    EXPECT_NE(alice.salt, scram_verifier::mock("alice", "other").salt);
    EXPECT_EQ(alice.salt.size(), scram_salt_bytes);
    EXPECT_EQ(alice.iterations, scram_iterations_default);
}

struct bad_message {
    const char* name;
    std::string_view text;
    std::string_view sqlstate;
};

const bad_message bad_firsts[] = {
    {"Empty", "", "08P01"},
    {"Garbage", "hello", "08P01"},
    {"FlagAlone", "n", "08P01"},
    {"NoAuthzidComma", "n,n=user,r=abc", "08P01"},
    {"Authzid", "n,a=root,n=user,r=abc", "0A000"},
    {"ChannelBinding", "p=tls-server-end-point,,n=user,r=abc", "08P01"},
    {"MandatoryExtension", "n,,m=x,n=user,r=abc", "0A000"},
    {"NoName", "n,,r=abc", "08P01"},
    {"NoNonce", "n,,n=user", "08P01"},
    {"EmptyNonce", "n,,n=user,r=", "08P01"},
    {"NonceWithSpace", "n,,n=user,r=a b", "08P01"},
    {"Nul", "n,,n=user,r=a\0b"sv, "08P01"},
};

class ScramBadFirst : public ::testing::TestWithParam<bad_message> {};

TEST_P(ScramBadFirst, IsRefused) {
    auto talk = exchange();
    const auto first = talk.first(GetParam().text);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().sqlstate, GetParam().sqlstate) << first.error().message;
}

const bad_message bad_lasts[] = {
    {"Empty", "", "08P01"},
    {"OtherBinding", "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=AAAA", "08P01"},
    {"OtherNonce", "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=AAAA", "08P01"},
    {"NoProof", "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "08P01"},
    {"ShortProof", "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=AAAA", "08P01"},
    {"ProofNotBase64",
     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=!!!!",
     "08P01"},
};

class ScramBadLast : public ::testing::TestWithParam<bad_message> {};

TEST_P(ScramBadLast, IsRefused) {
    auto talk = exchange();
    ASSERT_TRUE(talk.first(client_first));
    const auto last = talk.last(GetParam().text);
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().sqlstate, GetParam().sqlstate);
}

const auto name_of = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Wire, ScramBadFirst, ::testing::ValuesIn(bad_firsts), name_of);
INSTANTIATE_TEST_SUITE_P(Wire, ScramBadLast, ::testing::ValuesIn(bad_lasts), name_of);

TEST(Scram, YFlagMustComeBackAsItWas) {
    auto talk = exchange();
    ASSERT_TRUE(talk.first("y,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
    EXPECT_FALSE(talk.last(client_final));  // says "n,,"
    auto again = exchange();
    ASSERT_TRUE(again.first("y,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
    std::string answer(client_final);
    answer.replace(0, 6, "c=eSws");
    const auto last = again.last(answer);  // well-formed, but another text was signed
    ASSERT_TRUE(last);
    EXPECT_FALSE(last->has_value());
}

TEST(ScramVerifier, TextRoundTrip) {
    // ALTER ROLE ... PASSWORD 'pencil' with the salt of the RFC.
    const auto text =
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="sv;
    EXPECT_EQ(pencil().to_string(), text);
    const auto parsed = scram_verifier::parse(text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, pencil());
    // Cut anywhere it is no verifier: then it is somebody's plain password.
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(scram_verifier::parse(text.substr(0, size))) << size;
}

TEST(ScramVerifier, RefusesBadNumbers) {
    const std::string good = pencil().to_string();
    for (const char* number : {"0", "-1", "", "4096x", "99999999999"}) {
        std::string text = good;
        text.replace(text.find("4096"), 4, number);
        EXPECT_FALSE(scram_verifier::parse(text)) << number;
    }
}

TEST(Base64, RoundTripAndStrictness) {
    std::string bytes;
    for (int i = 0; i < 70; ++i) {
        EXPECT_EQ(from_base64(base64(bytes)), bytes);
        bytes += static_cast<char>(i * 37);
    }
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    for (const auto* wrong : {"Zg=", "Zg", "Zh==", "Z===", "Zg==Zg==", "Z g=", "===="})
        EXPECT_FALSE(from_base64(wrong)) << wrong;
}

}  // namespace
}  // namespace pgduet::protocol
