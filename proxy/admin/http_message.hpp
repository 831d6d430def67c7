#pragma once

#include <functional>
#include <string>

namespace pgduet::proxy {

/// A request as the routes see it; what HTTP is made of stays in http_server.
struct http_request {
    std::string method;  ///< GET, POST, ...
    std::string target;  ///< path and query
    std::string content_type;
    bool has_origin = false;  ///< sent by a web page of somebody
    std::string body;
};

struct http_response {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

/// Answers once, from any thread.
using http_answer = std::function<void(http_response)>;
using http_handler = std::function<void(http_request, http_answer)>;

}  // namespace pgduet::proxy
