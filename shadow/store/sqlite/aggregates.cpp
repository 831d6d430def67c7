#include <cmath>
#include <new>

#include "protocol/sql_types/array_literal.hpp"
#include "protocol/sql_types/sqlstate.hpp"
#include "shadow/store/sqlite/decimal.hpp"
#include "shadow/store/sqlite/function_tools.hpp"
#include "shadow/store/sqlite/json_text.hpp"

/// Aggregates SQLite lacks or computes in doubles; each is a window function too.
namespace pgduet::store::sqlite::functions {
namespace {

/// Lives in SQLite's zeroed aggregate memory: made at the first row, destroyed at the end.
template <class State>
struct slot {
    State* state;
};

template <class State>
State* state_of(sqlite3_context* context, bool make) {
    auto* const place = static_cast<slot<State>*>(
        sqlite3_aggregate_context(context, make ? sizeof(slot<State>) : 0));
    if (place == nullptr)
        return nullptr;
    if (place->state == nullptr && make)
        place->state = new State;
    return place->state;
}

template <class State>
void step(sqlite3_context* context, int count, sqlite3_value** values) {
    state_of<State>(context, true)->add(call(context, count, values));
}

template <class State>
void inverse(sqlite3_context* context, int count, sqlite3_value** values) {
    state_of<State>(context, true)->remove(call(context, count, values));
}

template <class State>
void value(sqlite3_context* context) {
    const call c(context, 0, nullptr);
    if (State* const state = state_of<State>(context, false))
        state->answer(c);
    else
        c.answer_null();
}

template <class State>
void final_value(sqlite3_context* context) {
    value<State>(context);
    delete state_of<State>(context, false);
}

template <class State>
void define_aggregate(connection& target, const char* name, int arity) {
    sqlite3_create_window_function(target.raw(),
                                   name,
                                   arity,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   nullptr,
                                   step<State>,
                                   final_value<State>,
                                   value<State>,
                                   inverse<State>,
                                   nullptr);
}

class numeric_sum {
public:
    void add(const call& c) { change(c, 1); }
    void remove(const call& c) { change(c, -1); }
    void answer(const call& c) const {
        if (count_ == 0)
            c.answer_null();
        else
            c.answer(not_numbers_ > 0 ? std::string("NaN") : total_.print());
    }

protected:
    void change(const call& c, int by) {
        if (c.null(0))
            return;
        count_ += by;
        const std::string text = c.type(0) == SQLITE_FLOAT
                                     ? protocol::print_float8(sqlite3_value_double(c.raw(0)))
                                     : std::string(c.text(0));
        if (const auto number = decimal::parse(text))
            total_ = by > 0 ? total_ + *number : total_ - *number;
        else
            not_numbers_ += by;
    }

    decimal total_;
    std::int64_t count_ = 0;
    std::int64_t not_numbers_ = 0;
};

class numeric_average : public numeric_sum {
public:
    void answer(const call& c) const {
        if (count_ == 0)
            c.answer_null();
        else
            c.answer(not_numbers_ > 0 ? std::string("NaN") : (total_ / decimal(count_)).print());
    }
};

/// Rows come and go at the front and back of a window; kept in order.
class array_collector {
public:
    void add(const call& c) {
        if (type_ == 0)
            type_ = type_named(c.text(1));
        if (c.null(0)) {
            array_.elements.emplace_back();
            return;
        }
        auto text = argument_text(c.raw(0), type_);
        array_.elements.emplace_back(text ? *text : std::string(c.text(0)));
    }
    void remove(const call&) { array_.elements.erase(array_.elements.begin()); }
    void answer(const call& c) const {
        if (array_.elements.empty()) {
            c.answer_null();
            return;
        }
        protocol::codec::array_literal out = array_;
        out.dimensions = {{static_cast<std::int32_t>(out.elements.size()), 1}};
        c.answer(protocol::codec::print_array(out));
    }

private:
    protocol::codec::array_literal array_;
    oid type_ = 0;
};

class json_collector {
public:
    void add(const call& c) {
        jsonb_ = c.text(2) == "jsonb";
        parts_.push_back(json_of(c.raw(0), type_named(c.text(1))));
    }
    void remove(const call&) { parts_.erase(parts_.begin()); }
    void answer(const call& c) const {
        if (parts_.empty()) {
            c.answer_null();
            return;
        }
        std::string out = "[";
        for (std::size_t i = 0; i < parts_.size(); ++i)
            out += (i == 0 ? "" : ", ") + parts_[i];
        answer_json(c, out + "]", jsonb_);
    }

private:
    std::vector<std::string> parts_;
    bool jsonb_ = false;
};

class json_object_collector {
public:
    void add(const call& c) {
        jsonb_ = c.text(3) == "jsonb";
        if (c.null(0)) {
            null_key_ = true;
            return;
        }
        parts_.push_back(json_string(c.text(0)) + (jsonb_ ? ": " : " : ") +
                         json_of(c.raw(1), type_named(c.text(2))));
    }
    void remove(const call&) { parts_.erase(parts_.begin()); }
    void answer(const call& c) const {
        if (null_key_) {
            c.raise(protocol::sqlstate::invalid_parameter_value, "field name must not be null");
            return;
        }
        if (parts_.empty()) {
            c.answer_null();
            return;
        }
        std::string out = jsonb_ ? "{" : "{ ";
        for (std::size_t i = 0; i < parts_.size(); ++i)
            out += (i == 0 ? "" : ", ") + parts_[i];
        answer_json(c, out + (jsonb_ ? "}" : " }"), jsonb_);
    }

private:
    std::vector<std::string> parts_;
    bool jsonb_ = false;
    bool null_key_ = false;
};

/// Youngs and Cramer's sums, as float8_accum() keeps them.
template <bool sample, bool root>
class variance {
public:
    void add(const call& c) {
        if (c.null(0))
            return;
        const double x = c.real(0);
        ++count_;
        total_ += x;
        if (count_ > 1) {
            const double part = x * static_cast<double>(count_) - total_;
            squares_ +=
                part * part / (static_cast<double>(count_) * static_cast<double>(count_ - 1));
        } else if (std::isnan(x) || std::isinf(x)) {
            squares_ = NAN;
        }
    }
    void remove(const call& c) {
        if (c.null(0))
            return;
        const double x = c.real(0);
        if (count_ > 1) {
            const double part = x * static_cast<double>(count_) - total_;
            squares_ -=
                part * part / (static_cast<double>(count_) * static_cast<double>(count_ - 1));
        }
        --count_;
        total_ -= x;
    }
    void answer(const call& c) const {
        const std::int64_t least = sample ? 2 : 1;
        if (count_ < least) {
            c.answer_null();
            return;
        }
        const double value = squares_ / static_cast<double>(count_ - (sample ? 1 : 0));
        c.answer(root ? std::sqrt(value) : value);
    }

private:
    std::int64_t count_ = 0;
    double total_ = 0;
    double squares_ = 0;
};

}  // namespace

void register_aggregates(connection& target) {
    define_aggregate<numeric_sum>(target, "pg_sum_numeric", 1);
    define_aggregate<numeric_average>(target, "pg_avg_numeric", 1);
    define_aggregate<array_collector>(target, "pg_array_agg", 2);
    define_aggregate<json_collector>(target, "pg_json_agg", 3);
    define_aggregate<json_object_collector>(target, "pg_json_object_agg", 4);
    define_aggregate<variance<true, true>>(target, "pg_stddev_samp", 1);
    define_aggregate<variance<false, true>>(target, "pg_stddev_pop", 1);
    define_aggregate<variance<true, false>>(target, "pg_var_samp", 1);
    define_aggregate<variance<false, false>>(target, "pg_var_pop", 1);
}

}  // namespace pgduet::store::sqlite::functions
