#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "protocol/backend_message.hpp"
#include "protocol/conversation/session_fsm.hpp"

using namespace pgduet::protocol;

namespace {

using transaction = session_fsm::transaction;

/// A driver whose answers follow from the bytes: it fails, ends transactions and starts COPYs.
class driver {
public:
    explicit driver(std::string_view stream) : choices_(stream) { splitter_.append(stream); }

    /// True while there is more to do.
    bool step(session_action& next) {
        if (std::holds_alternative<step::finish>(next))
            return false;
        if (std::holds_alternative<step::read>(next)) {
            const auto found = splitter_.next();
            if (!found) {
                next = fsm_.on_bad_frame(found.error(), splitter_.rest()[0]);
                return true;
            }
            if (!*found)
                return false;
            next = fsm_.on_frame(**found);
        } else {
            next = std::visit([this](const auto& action) { return answer(action); }, next);
        }
        return true;
    }
    session_fsm& fsm() { return fsm_; }

private:
    unsigned choice() {
        if (choices_.empty())
            return 0;
        const auto value = static_cast<unsigned char>(choices_[at_++ % choices_.size()]);
        return value;
    }
    transaction status() {
        constexpr transaction all[] = {transaction::idle, transaction::open, transaction::failed};
        return all[choice() % 3];
    }
    static session_handle handle() { return std::make_shared<int>(0); }
    session_action failed() { return fsm_.failed(make_error("XX000", "chosen"), status()); }

    session_action answer(const step::read&) { std::abort(); }
    session_action answer(const step::finish&) { std::abort(); }
    session_action answer(const step::flush&) { return fsm_.flushed(); }
    session_action answer(const step::abort&) { return fsm_.aborted(status()); }
    session_action answer(const step::sync&) {
        if (choice() % 5 == 0)
            return fsm_.synced(make_error("40001", "chosen"), status());
        return fsm_.synced(std::nullopt, status());
    }
    session_action answer(const step::prepare&) {
        return choice() % 4 == 0 ? failed() : fsm_.prepared(handle(), choice() % 3);
    }
    session_action answer(const step::bind&) {
        return choice() % 4 == 0 ? failed() : fsm_.bound(handle());
    }
    session_action answer(const step::describe_statement&) {
        return choice() % 4 == 0 ? failed() : fsm_.described({23}, std::vector<column>(1));
    }
    session_action answer(const step::describe_portal&) { return fsm_.described({}, {}); }
    session_action answer(const step::query&) {
        in_query_ = true;
        return go_on();
    }
    session_action answer(const step::execute&) {
        in_query_ = false;
        return go_on();
    }
    session_action answer(const step::copy_in_data&) {
        return choice() % 4 == 0 ? end_badly() : fsm_.copy_taken();
    }
    session_action answer(const step::copy_in_done&) { return go_on(); }
    session_action answer(const step::copy_in_failed&) { return end_badly(); }

    session_action end_badly() {
        if (!in_query_)
            return failed();
        fsm_.fail(make_error("XX000", "chosen"), status());
        return fsm_.query_done();
    }
    session_action go_on() {
        fsm_.row(std::string_view("\0\0", 2));
        switch (choice() % 6) {
            case 0:
                return end_badly();
            case 1:
                return fsm_.copy_in_started(format::text, {});
            case 2:
                fsm_.copy_out_started(format::text, {});
                fsm_.copy_out_row("x");
                break;
            case 3:
                if (!in_query_)
                    return fsm_.suspended();
                return fsm_.query_done();
            default:
                break;
        }
        if (!in_query_)
            return fsm_.executed("X", status());
        fsm_.complete("X", status());
        return fsm_.query_done();
    }

    session_fsm fsm_;
    frame_splitter splitter_{framing::frontend, 10'000};
    std::string_view choices_;
    std::size_t at_ = 0;
    bool in_query_ = false;
};

}  // namespace

/// Whatever a client sends and a driver answers, the machine's assertions hold, it comes to an end
/// of the stream, and its output is a row of whole messages.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    driver driven({reinterpret_cast<const char*>(data), size});
    session_action next = driven.fsm().start();
    for (std::size_t steps = 0; driven.step(next); ++steps)
        if (steps > 10 * size + 100)
            std::abort();
    frame_splitter splitter(framing::backend);
    splitter.append(driven.fsm().output());
    for (;;) {
        const auto found = splitter.next();
        if (!found)
            std::abort();
        if (!*found)
            break;
        if (!decode_backend((*found)->tag, (*found)->body))
            std::abort();
    }
    if (!splitter.rest().empty())
        std::abort();
    return 0;
}
