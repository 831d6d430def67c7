#pragma once

#include <string>
#include <string_view>

#include "shadow/ledger/report_words.hpp"

namespace pgduet::ledger {

/// Text for the inside of an HTML or XML element or a quoted attribute: printable and escaped.
inline std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace pgduet::ledger
