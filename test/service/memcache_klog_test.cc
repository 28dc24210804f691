// What the command log says of operations that end in unusual ways, or not at once.
#include "service/memcache_klog.h"

#include <cstdlib>
#include <string>

#include "../log/klog_lines.h"
#include "../storage/map_store.h"
#include "memcache_rig.h"

#include "check.h"

namespace pelikan {
namespace {

using test::MapStore;

// A connection whose commands are logged.
struct Rig {
  explicit Rig(uint64_t sample = 1) {
    ::setenv("TZ", "UTC", 1);
    options.file.set(directory.path("klog"));
    options.sample.set(sample);
    klog.emplace(options, server.registry, server.time, server.log);
    shared.emplace(MemcacheShared<MapStore>{
        store, server.clock, server.control, server.metrics, klog->writer(server.clock), {}});
    connection.emplace(server, *shared);
  }

  std::string send(std::string_view bytes) { return connection->send(bytes); }
  // The lines from their quotes on, which must all have the same beginning.
  std::string log() {
    klog->flush();
    return test::klog_lines(options.file.get(), "tcp:test");
  }

  test::MemcacheServer server;
  test::TemporaryDirectory directory;
  MapStore store{server.clock};
  KlogOptions options;
  std::optional<Klog> klog;
  std::optional<MemcacheShared<MapStore>> shared;
  std::optional<test::MemcacheConnection<MapStore>> connection;
};

START_TEST(meta_commands_are_logged_with_their_flags) {
  Rig rig;
  rig.send(
      "ms k 2 T60 c F5\r\nhi\r\nmg k v  k\r\nmg nokey v q\r\nms k 1 ME\r\nx\r\nms k 1 C1 "
      "E9\r\nx\r\n"
      "ma k N0 J5 MI D2\r\nmd k C9999 O\"\r\nmd k q\r\nmd k\r\nma k N5 J7 v\r\nma k C1\r\n"
      "ms AQ== 1 b\r\nx\r\nme k\r\nmn\r\n");
  ck_assert_text_eq(rig.log(),
                    "\"ms k 2 T60 c F5\" 5 7\n"
                    "\"mg k v k\" 4 13\n"
                    "\"mg nokey v q\" 0 0\n"
                    "\"ms k 1 ME\" 9 4\n"
                    "\"ms k 1 C1 E9\" 5 4\n"
                    "\"ma k N0 J5 MI D2\" 10 62\n"
                    "\"md k C9999 O\\x22\" 8 7\n"
                    "\"md k q\" 7 0\n"
                    "\"md k\" 8 4\n"
                    "\"ma k N5 J7 v\" 12 9\n"
                    "\"ma k C1\" 6 4\n"
                    "\"ms \\x01 1 b\" 5 4\n"
                    "\"me k\" 4 47\n");
}
END_TEST

START_TEST(every_command_about_keys_has_its_line) {
  Rig rig;
  rig.send(
      "set k 1 60 1\r\n5\r\nadd k 0 0 1\r\nx\r\nreplace k 0 0 1\r\n6\r\nappend k 0 0 1\r\n0\r\n"
      "prepend k 0 0 1\r\n1\r\nget k\r\ngat 9 k\r\nincr k 2\r\ndecr k 1\r\ntouch k -1\r\n"
      "delete k\r\ntouch k 0\r\nincr k 1\r\ncas k 0 0 1 7\r\nx\r\nreplace k 0 0 1\r\nx\r\n");
  ck_assert_text_eq(rig.log(),
                    "\"set k 1 60 1\" 5 8\n\"add k 0 0 1\" 9 12\n\"replace k 0 0 1\" 5 8\n"
                    "\"append k 0 0 1\" 5 8\n\"prepend k 0 0 1\" 5 8\n\"get k\" 4 18\n"
                    "\"gat k 9\" 4 18\n\"incr k 2\" 12 5\n\"decr k 1\" 12 5\n\"touch k -1\" 13 9\n"
                    "\"delete k\" 8 11\n\"touch k 0\" 8 11\n\"incr k 1\" 8 11\n"
                    "\"cas k 0 0 1 7\" 8 11\n\"replace k 0 0 1\" 9 12\n");
}
END_TEST

START_TEST(cas_ends_as_its_token_says) {
  Rig rig;
  rig.send("set k 0 0 1\r\na\r\n");
  const std::string reply = rig.send("gets k\r\n");
  const std::string head = reply.substr(0, reply.find('\r'));
  const std::string cas = head.substr(head.rfind(' ') + 1);
  rig.send("cas k 0 0 1 " + cas + "\r\nb\r\ncas k 0 0 1 " + cas + "\r\nc\r\n");
  const std::string value = std::to_string(reply.size() - 5);
  ck_assert_text_eq(rig.log(), "\"set k 0 0 1\" 5 8\n\"gets k\" 4 " + value + "\n\"cas k 0 0 1 " +
                                   cas + "\" 5 8\n\"cas k 0 0 1 " + cas + "\" 6 8\n");
}
END_TEST

START_TEST(what_is_about_no_key_is_neither_logged_nor_counted) {
  Rig rig(2);
  for (int i = 0; i < 10; ++i)
    rig.send("mn\r\nverbosity 0\r\nget a\r\nbogus\r\nversion\r\nget b\r\n");
  const std::string log = rig.log();
  ck_assert_int_eq(std::ranges::count(log, '\n'), 10);
  ck_assert_uint_eq(rig.server.count("klog_logged"), 10);
}
END_TEST

START_TEST(a_write_that_waits_for_memory_is_logged_once) {
  Rig rig;
  rig.store.refuse(1, true);
  ck_assert_text_eq(rig.send("set k 0 0 1\r\nv\r\n"), "STORED\r\n");
  rig.store.refuse(1, false);
  rig.send("set k 0 0 1 noreply\r\nv\r\n");
  ck_assert_text_eq(rig.log(), "\"set k 0 0 1\" 5 8\n\"set k 0 0 1\" 11 0\n");
}
END_TEST

START_TEST(a_get_that_waits_for_the_output_is_logged_once) {
  Rig rig;
  rig.send("set k 0 0 60000\r\n" + std::string(60'000, 'v') + "\r\n");
  std::string gets;
  for (int i = 0; i < 20; ++i) gets += "get k\r\n";
  rig.connection->stop_reading();
  rig.send(gets);
  const auto before = std::ranges::count(rig.log(), '\n');
  ck_assert_int_lt(before, 21);
  rig.connection->read_on();
  const std::string log = rig.log();
  ck_assert_int_eq(std::ranges::count(log, '\n'), 21);
  ck_assert(log.ends_with("\"get k\" 4 60019\n"));
}
END_TEST

START_TEST(a_value_over_the_limit_is_logged_at_its_line) {
  Rig rig;
  rig.send("set k 0 0 5000000\r\n");
  ck_assert_text_eq(rig.log(), "\"set k 0 0 5000000\" 11 41\n");
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_klog", every_command_about_keys_has_its_line,
              meta_commands_are_logged_with_their_flags, cas_ends_as_its_token_says,
              what_is_about_no_key_is_neither_logged_nor_counted,
              a_write_that_waits_for_memory_is_logged_once,
              a_get_that_waits_for_the_output_is_logged_once,
              a_value_over_the_limit_is_logged_at_its_line)
