#include "proxy/auth/login.hpp"

#include <cstring>

namespace pgduet::proxy {

namespace {

std::uint32_t get32(const char* at) {
    const auto* u = reinterpret_cast<const unsigned char*>(at);
    return std::uint32_t{u[0]} << 24 | u[1] << 16 | u[2] << 8 | u[3];
}
void put32(std::string& out, std::uint32_t v) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(v >> shift);
}
void message(std::string& out, char tag, const std::string& body) {
    out += tag;
    put32(out, body.size() + 4);
    out += body;
}

}  // namespace

task<login_result> run_login(channel& client, login_services) {
    login_result result;
    std::string in;
    for (;;) {
        if (in.size() >= 8) {
            const std::uint32_t size = get32(in.data());
            const std::uint32_t code = get32(in.data() + 4);
            if (size > 10000)
                co_return result;
            if (in.size() >= size) {
                if (code == 80877103 || code == 80877104) {
                    client.write_now("N");
                    in.erase(0, size);
                    continue;
                }
                if (code == 80877102) {
                    result.what = login_result::kind::cancel;
                    result.cancel.process = get32(in.data() + 8);
                    result.cancel.secret = get32(in.data() + 12);
                    co_return result;
                }
                for (std::size_t at = 8; at < size && in[at];) {
                    std::string name = in.c_str() + at;
                    at += name.size() + 1;
                    std::string value = in.c_str() + at;
                    at += value.size() + 1;
                    if (name == "user")
                        result.client.user = value;
                    else if (name == "database")
                        result.client.database = value;
                    else
                        result.client.parameters.emplace_back(name, value);
                }
                if (result.client.database.empty())
                    result.client.database = result.client.user;
                result.what = login_result::kind::client;
                co_return result;
            }
        }
        if (!co_await client.wait_readable())
            co_return result;
        const auto got = client.read_now(receive_buffer(), receive_bytes);
        if (got.how == channel::status::closed)
            co_return result;
        in.append(receive_buffer(), got.bytes);
    }
}

std::string welcome_bytes(const settings_list& parameters, cancel_key key) {
    std::string out;
    message(out, 'R', std::string(4, '\0'));
    for (const auto& [name, value] : parameters)
        message(out, 'S', name + '\0' + value + '\0');
    std::string body;
    put32(body, key.process);
    put32(body, key.secret);
    message(out, 'K', body);
    message(out, 'Z', "I");
    return out;
}

std::string error_bytes(const protocol::sql_error& error) {
    std::string body;
    const auto field = [&body](char code, const std::string& text) {
        if (!text.empty())
            body += code + text + '\0';
    };
    field('S', error.severity);
    field('V', error.severity);
    field('C', error.sqlstate);
    field('M', error.message);
    body += '\0';
    std::string out;
    message(out, 'E', body);
    return out;
}

}  // namespace pgduet::proxy
