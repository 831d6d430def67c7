#include "shadow/capture/wire_capture.hpp"

#include "shadow/capture/wire_capture_implementation.hpp"

namespace pgduet::capture {

wire_capture::wire_capture(shared context,
                           std::uint64_t session,
                           std::vector<std::pair<std::string, std::string>> startup_settings)
    : self_(std::make_unique<implementation>(context, session, std::move(startup_settings))) {}

wire_capture::~wire_capture() = default;
wire_capture::wire_capture(wire_capture&&) noexcept = default;
wire_capture& wire_capture::operator=(wire_capture&&) noexcept = default;

void wire_capture::on_client(std::string_view bytes, std::string& to_server) {
    self_->on_client(bytes, to_server);
}

void wire_capture::on_server(std::string_view bytes,
                             std::string& to_client,
                             std::string& to_server) {
    self_->on_server(bytes, to_client, to_server);
}

bool wire_capture::wants_client() const {
    return self_->wants_client();
}
bool wire_capture::at_rest() const {
    return self_->at_rest();
}
char wire_capture::transaction_status() const {
    return self_->status_;
}
bool wire_capture::terminated() const {
    return self_->terminated_;
}
bool wire_capture::broken() const {
    return self_->client_.broken();
}
bool wire_capture::pinned() const {
    return self_->pinned_;
}
void wire_capture::abandon() {
    self_->abandon();
}

std::vector<std::string> wire_capture::named_statements() const {
    std::vector<std::string> out;
    for (const auto& [name, one] : self_->statements_) {
        if (!name.empty())
            out.push_back(one->parse_message);
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> wire_capture::settings() const {
    return {self_->settings_.begin(), self_->settings_.end()};
}

}  // namespace pgduet::capture
