#include "proxy/demo/shop.hpp"

#include <array>
#include <chrono>
#include <random>
#include <stdexcept>

#include "proxy/demo/pg_client.hpp"

namespace pgduet::proxy::demo {

using namespace std::chrono_literals;

namespace {

constexpr const char* schema = R"(
CREATE TABLE customers (
    id      bigserial PRIMARY KEY,
    email   text NOT NULL UNIQUE,
    name    varchar(80) NOT NULL,
    joined  timestamptz NOT NULL DEFAULT now());
CREATE TABLE products (
    id       bigserial PRIMARY KEY,
    name     text NOT NULL,
    category text NOT NULL,
    price    numeric(10,2) NOT NULL CHECK (price >= 0),
    stock    integer NOT NULL,
    active   boolean NOT NULL DEFAULT true);
CREATE TABLE orders (
    id          bigserial PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    placed      timestamptz NOT NULL DEFAULT now(),
    status      text NOT NULL DEFAULT 'open',
    total       numeric(12,2) NOT NULL DEFAULT 0);
CREATE TABLE order_items (
    order_id   bigint NOT NULL REFERENCES orders (id),
    product_id bigint NOT NULL REFERENCES products (id),
    quantity   integer NOT NULL,
    price      numeric(10,2) NOT NULL,
    PRIMARY KEY (order_id, product_id));
CREATE INDEX products_by_category ON products (category);
CREATE INDEX orders_by_customer ON orders (customer_id);
)";

constexpr std::array adjectives = {"Amber", "Brass", "Crimson", "Drowsy", "Emerald", "Frosted"};
constexpr std::array things = {"Lamp", "Kettle", "Teapot", "Chair", "Mirror", "Clock", "Basket"};
constexpr std::array categories = {"kitchen", "living", "garden", "office"};

template <class Choices>
std::string pick(const Choices& from, std::mt19937& dice) {
    return from[dice() % from.size()];
}

/// One visitor's actions on one connection.
class visitor {
public:
    visitor(const std::string& dsn, unsigned seed) : shop_(dsn), dice_(seed) {}

    void act() {
        const unsigned what = dice_() % 100;
        if (what < 45)
            look_at_product();
        else if (what < 65)
            browse();
        else if (what < 75)
            search();
        else if (what < 92)
            order();
        else if (what < 97)
            restock();
        else
            dashboard();
    }

private:
    std::string any_product() { return std::to_string(dice_() % shop::products + 1); }
    std::string any_customer() { return std::to_string(dice_() % shop::customers + 1); }

    void look_at_product() {
        shop_.run("SELECT id, name, category, price, stock, active FROM products WHERE id = $1",
                  {any_product()});
    }
    void browse() {
        shop_.run(
            "SELECT id, name, price FROM products WHERE category = $1 AND active "
            "ORDER BY price DESC, id LIMIT 20",
            {pick(categories, dice_)});
    }
    void search() {
        shop_.run("SELECT id, name FROM products WHERE name LIKE $1 ORDER BY id LIMIT 10",
                  {"%" + pick(things, dice_) + "%"});
    }
    void order() {
        shop_.run("BEGIN");
        const auto placed = shop_.run(
            "INSERT INTO orders (customer_id) VALUES ($1) RETURNING id, placed", {any_customer()});
        const std::string id = placed.at(0).at(0).value();
        const unsigned first = dice_() % shop::products;
        for (unsigned i = 0, items = 1 + dice_() % 3; i < items; ++i) {
            const std::string product = std::to_string((first + i * 7) % shop::products + 1);
            shop_.run(
                "INSERT INTO order_items (order_id, product_id, quantity, price) "
                "SELECT $1, id, $3, price FROM products WHERE id = $2",
                {id, product, std::to_string(1 + dice_() % 4)});
            shop_.run("UPDATE products SET stock = stock - 1 WHERE id = $1", {product});
        }
        shop_.run(
            "UPDATE orders SET total = (SELECT sum(quantity * price) FROM order_items "
            "WHERE order_id = $1) WHERE id = $1",
            {id});
        shop_.run(dice_() % 20 == 0 ? "ROLLBACK" : "COMMIT");
    }
    void restock() {
        shop_.run("UPDATE products SET stock = stock + $1 WHERE id = $2",
                  {std::to_string(dice_() % 50), any_product()});
    }
    void dashboard() {
        shop_.run(
            "SELECT status, count(*), sum(total) FROM orders WHERE customer_id = $1 "
            "GROUP BY status ORDER BY status",
            {any_customer()});
    }

    pg_client shop_;
    std::mt19937 dice_;
};

}  // namespace

void shop::build() {
    pg_client owner(dsn_);
    owner.script(schema);
    std::mt19937 dice(7);
    owner.run("BEGIN");
    for (int i = 1; i <= customers; ++i)
        owner.run(
            "INSERT INTO customers (email, name) VALUES ($1, $2)",
            {"customer" + std::to_string(i) + "@example.org", "Customer " + std::to_string(i)});
    for (int i = 1; i <= products; ++i)
        owner.run("INSERT INTO products (name, category, price, stock) VALUES ($1, $2, $3, $4)",
                  {pick(adjectives, dice) + " " + pick(things, dice) + " No. " + std::to_string(i),
                   pick(categories, dice),
                   std::to_string(1 + dice() % 200) + "." + std::to_string(10 + dice() % 90),
                   std::to_string(100 + dice() % 900)});
    owner.run("COMMIT");
}

void shop::open(int customers_at_once) {
    closing_ = false;
    for (int i = 0; i < customers_at_once; ++i)
        clients_.emplace_back([this, i] { work(static_cast<unsigned>(i) + 1); });
}

void shop::close() {
    closing_ = true;
    for (std::thread& one : clients_)
        one.join();
    clients_.clear();
}

void shop::work(unsigned seed) {
    try {
        visitor me(dsn_, seed);
        while (!closing_) {
            me.act();
            ++transactions_;
            std::this_thread::sleep_for(10ms);  // people think; the machine is not to be filled
        }
    } catch (const std::exception& failed) {
        ++errors_;
        const std::lock_guard lock(mutex_);
        if (first_error_.empty())
            first_error_ = failed.what();
    }
}

std::string shop::first_error() const {
    const std::lock_guard lock(mutex_);
    return first_error_;
}

}  // namespace pgduet::proxy::demo
