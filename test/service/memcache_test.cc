// What a turn does at its edges: full outputs, missing memory, values in pieces.
#include "service/memcache.h"

#include <optional>
#include <string>

#include "../storage/map_store.h"
#include "core/signals.h"
#include "memcache_rig.h"

#include "check.h"

namespace pelikan {
namespace {

using test::MapLimits;
using test::MapStore;

// A reference store that tells how it is used.
class WatchedStore : public MapStore {
 public:
  // A value being received; counts itself.
  class Reservation {
   public:
    Reservation(MapStore::Reservation&& inner, int& alive)
        : inner_(std::move(inner)), alive_(&alive) {
      ++*alive_;
    }
    Reservation(Reservation&& other) noexcept
        : inner_(std::move(other.inner_)), alive_(other.alive_) {
      ++*alive_;
    }
    Reservation& operator=(Reservation&&) = delete;
    ~Reservation() { --*alive_; }
    [[nodiscard]] std::span<char> next() noexcept { return inner_.next(); }
    void advance(size_t n) noexcept { inner_.advance(n); }

   private:
    friend class WatchedStore;
    MapStore::Reservation inner_;
    int* alive_;
  };

  using MapStore::MapStore;

  [[nodiscard]] Epoch enter() noexcept {
    ++epochs;
    return MapStore::enter();
  }
  bool make_room() noexcept {
    ++rooms;
    return MapStore::make_room();
  }
  [[nodiscard]] std::optional<Reservation> reserve(std::string_view key, size_t size) noexcept {
    auto inner = MapStore::reserve(key, size);
    if (!inner) return std::nullopt;
    ++reserves;
    return std::optional<Reservation>(std::in_place, *std::move(inner), alive);
  }
  PutStatus publish(const Lookup& key, Reservation&& value, const Value& meta,
                    PutMode mode) noexcept {
    return MapStore::publish(key, std::move(value.inner_), meta, mode);
  }
  Written publish(const Lookup& key, Reservation&& value, const Value& meta,
                  const WriteTerms& terms) noexcept {
    return MapStore::publish(key, std::move(value.inner_), meta, terms);
  }
  PutStatus publish_if(const Lookup& key, Reservation&& value, const Value& meta,
                       uint64_t cas) noexcept {
    return MapStore::publish_if(key, std::move(value.inner_), meta, cas);
  }

  int epochs = 0;
  int rooms = 0;
  int reserves = 0;
  int alive = 0;
};

struct Rig {
  explicit Rig(MapLimits limits = {}, const test::OptionTexts& options = {})
      : server(options), store(server.clock, limits) {}

  std::string send(std::string_view bytes) { return connection->send(bytes); }
  // In pieces of this size.
  std::string send(std::string_view bytes, size_t piece) {
    std::string replies;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      replies += send(bytes.substr(0, piece));
    }
    return replies;
  }

  test::MemcacheServer server;
  WatchedStore store;
  MemcacheShared<WatchedStore> shared{store,          server.clock, server.control,
                                      server.metrics, server.klog,  {}};
  using Connection = test::MemcacheConnection<WatchedStore>;
  std::unique_ptr<Connection> connection = std::make_unique<Connection>(server, shared);
};

std::string set_line(std::string_view key, std::string_view value, std::string_view extra = "") {
  return "set " + std::string(key) + " 0 0 " + std::to_string(value.size()) + std::string(extra) +
         "\r\n" + std::string(value) + "\r\n";
}

std::string value_reply(std::string_view key, std::string_view value) {
  return "VALUE " + std::string(key) + " 0 " + std::to_string(value.size()) + "\r\n" +
         std::string(value) + "\r\n";
}

std::string repeat(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Bytes that tell where they stand.
std::string pattern(size_t size) {
  std::string bytes(size, ' ');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return bytes;
}

// ---- output

START_TEST(a_multi_get_stops_between_two_keys_when_the_output_is_full_and_goes_on_there) {
  Rig rig;
  const std::string value = pattern(10'000);
  std::string line = "get";
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "key" + std::to_string(i);
    rig.send(set_line(key, value));
    line += " " + key;
    expected += value_reply(key, value);
  }
  rig.connection->stop_reading();
  ck_assert_text_eq(rig.send(line + "\r\nmn\r\n"), "");
  ck_assert_uint_ge(rig.connection->unread(), Output::kHighWatermark);
  ck_assert_uint_le(rig.connection->unread(), Output::kHighWatermark + value.size() + 1024);
  ck_assert_text_eq(rig.connection->read_on(), expected + "END\r\nMN\r\n");
  ck_assert_uint_eq(rig.server.count("memcache_get_hit"), 100);
}
END_TEST

START_TEST(a_gat_that_stopped_goes_on_with_its_exptime) {
  Rig rig;
  const std::string value = pattern(60'000);
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g"}) rig.send(set_line(key, value));
  rig.connection->stop_reading();
  rig.send("gat 10 a b c d e f g\r\n");
  rig.connection->read_on();
  rig.server.advance_s(10);
  ck_assert_text_eq(rig.send("get a b c d e f g\r\n"), "END\r\n");
}
END_TEST

START_TEST(a_write_is_not_executed_before_its_reply_has_room) {
  Rig rig;
  rig.send(set_line("big", pattern(300'000)));
  rig.send("set n 0 0 1\r\n1\r\n");
  rig.connection->stop_reading();
  rig.send("get big\r\nincr n 1\r\n");
  ck_assert_uint_eq(rig.server.count("memcache_incr_hit"), 0);
  rig.connection->read_on();
  ck_assert_uint_eq(rig.server.count("memcache_incr_hit"), 1);
  ck_assert_text_eq(rig.send("get n\r\n"), "VALUE n 0 1\r\n2\r\nEND\r\n");
}
END_TEST

START_TEST(a_value_that_can_never_be_sent_ends_the_connection_with_a_word) {
  Rig rig({.value = 80 * kMiB});
  const std::string value = pattern(70 * kMiB);
  ck_assert_text_eq(rig.send(set_line("k", value)), "STORED\r\n");
  ck_assert_text_eq(rig.send("get k\r\nmn\r\n"),
                    "SERVER_ERROR out of memory writing get response\r\n");
  ck_assert(rig.connection->is_closed());
}
END_TEST

START_TEST(long_replies_renew_the_epoch) {
  Rig rig;
  const std::string value = pattern(32'000);
  std::string line = "get";
  for (int i = 0; i < 8; ++i) {
    rig.send(set_line("k" + std::to_string(i), value));
    line += " k" + std::to_string(i);
  }
  const int before = rig.store.epochs;
  rig.send(line + "\r\n");
  // Eight keys are one batch; three of these values are more than 64 KiB.
  ck_assert_int_eq(rig.store.epochs - before, 3);
}
END_TEST

START_TEST(sixteen_keys_share_an_epoch) {
  Rig rig;
  std::string line = "get";
  for (int i = 0; i < 40; ++i) line += " k" + std::to_string(i);
  const int before = rig.store.epochs;
  rig.send(line + "\r\n");
  ck_assert_int_eq(rig.store.epochs - before, 3);
}
END_TEST

// ---- lists of keys

START_TEST(a_bad_key_behind_keys_already_answered_ends_the_connection) {
  Rig rig;
  rig.send("set a 0 0 1\r\nv\r\n");
  std::string line = "get a";
  while (line.size() < memcache::kMaxOpenLine) line += " another_key_of_some_length";
  ck_assert_text_eq(rig.send(line), value_reply("a", "v"));
  ck_assert_text_eq(rig.send(" " + std::string(251, 'y') + " c\r\nmn\r\n"),
                    "CLIENT_ERROR bad command line format\r\n");
  ck_assert(rig.connection->is_closed());
}
END_TEST

START_TEST(a_list_of_keys_longer_than_the_input_is_answered_as_it_comes) {
  Rig rig;
  rig.send("set a 0 0 1\r\nv\r\n");
  std::string line = "gets";
  for (int i = 0; i < 10'000; ++i) line += " key_of_twenty_bytes" + std::to_string(i % 10);
  const std::string reply = rig.send(line + " a\r\n");
  ck_assert_text_eq(reply, "VALUE a 0 1 1\r\nv\r\nEND\r\n");
  ck_assert_uint_eq(rig.server.count("memcache_get_miss"), 10'000);
}
END_TEST

// ---- memory of the store

START_TEST(a_write_that_finds_no_memory_is_done_when_room_was_made) {
  Rig rig;
  rig.send("set n 0 0 1\r\n1\r\n");
  for (const std::string_view line :
       {"set k 0 0 1\r\nv\r\n", "append n 0 0 1\r\n0\r\n", "replace k 0 0 1\r\nw\r\n"}) {
    rig.store.refuse(1);
    ck_assert_text_eq(rig.send(line), "STORED\r\n");
  }
  rig.store.refuse(2);
  ck_assert_text_eq(rig.send("incr n 5\r\n"), "15\r\n");
  ck_assert_int_eq(rig.store.rooms, 5);
  ck_assert_uint_eq(rig.server.count("memcache_no_memory"), 0);
  ck_assert_uint_eq(rig.server.count("memcache_incr_hit"), 1);
}
END_TEST

START_TEST(a_write_that_never_gets_memory_is_told_and_the_old_value_goes) {
  for (const std::string_view line :
       {"set n 0 0 1\r\nv\r\n", "append n 0 0 1\r\n0\r\n", "replace n 0 0 1\r\nw\r\n",
        "incr n 1\r\n", "cas n 0 0 1 1\r\nv\r\n"}) {
    Rig rig;
    rig.send("set n 0 0 1\r\n1\r\n");
    rig.store.refuse(1, false);
    ck_assert_text_eq(rig.send(line), "SERVER_ERROR out of memory storing object\r\n");
    ck_assert_text_eq(rig.send("get n\r\n"), "END\r\n");
    ck_assert_uint_eq(rig.server.count("memcache_no_memory"), 1);
  }
}
END_TEST

START_TEST(a_write_gives_up_when_others_take_all_the_room_it_makes) {
  Rig rig;
  rig.store.refuse(1000);
  ck_assert_text_eq(rig.send("set k 0 0 1\r\nv\r\n"),
                    "SERVER_ERROR out of memory storing object\r\n");
  ck_assert_int_le(rig.store.rooms, 8);
}
END_TEST

START_TEST(requests_around_one_without_memory_are_answered_in_order) {
  Rig rig;
  rig.store.refuse(1, false);
  ck_assert_text_eq(
      rig.send("get a\r\nset a 0 0 1\r\nv\r\nmn\r\nset b 0 0 1 noreply\r\nw\r\nget a b\r\n"),
      "END\r\nSERVER_ERROR out of memory storing object\r\nMN\r\n" + value_reply("b", "w") +
          "END\r\n");
}
END_TEST

START_TEST(no_memory_under_noreply_is_silent) {
  Rig rig;
  rig.send("set k 0 0 1\r\nv\r\n");
  rig.store.refuse(1, false);
  ck_assert_text_eq(rig.send("set k 0 0 1 noreply\r\nw\r\nget k\r\n"), "END\r\n");
}
END_TEST

// ---- values in pieces

START_TEST(a_value_that_fits_the_input_waits_there) {
  Rig rig;
  const std::string value = pattern(60'000);
  ck_assert_text_eq(rig.send(set_line("k", value), 1000), "STORED\r\n");
  ck_assert_int_eq(rig.store.reserves, 0);
  ck_assert_text_eq(rig.send("get k\r\n"), value_reply("k", value) + "END\r\n");
}
END_TEST

START_TEST(a_large_value_is_received_into_the_store) {
  for (const size_t piece : {1UL, 7UL, 1000UL, 65'000UL, 10'000'000UL}) {
    Rig rig;
    const std::string value = pattern(200'003);
    ck_assert_text_eq(rig.send("mn\r\n" + set_line("k", value) + "mn\r\n", piece),
                      "MN\r\nSTORED\r\nMN\r\n");
    ck_assert_int_eq(rig.store.reserves, 1);
    ck_assert_int_eq(rig.store.alive, 0);
    ck_assert_text_eq(rig.send("get k\r\n"), value_reply("k", value) + "END\r\n");
  }
}
END_TEST

START_TEST(a_large_value_that_came_whole_is_copied_into_the_store) {
  Rig rig({.large_from = 1000});
  const std::string value = pattern(5'000);
  ck_assert_text_eq(rig.send(set_line("k", value)), "STORED\r\n");
  ck_assert_int_eq(rig.store.reserves, 1);
  ck_assert_text_eq(rig.send("get k\r\n"), value_reply("k", value) + "END\r\n");
}
END_TEST

START_TEST(every_storage_command_takes_a_large_value) {
  Rig rig;
  const std::string value = pattern(100'000);
  const std::string tail = " 0 0 100000\r\n" + value + "\r\n";
  ck_assert_text_eq(rig.send("add k" + tail, 5000), "STORED\r\n");
  ck_assert_text_eq(rig.send("add k" + tail, 5000), "NOT_STORED\r\n");
  ck_assert_text_eq(rig.send("replace k" + tail, 5000), "STORED\r\n");
  ck_assert_text_eq(rig.send("append k" + tail, 5000), "STORED\r\n");
  ck_assert_text_eq(rig.send("prepend k" + tail, 5000), "STORED\r\n");
  ck_assert_text_eq(rig.send("get k\r\n"), value_reply("k", value + value + value) + "END\r\n");
  ck_assert_text_eq(rig.send("cas k 0 0 100000 9999\r\n" + value + "\r\n", 5000), "EXISTS\r\n");
  ck_assert_text_eq(rig.send("cas x 0 0 100000 9999\r\n" + value + "\r\n", 5000), "NOT_FOUND\r\n");
  ck_assert_text_eq(rig.send("set k 0 0 100000 noreply\r\n" + value + "\r\n", 5000), "");
  ck_assert_text_eq(rig.send("get k\r\n"), value_reply("k", value) + "END\r\n");
}
END_TEST

START_TEST(a_value_between_input_and_segments_is_gathered_within_the_connection_memory) {
  Rig rig({.large_from = 900'000});
  const std::string value = pattern(500'000);
  const std::string request = set_line("k", value);
  const size_t free_before = rig.server.pool.available();
  ck_assert_text_eq(rig.send(std::string_view(request).substr(0, 300'000), 4096), "");
  ck_assert_uint_le(rig.server.pool.available(), free_before - 7);
  ck_assert_text_eq(rig.send(std::string_view(request).substr(300'000), 4096), "STORED\r\n");
  ck_assert_uint_eq(rig.server.pool.available(), free_before);
  ck_assert_int_eq(rig.store.reserves, 0);
  ck_assert_text_eq(rig.send("get k\r\n"), value_reply("k", value) + "END\r\n");
}
END_TEST

START_TEST(a_value_for_which_there_is_no_connection_memory_is_swallowed_and_told) {
  Rig rig({.value = 80 * kMiB, .large_from = 80 * kMiB});
  rig.send("set k 0 0 1\r\nv\r\n");
  const std::string value(70 * kMiB, 'x');
  ck_assert_text_eq(rig.send(set_line("k", value), 60'000),
                    "SERVER_ERROR out of memory storing object\r\n");
  ck_assert_text_eq(rig.send("get k\r\n"), "END\r\n");
}
END_TEST

START_TEST(a_large_value_for_which_there_is_no_store_memory_is_swallowed_and_told) {
  Rig rig;
  rig.send("set k 0 0 1\r\nv\r\n");
  rig.store.refuse(1, false);
  ck_assert_text_eq(rig.send(set_line("k", pattern(100'000)) + "get k\r\n", 3000),
                    "SERVER_ERROR out of memory storing object\r\nEND\r\n");
  rig.store.refuse(1, true);
  ck_assert_text_eq(rig.send(set_line("k", pattern(100'000)), 3000), "STORED\r\n");
}
END_TEST

START_TEST(a_large_value_without_its_line_end_is_not_stored) {
  Rig rig;
  rig.send("set k 0 0 1\r\nv\r\n");
  const std::string value = pattern(100'000);
  ck_assert_text_eq(rig.send("set k 0 0 100000\r\n" + value + "xxget k\r\n", 5000),
                    "CLIENT_ERROR bad data chunk\r\n" + value_reply("k", "v") + "END\r\n");
  ck_assert_int_eq(rig.store.alive, 0);
}
END_TEST

START_TEST(a_value_over_the_limit_is_refused_at_its_line_and_never_buffered) {
  Rig rig({.value = 1000});
  const size_t free_before = rig.server.pool.available();
  ck_assert_text_eq(rig.send("set k 0 0 2147483645\r\n" + std::string(100'000, 'x')),
                    "SERVER_ERROR object too large for cache\r\n");
  ck_assert_uint_eq(rig.server.pool.available(), free_before);
  ck_assert_uint_eq(rig.server.count("memcache_too_large"), 1);
}
END_TEST

START_TEST(a_connection_that_ends_inside_a_value_gives_back_what_it_held) {
  Rig rig;
  rig.send("set k 0 0 200000\r\n" + pattern(150'000));
  ck_assert_int_eq(rig.store.alive, 1);
  rig.connection.reset();
  ck_assert_int_eq(rig.store.alive, 0);

  Rig gathering({.large_from = 900'000});
  const size_t free_before = gathering.server.pool.available();
  gathering.send("set k 0 0 200000\r\n" + pattern(150'000));
  ck_assert_uint_lt(gathering.server.pool.available(), free_before);
  gathering.connection.reset();
  ck_assert_uint_eq(gathering.server.pool.available(), free_before);
}
END_TEST

START_TEST(a_value_received_waits_for_room_for_its_reply) {
  Rig rig;
  rig.send(set_line("big", pattern(300'000)));
  const std::string value = pattern(100'000);
  const std::string request = set_line("k", value);
  rig.send(std::string_view(request).substr(0, 99'000));
  rig.connection->stop_reading();
  rig.send(std::string_view(request).substr(99'000));
  ck_assert_text_eq(rig.connection->read_on(), "STORED\r\n");
}
END_TEST

// ---- the rest

START_TEST(flush_all_is_refused_when_the_operator_forbids_it) {
  Rig rig({}, {{"memcache_flush_all", "no"}});
  rig.send("set k 0 0 1\r\nv\r\n");
  ck_assert_text_eq(rig.send("flush_all\r\nflush_all noreply\r\nget k\r\n"),
                    "CLIENT_ERROR flush_all not allowed\r\n" + value_reply("k", "v") + "END\r\n");
}
END_TEST

START_TEST(shutdown_stops_the_server_as_a_signal_does_when_the_operator_allows_it) {
  Signals signals;  // those of the process come here
  for (const char* line : {"shutdown\r\nmn\r\n", "shutdown graceful\r\nmn\r\n"}) {
    Rig rig({}, {{"memcache_shutdown", "yes"}});
    ck_assert_text_eq(rig.send(line), "");
    ck_assert(rig.connection->is_closed());
    ck_assert(signals.next() == Signal::kStop);
  }
  Rig forbidden;
  forbidden.send("shutdown\r\n");
  ck_assert(!signals.next());
}
END_TEST

START_TEST(what_stands_behind_quit_is_not_run) {
  Rig rig;
  rig.send("quit\r\nset k 0 0 1\r\nv\r\n");
  rig.connection = std::make_unique<Rig::Connection>(rig.server, rig.shared);
  ck_assert_text_eq(rig.send("get k\r\n"), "END\r\n");
}
END_TEST

// The batch behind the one that is executed is parsed already.
START_TEST(what_stands_behind_quit_at_the_end_of_a_batch_is_not_run) {
  Rig rig;
  std::string lines = repeat("mn\r\n", kBatch - 1) + "quit\r\n";
  for (int i = 0; i < 20; ++i) lines += set_line("k", "v");
  ck_assert_text_eq(rig.send(lines), repeat("MN\r\n", kBatch - 1));
  rig.connection = std::make_unique<Rig::Connection>(rig.server, rig.shared);
  ck_assert_text_eq(rig.send("get k\r\n"), "END\r\n");
}
END_TEST

START_TEST(a_list_behind_a_dump_that_ends_a_batch_is_read_anew) {
  Rig rig;
  const std::string set = set_line("get", "v", " noreply");
  std::string lines = repeat(set, kBatch - 1) + "lru_crawler metadump all\r\nget";
  std::string values;
  for (size_t i = 0; i < 3 * kBatch; ++i) {
    lines += " get";
    values += value_reply("get", "v");
  }
  const std::string replies = rig.send(lines + "\r\n");
  ck_assert(replies.starts_with("OK\r\nkey=get "));
  ck_assert(replies.ends_with("\nEND\r\n" + values + "END\r\n"));
}
END_TEST

START_TEST(refused_lines_and_foreign_protocols_are_counted) {
  Rig rig;
  rig.send("foo\r\nset k 0 x 1\r\nv\r\n\r\n");
  ck_assert_uint_eq(rig.server.count("memcache_refused"), 3);
  rig.send("GET / HTTP/1.1\r\n");
  ck_assert_uint_eq(rig.server.count("memcache_hang_up"), 1);
}
END_TEST

START_TEST(latencies_are_recorded_by_kind_of_command) {
  Rig rig;
  rig.send("get a b c\r\nset a 0 0 1\r\n1\r\nincr a 1\r\ndelete a\r\ntouch a 0\r\n");
  const MetricSnapshot metrics = rig.server.registry.read();
  const auto recorded = [&](const char* name) { return metrics.find(name)->histogram.count(); };
  ck_assert_uint_eq(recorded("memcache_get_latency"), 3);
  ck_assert_uint_eq(recorded("memcache_store_latency"), 1);
  ck_assert_uint_eq(recorded("memcache_arithmetic_latency"), 1);
  ck_assert_uint_eq(recorded("memcache_delete_latency"), 1);
  ck_assert_uint_eq(recorded("memcache_touch_latency"), 1);
}
END_TEST

START_TEST(a_processor_opens_conversations_and_tells_who_is_too_many) {
  test::MemcacheServer server;
  MemcacheProcessor<MapStore> processor([&] { return MapStore(server.clock); }, server.clock,
                                        server.control, server.klog, server.registry);
  ck_assert_text_eq(processor.refusal(), "ERROR Too many open connections\r\n");
  const std::unique_ptr<Conversation> conversation = processor.open("tcp:test", 7);
  Output out(server.pool);
  Input in(server.pool);
  std::memcpy(in.room().data(), "mn\r\n", 4);
  in.commit(4);
  ck_assert_uint_eq(conversation->process(in.bytes(), out).consumed, 4);
  ck_assert_uint_eq(out.size(), 4);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS(
    "service/memcache",
    a_multi_get_stops_between_two_keys_when_the_output_is_full_and_goes_on_there,
    a_gat_that_stopped_goes_on_with_its_exptime, a_write_is_not_executed_before_its_reply_has_room,
    a_value_that_can_never_be_sent_ends_the_connection_with_a_word, long_replies_renew_the_epoch,
    sixteen_keys_share_an_epoch, a_bad_key_behind_keys_already_answered_ends_the_connection,
    a_list_of_keys_longer_than_the_input_is_answered_as_it_comes,
    a_write_that_finds_no_memory_is_done_when_room_was_made,
    a_write_that_never_gets_memory_is_told_and_the_old_value_goes,
    a_write_gives_up_when_others_take_all_the_room_it_makes,
    requests_around_one_without_memory_are_answered_in_order, no_memory_under_noreply_is_silent,
    a_value_that_fits_the_input_waits_there, a_large_value_is_received_into_the_store,
    a_large_value_that_came_whole_is_copied_into_the_store,
    every_storage_command_takes_a_large_value,
    a_value_between_input_and_segments_is_gathered_within_the_connection_memory,
    a_value_for_which_there_is_no_connection_memory_is_swallowed_and_told,
    a_large_value_for_which_there_is_no_store_memory_is_swallowed_and_told,
    a_large_value_without_its_line_end_is_not_stored,
    a_value_over_the_limit_is_refused_at_its_line_and_never_buffered,
    a_connection_that_ends_inside_a_value_gives_back_what_it_held,
    a_value_received_waits_for_room_for_its_reply,
    flush_all_is_refused_when_the_operator_forbids_it,
    shutdown_stops_the_server_as_a_signal_does_when_the_operator_allows_it,
    what_stands_behind_quit_is_not_run, what_stands_behind_quit_at_the_end_of_a_batch_is_not_run,
    a_list_behind_a_dump_that_ends_a_batch_is_read_anew,
    refused_lines_and_foreign_protocols_are_counted, latencies_are_recorded_by_kind_of_command,
    a_processor_opens_conversations_and_tells_who_is_too_many)
