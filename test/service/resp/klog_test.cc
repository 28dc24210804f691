// What the command log says of requests of the Redis protocol.
#include "service/resp/klog.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "../../log/klog_lines.h"
#include "rig.h"

#include "check.h"

namespace pelikan {
namespace {

// The lines that inline requests leave, from their quotes on.
std::string log_of(std::string_view requests, const char* sample = "1") {
  ::setenv("TZ", "UTC", 1);
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("klog");
  {
    test::RespRig rig{{{"klog_file", path}, {"klog_sample", sample}}};
    rig.connect().send(requests);
  }
  return test::klog_lines(path, "tcp:127.0.0.1:5000");
}

START_TEST(reads_are_logged_as_memcacheds_would_be) {
  ck_assert_text_eq(log_of("SET k hello\nGET k\nGET none\nMGET k none k\nGETEX k EX 9\nGETEX k\n"),
                    "\"set k 0 0 5\" 5 5\n"
                    "\"get k\" 4 20\n"
                    "\"get none\" 0 0\n"
                    "\"get k\" 4 20\n\"get none\" 0 0\n\"get k\" 4 20\n"
                    "\"gat k 9\" 4 20\n"
                    "\"get k\" 4 20\n");
}
END_TEST

START_TEST(writes_are_logged_with_their_sizes_and_times) {
  ck_assert_text_eq(
      log_of("SET k abc PX 1500\nSET k x NX\nSET k xy XX\nSETEX k 60 abcd\nPSETEX k 1 a\n"
             "SETNX n 7\nAPPEND n 12\nGETSET n 5\nMSET a 1 b 22\nSET k v EXAT 1700000100\n"
             "SET k v EX 2592001\nSET k v IFEQ v\n"),
      "\"set k 0 2 3\" 5 5\n"
      "\"add k 0 0 1\" 9 5\n"
      "\"replace k 0 0 2\" 5 5\n"
      "\"set k 0 60 4\" 5 5\n"
      "\"set k 0 1 1\" 5 5\n"
      "\"add n 0 0 1\" 5 4\n"
      "\"append n 0 0 2\" 5 4\n"
      "\"set n 0 0 1\" 5 9\n"
      "\"set a 0 0 1\" 5 5\n\"set b 0 0 2\" 5 5\n"
      "\"set k 0 100 1\" 5 5\n"
      "\"set k 0 1702592001 1\" 5 5\n");
}
END_TEST

START_TEST(what_came_of_a_request_is_its_code) {
  ck_assert_text_eq(log_of("SET k 1\nINCR k\nINCRBY k -5\nDECRBY k 3\nSET k x\nINCR k\n"
                           "EXPIRE k 50\nEXPIRE none 50\nPERSIST k\nEXPIREAT k 1\n"
                           "MSET a 1 b 2\nDEL a none b\nGETDEL none\nGET\nPING\nNOSUCH k\n"),
                    "\"set k 0 0 1\" 5 5\n"
                    "\"incr k 1\" 12 4\n"
                    "\"decr k 5\" 12 5\n"
                    "\"decr k 3\" 12 5\n"
                    "\"set k 0 0 1\" 5 5\n"
                    "\"incr k 1\" 10 46\n"
                    "\"touch k 50\" 13 4\n"
                    "\"touch none 50\" 8 4\n"
                    "\"touch k 0\" 13 4\n"
                    "\"touch k -1\" 13 4\n"
                    "\"set a 0 0 1\" 5 5\n\"set b 0 0 1\" 5 5\n"
                    "\"delete a\" 7 4\n\"delete none\" 8 4\n\"delete b\" 7 4\n"
                    "\"delete none\" 8 5\n");
}
END_TEST

START_TEST(keys_are_escaped_and_every_key_counts_once_chosen) {
  ck_assert_text_eq(log_of("\"SET\" \"a b\\n\" x\n"), "\"set a\\x20b\\x0a 0 0 1\" 5 5\n");
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += "GET k\n";
  const std::string lines = log_of(requests, "10");
  ck_assert_uint_eq(lines.size(), 10 * std::string_view("\"get k\" 0 0\n").size());
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/klog", reads_are_logged_as_memcacheds_would_be,
              writes_are_logged_with_their_sizes_and_times, what_came_of_a_request_is_its_code,
              keys_are_escaped_and_every_key_counts_once_chosen)
