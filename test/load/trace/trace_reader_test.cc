#include "load/trace/trace_reader.h"

#include <cmath>
#include <string>
#include <vector>

#include "load/packing.h"
#include "load/refusal.h"
#include "load/temporary_file.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::refusal_of;
using test::TemporaryFile;

constexpr int64_t kSecondNs = 1'000'000'000;

// A request with its key held.
struct Read {
  TraceRequest request;
  std::string key;
};

std::vector<Read> all_of(TraceReader& reader) {
  std::vector<Read> read;
  TraceRequest request;
  while (reader.next(request)) {
    read.push_back({.request = request, .key = std::string(request.key)});
  }
  return read;
}

std::vector<Read> all_of(std::string_view format, std::string_view content) {
  const TemporaryFile file(content);
  const auto reader = TraceReader::open(Setting("trace_format", format), file.path(), 1);
  return all_of(*reader);
}

// What follows the file's name in the sentence of a refusal.
std::string refusal_of_trace(std::string_view format, std::string_view content) {
  const TemporaryFile file(content);
  std::string sentence = refusal_of([&] {
    const auto reader = TraceReader::open(Setting("trace_format", format), file.path(), 1);
    return all_of(*reader);
  });
  if (!sentence.starts_with(file.path())) return sentence;
  return sentence.substr(file.path().size());
}

constexpr std::string_view kTwitter =
    "0,JJJMU--JU1KRIJhJ,17,213,1,get,0\n"
    "0,a,b,22,4,2,set,3600\n"
    "1,yDqF,44,0,18446744073709551615,gets,0\n"
    "604799,x,1,1,7,decr,12\n";

START_TEST(twitter_lines_are_read_plain_and_packed) {
  const std::string plain(kTwitter);
  for (const std::string& content : {plain, test::gzipped(plain), test::zstd_packed(plain)}) {
    const std::vector<Read> read = all_of("twitter", content);
    ck_assert_uint_eq(read.size(), 4);
    ck_assert_text_eq(read[0].key, "JJJMU--JU1KRIJhJ");
    ck_assert_uint_eq(read[0].request.key_size, 17);
    ck_assert_uint_eq(read[0].request.value_size, 213);
    ck_assert_uint_eq(read[0].request.client, 1);
    ck_assert(read[0].request.verb == Verb::kGet);
    ck_assert_int_eq(read[0].request.ttl_s, 0);
    ck_assert_text_eq(read[1].key, "a,b");  // a key may hold commas
    ck_assert_uint_eq(read[1].request.key_size, 22);
    ck_assert(read[1].request.verb == Verb::kSet);
    ck_assert_int_eq(read[1].request.ttl_s, 3600);
    ck_assert_uint_eq(read[2].request.client, UINT64_MAX);
    ck_assert_int_eq(read[2].request.time_ns, kSecondNs);
    ck_assert_int_eq(read[3].request.time_ns, 604'799 * kSecondNs);
    ck_assert(read[3].request.verb == Verb::kDecr);
  }
}
END_TEST

START_TEST(twitter_lines_that_are_wrong_are_named) {
  const std::string good(kTwitter);
  ck_assert_text_eq(refusal_of_trace("twitter", good + "5,k,1,2\n"), ":5: 4 values in place of 7");
  ck_assert_text_eq(refusal_of_trace("twitter", "0,k,1,2,3,fetch,0\n"), ":1: 'fetch' is no verb");
  ck_assert_text_eq(refusal_of_trace("twitter", "0,k,1,2,3,get,soon\n"),
                    ":1: TTL 'soon' is no number");
  ck_assert_text_eq(refusal_of_trace("twitter", "noon,k,1,2,3,get,0\n"), ":1: 'noon' is no time");
  ck_assert_text_eq(refusal_of_trace("twitter", "0,,1,2,3,get,0\n"), ":1: the key is empty");
  ck_assert_text_eq(refusal_of_trace("twitter", "0,k,-1,2,3,get,0\n"),
                    ":1: key size '-1' is no number");
  ck_assert_text_eq(refusal_of_trace("twitter", good + "\n"), ":5: 1 values in place of 7");
}
END_TEST

START_TEST(other_columns_are_read_by_their_names) {
  const std::vector<Read> read = all_of("csv header time,-,value_size,key",
                                        "time,op,size,lbn\n0.25,2a,4096,77\n9.5,28,512,3\n");
  ck_assert_uint_eq(read.size(), 2);
  ck_assert_int_eq(read[0].request.time_ns, kSecondNs / 4);
  ck_assert_uint_eq(read[0].request.value_size, 4096);
  ck_assert_text_eq(read[0].key, "77");
  ck_assert_uint_eq(read[0].request.key_size, 2);
  ck_assert(read[0].request.verb == Verb::kGet);
  const std::vector<Read> verbs = all_of("csv verb,key,client", "SET,a,web-1\nDelete,b,web-2\n");
  ck_assert(verbs[0].request.verb == Verb::kSet);
  ck_assert(verbs[1].request.verb == Verb::kDelete);
  ck_assert_uint_ne(verbs[0].request.client, verbs[1].request.client);
}
END_TEST

START_TEST(only_times_without_fractions_are_whole_seconds) {
  const auto has_whole_seconds = [](std::string_view content) {
    const TemporaryFile file(content);
    const auto reader = TraceReader::open(Setting("trace_format", "csv time,key"), file.path(), 1);
    static_cast<void>(all_of(*reader));
    return reader->has_whole_seconds();
  };
  ck_assert(has_whole_seconds("1,a\n2,b\n"));
  ck_assert(!has_whole_seconds("1.0,a\n2.5,b\n"));
}
END_TEST

// Lines as docs/reference/klog.md has them.
START_TEST(the_command_log_is_read) {
  const std::vector<Read> read =
      all_of("klog",
             "tcp:127.0.0.1:53920 - [31/Jan/2026:09:30:00 +0100] \"get user:17\" 4 33\n"
             "tcp:127.0.0.1:53920 - [31/Jan/2026:09:30:00 +0100] \"set user:17 0 3600 11\" 5 8\n"
             "tcp6:[::1]:53922 - [31/Jan/2026:09:30:01 -0230] \"cas user:17 1 -1 11 42\" 6 8\n"
             "unix: - [29/Feb/2024:23:59:59 +0000] \"incr a\\x22b\\x20c 1\" 12 4\n"
             "unix: - [29/Feb/2024:23:59:59 +0000] \"touch k 1709251209\" 13 9\n"
             "unix: - [29/Feb/2024:23:59:59 +0000] \"gat k 60\" 0 0\n"
             "unix: - [29/Feb/2024:23:59:59 +0000] \"delete k\" 8 0\n");
  ck_assert_uint_eq(read.size(), 7);
  ck_assert_int_eq(read[0].request.time_ns, 1769848200 * kSecondNs);
  ck_assert_text_eq(read[0].key, "user:17");
  ck_assert_uint_eq(read[0].request.value_size, 11);  // of VALUE user:17 0 11\r\n...\r\n
  ck_assert(read[1].request.verb == Verb::kSet);
  ck_assert_uint_eq(read[1].request.value_size, 11);
  ck_assert_int_eq(read[1].request.ttl_s, 3600);
  ck_assert_uint_eq(read[1].request.client, read[0].request.client);
  ck_assert_uint_ne(read[2].request.client, read[0].request.client);
  ck_assert_int_eq(read[2].request.time_ns, 1769860801 * kSecondNs);
  ck_assert(read[2].request.verb == Verb::kCas);
  ck_assert_int_eq(read[2].request.ttl_s, -1);
  ck_assert_int_eq(read[3].request.time_ns, 1709251199 * kSecondNs);
  ck_assert_text_eq(read[3].key, "a\"b c");
  ck_assert(read[4].request.verb == Verb::kTouch);
  ck_assert_int_eq(read[4].request.ttl_s, 10);  // from a Unix time
  ck_assert(read[5].request.verb == Verb::kGat);
  ck_assert_int_eq(read[5].request.ttl_s, 60);
  ck_assert_uint_eq(read[5].request.value_size, 0);  // a miss says nothing of it
  ck_assert(read[6].request.verb == Verb::kDelete);
}
END_TEST

START_TEST(the_size_of_a_logged_hit_is_that_of_its_value) {
  for (const size_t size : {0UL, 1UL, 9UL, 10UL, 99UL, 100UL, 1000UL, 123'456UL}) {
    const std::string reply =
        "VALUE k 0 " + std::to_string(size) + "\r\n" + std::string(size, 'x') + "\r\n";
    const std::vector<Read> read =
        all_of("klog", "unix: - [29/Feb/2024:23:59:59 +0000] \"get k\" 4 " +
                           std::to_string(reply.size()) + "\n");
    ck_assert_uint_eq(read[0].request.value_size, size);
  }
}
END_TEST

START_TEST(lines_of_no_command_log_are_named) {
  const std::string good = "unix: - [29/Feb/2024:23:59:59 +0000] \"get k\" 0 0\n";
  const auto refused = [&good](std::string_view from, std::string_view to) {
    std::string line = good;
    line.replace(line.find(from), from.size(), to);
    const std::string sentence = refusal_of_trace("klog", good + line);
    ck_assert_msg(sentence.starts_with(":2: "), "'%s'", sentence.c_str());
    return sentence.substr(4);
  };
  ck_assert_text_eq(refused(" - [", " "), "not a line of a command log");
  ck_assert_text_eq(refused("get", "fetch"), "'fetch' is no verb");
  ck_assert_text_eq(refused("get k", "get"), "the key is missing");
  ck_assert_text_eq(refused("get k", "get k 1"), "'1' is too much");
  ck_assert_text_eq(refused("get k", "set k 0 0"), "value size '' is no number");
  ck_assert_text_eq(refused("get k", "set k 0 x 1"), "expiry 'x' is no number");
  ck_assert_text_eq(refused("get k", "get \\x2"), "the key has a backslash without \\xHH");
  ck_assert_text_eq(refused("0 0\n", "x 0\n"), "code 'x' is no number");
  ck_assert_text_eq(refused("0 0\n", "0\n"), "length '' is no number");
  for (const char* stamp :
       {"30/Feb/2024:23:59:59 +0000", "29/feb/2024:23:59:59 +0000", "29/Feb/2024:24:59:59 +0000",
        "29/Feb/2024:23:59:59 0000", "29/Feb/2024:23:59:59", "29/Feb/2024 23:59:59 +0000", ""}) {
    ck_assert_text_eq(refused("29/Feb/2024:23:59:59 +0000", stamp),
                      "'" + std::string(stamp) + "' is no time");
  }
}
END_TEST

START_TEST(what_monitor_prints_is_read) {
  const TemporaryFile file(
      "OK\n"
      "1339518083.107412 [0 127.0.0.1:60866] \"SET\" \"user:17\" \"a\\x00b\\\"\\n\" \"EX\" \"60\"\n"
      "1339518083.107413 [0 127.0.0.1:60867] \"mget\" \"a b\" \"c\"\n"
      "1339518084.000000 [0 127.0.0.1:60866] \"ping\"\n"
      "1339518084.000000 [0 lua] \"psetex\" \"k\" \"1500\" \"vv\"\n"
      "1339518085.000000 [3 unix:/run/r] \"set\" \"k\" \"\" \"nx\" \"exat\" \"1339518185\"\n"
      "1339518085.000000 [3 unix:/run/r] \"mset\" \"k\" \"1\" \"l\" \"22\"\n");
  const auto reader = TraceReader::open(Setting("trace_format", "redis_monitor"), file.path(), 1);
  const std::vector<Read> read = all_of(*reader);
  ck_assert_uint_eq(read.size(), 7);
  ck_assert_int_eq(read[0].request.time_ns, 1'339'518'083'107'412'000);
  ck_assert(read[0].request.verb == Verb::kSet);
  ck_assert_text_eq(read[0].key, "user:17");
  ck_assert_uint_eq(read[0].request.value_size, 5);
  ck_assert_int_eq(read[0].request.ttl_s, 60);
  ck_assert_text_eq(read[1].key, "a b");
  ck_assert_text_eq(read[2].key, "c");
  ck_assert(read[2].request.verb == Verb::kGet);
  ck_assert_uint_eq(read[1].request.client, read[2].request.client);
  ck_assert_uint_ne(read[0].request.client, read[1].request.client);
  ck_assert_int_eq(read[3].request.ttl_s, 2);  // no shorter than recorded
  ck_assert(read[4].request.verb == Verb::kAdd);
  ck_assert_int_eq(read[4].request.ttl_s, 100);
  ck_assert_text_eq(read[6].key, "l");
  ck_assert_uint_eq(read[6].request.value_size, 2);
  ck_assert_uint_eq(reader->passed_over(), 1);
}
END_TEST

START_TEST(lines_that_monitor_does_not_print_are_named) {
  const auto refused = [](std::string_view line) {
    return refusal_of_trace("redis_monitor", "OK\n" + std::string(line) + "\n");
  };
  const std::string good = "1339518083.107412 [0 127.0.0.1:60866] ";
  ck_assert_text_eq(refused("hello"), ":2: not a line of MONITOR");
  ck_assert_text_eq(refused("133.1 [0 lua] \"get\" \"k\""), ":2: '133.1' is no time");
  ck_assert_text_eq(refused(good), ":2: the command is missing");
  ck_assert_text_eq(refused(good + "get k"), ":2: a word is not in quotes");
  ck_assert_text_eq(refused(good + "\"get\" \"k"), ":2: a quote is missing");
  ck_assert_text_eq(refused(good + "\"get\""), ":2: 'get' has not its arguments");
  ck_assert_text_eq(refused(good + "\"get\" \"\\x4\""), ":2: \\x without two digits");
  ck_assert_text_eq(refused(good + "\"set\" \"k\" \"v\" \"ex\""), ":2: 'ex' has no number");
  ck_assert_text_eq(refused(good + "\"expire\" \"k\" \"x\""), ":2: 'x' is no TTL");
}
END_TEST

START_TEST(libcachesim_records_are_read) {
  std::string records;
  const auto add = [&records](uint32_t time, uint64_t object, uint32_t size) {
    const int64_t next = -1;
    records.append(reinterpret_cast<const char*>(&time), 4);
    records.append(reinterpret_cast<const char*>(&object), 8);
    records.append(reinterpret_cast<const char*>(&size), 4);
    records.append(reinterpret_cast<const char*>(&next), 8);
  };
  add(0, 12'345, 4096);
  add(7, UINT64_MAX, 1);
  for (const std::string& content : {records, test::gzipped(records), test::zstd_packed(records)}) {
    const std::vector<Read> read = all_of("oracle_general", content);
    ck_assert_uint_eq(read.size(), 2);
    ck_assert_text_eq(read[0].key, "12345");
    ck_assert_uint_eq(read[0].request.value_size, 4096);
    ck_assert_text_eq(read[1].key, "18446744073709551615");
    ck_assert_int_eq(read[1].request.time_ns, 7 * kSecondNs);
    ck_assert_uint_eq(read[1].request.key_size, 20);
  }
  ck_assert_text_eq(refusal_of_trace("oracle_general", records.substr(0, 40)),
                    ": record 2 ends after 16 of 24 bytes");
}
END_TEST

START_TEST(key_numbers_get_the_rules_for_what_is_missing) {
  std::string numbers;
  for (uint32_t i = 0; i < 20'000; ++i) {
    numbers.append(reinterpret_cast<const char*>(&i), 4);
  }
  const std::vector<Read> read = all_of("u32", test::zstd_packed(numbers + numbers.substr(4, 4)));
  ck_assert_uint_eq(read.size(), 20'001);
  double sum = 0;
  double log_sum = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double bytes = read[i].request.value_size + 16;
    ck_assert_double_ge(bytes, 24);
    sum += bytes;
    log_sum += std::log(bytes);
  }
  ck_assert_double_eq_tol(sum / 20'000, 220, 4);
  ck_assert_double_eq_tol(log_sum / 20'000, std::log(220) - 0.245, 0.015);
  ck_assert_int_eq(read[200].request.time_ns, kSecondNs);
  ck_assert_int_eq(read[0].request.ttl_s, 7 * 24 * 3600);
  ck_assert_uint_eq(read[0].key.size(), 16);
  // The same number is the same key with the same value.
  ck_assert_text_eq(read[1].key, read[20'000].key);
  ck_assert_uint_eq(read[1].request.value_size, read[20'000].request.value_size);
  ck_assert(read[0].key != read[1].key);
}
END_TEST

START_TEST(formats_that_do_not_exist_are_refused) {
  const std::string sentence = refusal_of_trace("pcap", "");
  ck_assert(sentence.starts_with("trace_format: 'pcap' is refused: it names no format; allowed: "));
  ck_assert(refusal_of_trace("csv time", "").find("no column is the key") != std::string::npos);
  ck_assert(refusal_of_trace("csv key,kee", "").find("'kee' is no column") != std::string::npos);
  ck_assert(refusal_of_trace("csv key,key", "").find("two columns 'key'") != std::string::npos);
  ck_assert(!refusal_of_trace("klog 2", "").empty());
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/trace/trace_reader", pelikan::load::twitter_lines_are_read_plain_and_packed,
              pelikan::load::twitter_lines_that_are_wrong_are_named,
              pelikan::load::other_columns_are_read_by_their_names,
              pelikan::load::only_times_without_fractions_are_whole_seconds,
              pelikan::load::the_command_log_is_read,
              pelikan::load::the_size_of_a_logged_hit_is_that_of_its_value,
              pelikan::load::lines_of_no_command_log_are_named,
              pelikan::load::what_monitor_prints_is_read,
              pelikan::load::lines_that_monitor_does_not_print_are_named,
              pelikan::load::libcachesim_records_are_read,
              pelikan::load::key_numbers_get_the_rules_for_what_is_missing,
              pelikan::load::formats_that_do_not_exist_are_refused)
