#include "tests/proxy/running_proxy.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace pgduet::proxy {

running_proxy::running_proxy(const std::string& toml, std::vector<std::string> overrides) {
    spdlog::set_level(spdlog::level::err);
    const std::filesystem::path file = directory_.path() / "pgduet.toml";
    std::ofstream{file} << toml;
    overrides.insert(overrides.begin(), {"listen.port=0", "http.port=0", "state.directory=state"});
    const loaded_config loaded = load_config(file, overrides);
    for (const config_problem& problem : loaded.problems)
        throw std::runtime_error(problem.to_string());
    app_ = std::make_unique<application>(loaded.value, application::options{});
    thread_ = std::thread([this] { app_->run(); });
}

running_proxy::~running_proxy() {
    stop();
}

void running_proxy::stop() {
    if (!thread_.joinable())
        return;
    app_->stop();
    thread_.join();
}

std::string running_proxy::dsn(const std::string& more) const {
    return "host=127.0.0.1 port=" + std::to_string(port()) +
           " user=postgres dbname=postgres connect_timeout=10 " + more;
}

http_response running_proxy::get(const std::string& target) const {
    return http_call(
        "127.0.0.1", static_cast<std::uint16_t>(http_port()), {"GET", target, "", false, ""});
}

http_response running_proxy::post(const std::string& target, const std::string& body) const {
    return http_call("127.0.0.1",
                     static_cast<std::uint16_t>(http_port()),
                     {"POST", target, "application/json", false, body});
}

std::string test_client::run(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(get(), sql.c_str()), PQclear};
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_COMMAND_OK)
        return PQcmdStatus(answer.get());
    if (status != PGRES_TUPLES_OK) {
        const char* state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
        return std::string{"ERROR "} + (state ? state : "?");
    }
    std::string out;
    for (int row = 0; row < PQntuples(answer.get()); ++row) {
        out += row ? "\n" : "";
        for (int column = 0; column < PQnfields(answer.get()); ++column)
            out += std::string{column ? "|" : ""} + PQgetvalue(answer.get(), row, column);
    }
    return out;
}

std::string talk_raw(int port, const std::string& bytes) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        char buffer[4096];
        pollfd entry{socket, POLLIN, 0};
        while (::poll(&entry, 1, 2000) > 0) {
            const ssize_t count = ::recv(socket, buffer, sizeof buffer, 0);
            if (count <= 0)
                break;
            answer.append(buffer, static_cast<std::size_t>(count));
        }
    }
    ::close(socket);
    return answer;
}

}  // namespace pgduet::proxy
