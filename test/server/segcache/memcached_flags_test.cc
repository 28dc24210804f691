#include "server/segcache/memcached_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "check.h"

namespace pelikan {
namespace {

using Action = MemcachedCommandLine::Action;

// As somebody who is not root, so that -u is not asked for.
MemcachedCommandLine parse(const std::vector<const char*>& arguments) {
  return parse_memcached_flags(arguments, false);
}

// What the last "--key=..." says; "-" when there is none.
std::string value_of(const MemcachedCommandLine& line, const std::string& key) {
  const std::string begin = "--" + key + "=";
  std::string value = "-";
  for (const std::string& argument : line.arguments)
    if (argument.starts_with(begin)) value = argument.substr(begin.size());
  return value;
}

void expect(const std::vector<const char*>& arguments, const std::string& key,
            const std::string& value) {
  const MemcachedCommandLine line = parse(arguments);
  ck_assert_msg(!line.refusal, "%s: %s", key.c_str(), line.refusal->sentence.c_str());
  ck_assert_text_eq(value_of(line, key), value);
}

void expect_refused(const std::vector<const char*>& arguments, int status,
                    const std::string& sentence) {
  const MemcachedCommandLine line = parse(arguments);
  ck_assert_msg(line.refusal.has_value(), "%s is not refused", arguments.front());
  ck_assert_text_eq(line.refusal->sentence, sentence);
  ck_assert_int_eq(line.refusal->status, status);
}

void expect_ignored(const std::vector<const char*>& arguments, const std::string& list) {
  const MemcachedCommandLine line = parse(arguments);
  ck_assert(!line.refusal);
  ck_assert_text_eq(fmt::format("{}", fmt::join(line.ignored, ", ")), list);
  ck_assert_uint_eq(line.arguments.size(), parse({}).arguments.size());
}

START_TEST(without_flags_it_is_as_large_as_memcached_and_lets_in_this_machine_alone) {
  const MemcachedCommandLine line = parse({});
  ck_assert(!line.refusal && line.ignored.empty() && line.action == Action::kRun);
  ck_assert_text_eq(value_of(line, "seg_memory"), "64MiB");
  ck_assert_text_eq(value_of(line, "seg_item_max"), "1048576B");
  ck_assert_text_eq(value_of(line, "server_port"), "11211");
  ck_assert(value_of(line, "server_host").starts_with("127.0.0.1"));
  ck_assert_text_eq(value_of(line, "allow_unauthenticated"), "-");
  ck_assert_text_eq(line.notice, "lets in this machine alone; -l 0.0.0.0 lets others in as well");
  ck_assert_text_eq(value_of(line, "admin_port"), "-1");
  ck_assert_text_eq(value_of(line, "admin_http_port"), "-1");
  ck_assert_text_eq(value_of(line, "debug_log_level"), "warn");
}
END_TEST

START_TEST(a_value_stands_behind_its_flag_in_any_of_getopts_ways) {
  for (const std::vector<const char*>& arguments : {std::vector<const char*>{"-p", "22122"},
                                                    {"-p22122"},
                                                    {"--port", "22122"},
                                                    {"--port=22122"},
                                                    {"--por=22122"},
                                                    {"-vp22122"},
                                                    {"-vp", "22122"},
                                                    {"x", "-p", "22122"}})
    expect(arguments, "server_port", "22122");
}
END_TEST

START_TEST(flags_without_a_value_may_stand_together) {
  const MemcachedCommandLine line = parse({"-dMFvvk"});
  ck_assert_text_eq(value_of(line, "daemonize"), "yes");
  ck_assert_text_eq(value_of(line, "seg_eviction"), "none");
  ck_assert_text_eq(value_of(line, "memcache_flush_all"), "no");
  ck_assert_text_eq(value_of(line, "debug_log_level"), "debug");
  ck_assert_text_eq(value_of(line, "lock_memory"), "yes");
}
END_TEST

START_TEST(with_Z_tcp_speaks_tls_but_where_notls_stands) {
  const std::string words = "ssl_chain_cert=/c,ssl_key=/k,ssl_verify_mode=2,ssl_ca_cert=/a";
  MemcachedCommandLine line = parse({"-Z", "-p", "22122", "-o", words.c_str()});
  ck_assert(!line.refusal);
  ck_assert_text_eq(value_of(line, "tls_port"), "22122");
  ck_assert(value_of(line, "tls_host").starts_with("127.0.0.1"));
  ck_assert_text_eq(value_of(line, "server_host"), "");
  ck_assert_text_eq(value_of(line, "tls_cert"), "/c");
  ck_assert_text_eq(value_of(line, "tls_key"), "/k");
  ck_assert_text_eq(value_of(line, "tls_ca"), "/a");
  ck_assert_text_eq(value_of(line, "tls_verify"), "required");

  line = parse({"-l", "10.0.0.1,notls:127.0.0.1:22123", "-o", words.c_str(), "-Z"});
  ck_assert_text_eq(value_of(line, "tls_host"), "10.0.0.1");
  ck_assert_text_eq(value_of(line, "server_host"), "127.0.0.1:22123");
  line = parse({"-l", "10.0.0.1,notls:127.0.0.1:22123"});
  ck_assert_text_eq(value_of(line, "tls_port"), "-");
  ck_assert_text_eq(value_of(line, "server_host"), "10.0.0.1,127.0.0.1:22123");

  // Who has to show a certificate is no nobody.
  ck_assert_text_eq(parse({"-Z", "-l", "10.0.0.1", "-o", words.c_str()}).notice, "");
  ck_assert(parse({"-Z", "-l", "10.0.0.1", "-o", "ssl_chain_cert=/c"}).notice.starts_with("-l 10"));
  expect({"-o", "ssl_verify_mode=0"}, "tls_verify", "off");
  expect({"-o", "ssl_verify_mode=1"}, "tls_verify", "optional");
  expect({"-o", "ssl_min_version=1"}, "tls_min_version", "1.2");
  expect({"-o", "ssl_min_version=3"}, "tls_min_version", "1.3");
  expect({"-o", "ssl_ciphers=ECDHE+AESGCM"}, "tls_ciphers", "ECDHE+AESGCM");
}
END_TEST

START_TEST(each_flag_sets_its_option) {
  expect({"-a", "0777"}, "server_unix_mode", "0777");
  expect({"-r"}, "core_dumps", "yes");
  expect({"-m", "1024"}, "seg_memory", "1024MiB");
  expect({"-m", "1024m"}, "seg_memory", "1024MiB");
  expect({"-c", "5000"}, "max_connections", "5000");
  expect({"-P", "/run/x.pid"}, "pid_file", "/run/x.pid");
  expect({"-D", "."}, "memcache_prefix_delimiter", ".");
  expect({"-D:"}, "memcache_stats_detail", "yes");
  expect({"-X"}, "memcache_dump", "no");
  expect({"-W"}, "memcache_watch", "no");
  expect({"-A"}, "memcache_shutdown", "yes");
  expect({"-Y", "/etc/x"}, "auth_file", "/etc/x");
  expect({"-B", "ascii"}, "protocol_binary", "no");
  expect({"-B", "auto"}, "protocol_binary", "yes");
  expect({"-L"}, "seg_huge_pages", "yes");
  expect({"-t", "8"}, "worker_threads", "8");
  expect({"-b", "2048"}, "tcp_backlog", "2048");
  expect({"-b", "0"}, "tcp_backlog", "1");
  expect({"-b", "100000"}, "tcp_backlog", "65535");
  expect({"-v"}, "debug_log_level", "info");
  expect({"-vvvv"}, "debug_log_level", "verbose");
  expect({"-o", "idle_timeout=300"}, "idle_timeout", "300s");
  expect({"-o", "modern,read_buf_mem_limit=256"}, "connection_memory", "256MiB");
}
END_TEST

START_TEST(the_largest_item_has_units_and_takes_half_of_the_memory_at_most) {
  expect({"-I", "1024"}, "seg_item_max", "1024B");
  expect({"-I", "1k"}, "seg_item_max", "1024B");
  expect({"-I", "8m", "-m", "16"}, "seg_item_max", "8388608B");
  expect({"-m", "2048", "-I", "1024m"}, "seg_item_max", "1073741824B");
  for (const char* size : {"1023", "0k", "1025m", "1048577k"})
    expect_refused({"-I", size, "-m", "4096"}, 64,
                   fmt::format("-I: '{}' is no size of 1k to 1024m", size));
  expect_refused({"-I", "33m"}, 64,
                 "-m, -I: the largest item may take half of the memory, not more");
  expect_refused({"-m", "1"}, 64, "-m, -I: the largest item may take half of the memory, not more");
}
END_TEST

START_TEST(addresses_come_in_lists_with_ports_and_tags) {
  expect({"-l", "127.0.0.1"}, "server_host", "127.0.0.1");
  expect({"-l", "127.0.0.1,::1"}, "server_host", "127.0.0.1,::1");
  expect({"-l", "127.0.0.1:9", "-l", "[::1]:10"}, "server_host", "127.0.0.1:9,[::1]:10");
  expect({"-l", "notls:127.0.0.1:9,tag[a]:[::1],tag[b]:proto[ascii]:127.0.0.2"}, "server_host",
         "127.0.0.1:9,[::1],127.0.0.2");
  expect({"-p", "-1"}, "server_port", "0");
  const MemcachedCommandLine line = parse({"-l", "not an address"});
  ck_assert_int_eq(line.refusal->status, 71);
  ck_assert(line.refusal->sentence.starts_with("-l: 'not an address' is not an address"));
}
END_TEST

START_TEST(who_says_where_to_listen_is_warned_once_of_whom_that_lets_in) {
  for (const char* list : {"0.0.0.0", "127.0.0.1,10.1.2.3:11211", "::"}) {
    const MemcachedCommandLine line = parse({"-l", list});
    ck_assert_text_eq(value_of(line, "allow_unauthenticated"), "yes");
    ck_assert_text_eq(
        line.notice,
        fmt::format("-l {} lets other machines in, and nobody has to say who they are (-Y)", list));
  }
  for (const auto& arguments : {std::vector<const char*>{"-l", "127.0.0.1,::1"},
                                {"-l", "0.0.0.0", "-Y", "/etc/x"},
                                {"-s", "/run/x.sock"},
                                {"--server_host", "0.0.0.0", "--allow_unauthenticated=yes"}})
    ck_assert_text_eq(parse(arguments).notice, "");
}
END_TEST

START_TEST(a_unix_socket_takes_the_place_of_tcp) {
  const MemcachedCommandLine line = parse({"-s", "/run/x.sock", "-p", "1", "-l", "127.0.0.1"});
  ck_assert_text_eq(value_of(line, "server_unix_path"), "/run/x.sock");
  ck_assert_text_eq(value_of(line, "server_host"), "");
  expect({"-p", "0"}, "server_host", "");
}
END_TEST

START_TEST(options_of_ours_stand_beside_the_flags_and_win) {
  const MemcachedCommandLine line =
      parse({"--admin_port=9999", "--seg_memory", "1GiB", "-m", "64", "--server_host", "::1"});
  const std::vector<std::string> expected{"--admin_port=9999", "--seg_memory", "1GiB",
                                          "--server_host", "::1"};
  ck_assert(!line.refusal);
  ck_assert(std::equal(expected.rbegin(), expected.rend(), line.arguments.rbegin()));
}
END_TEST

START_TEST(what_tunes_slabs_and_lru_lists_is_named_and_ignored) {
  expect_ignored({"-f", "1.1", "-n48", "-C", "-R", "20"}, "-f 1.1, -n 48, -C, -R 20");
  expect_ignored(
      {"-o", "modern,hashpower=20,slab_chunk_max=16,no_lru_crawler", "-o", "ssl_wbuf_size=16"},
      "-o modern, -o hashpower 20, -o slab_chunk_max=16, -o no_lru_crawler, "
      "-o ssl_wbuf_size 16");
  expect_ignored({"word", "--", "-p", "x"}, "word, -p, x");
}
END_TEST

START_TEST(wrong_values_are_refused_with_memcacheds_status) {
  expect_refused({"-c", "0"}, 1, "-c: '0' is no number of 1 or more");
  expect_refused({"-c", "-1"}, 1, "-c: '-1' is no number of 1 or more");
  expect_refused({"-t", "0"}, 1, "-t: '0' is no number of 1 or more");
  expect_refused({"-t", "x"}, 1, "-t: 'x' is no number of 1 or more");
  expect_refused({"-R", "0"}, 1, "-R: '0' is no number of 1 or more");
  expect_refused({"-n", "0"}, 1, "-n: '0' is no number of 1 or more");
  expect_refused({"-f", "1"}, 1, "-f: '1' is no number above 1");
  expect_refused({"-f", "1.2x"}, 1, "-f: '1.2x' is no number above 1");
  expect_refused({"-m", "junk"}, 64, "-m: 'junk' is no number of 1 or more");
  expect_refused({"-m", "10g"}, 64, "-m: '10g' is no number of 1 or more");
  expect_refused({"-p", "99999"}, 64, "-p: '99999' is no port");
  expect_refused({"-p", "x"}, 64, "-p: 'x' is no number");
  expect_refused({"-B", "http"}, 64, "-B: 'http' is neither auto nor ascii");
  expect_refused({"-a", "999"}, 64, "-a: '999' is no octal number like 700");
  expect_refused({"-o", "hashpower=11"}, 1, "-o hashpower: '11' is no number of 12 or more");
  expect_refused({"-o", "hashpower=33"}, 1, "-o hashpower: '33' is above 32");
  expect_refused({"-o", "hash_algorithm=md5"}, 1,
                 "-o hash_algorithm: 'md5' is neither jenkins, murmur3 nor xxh3");
  expect_refused({"-o", "idle_timeout"}, 1, "-o idle_timeout: '' is no number");
  expect_refused({"-o", "bogus=1"}, 1, "-o: 'bogus' is unknown; -h lists the words");
}
END_TEST

START_TEST(what_cannot_be_had_is_refused) {
  expect_refused({"-U", "11211"}, 64, "-U: '11211' is not 0, and UDP is not spoken");
  expect_refused({"-S"}, 64, "-S is refused: SASL is not spoken");
  expect_refused({"-Z"}, 64, "-Z needs a certificate: -o ssl_chain_cert=FILE");
  expect_refused({"-o", "ssl_keyformat=2"}, 1, "-o ssl_keyformat: '2' is not 1, which is PEM");
  expect_refused({"-o", "ssl_verify_mode=4"}, 1, "-o ssl_verify_mode: '4' is above 3");
  expect_refused({"-o", "ssl_min_version=x"}, 1, "-o ssl_min_version: 'x' is no number");
  expect_refused({"-e", "/dev/shm/x"}, 64, "-e is refused: memory does not outlive the server");
  expect_refused({"-o", "ext_path=/x:1G"}, 64,
                 "-o ext_path is refused: items are kept in memory alone");
  ck_assert(!parse({"-U", "0"}).refusal);
}
END_TEST

START_TEST(unknown_and_broken_flags_are_refused) {
  expect_refused({"-q"}, 1, "unknown flag '-q'; -h lists the flags");
  expect_refused({"-p"}, 1, "-p needs a value");
  expect_refused({"--port"}, 1, "-p needs a value");
  expect_refused({"--daemon=yes"}, 1, "--daemon takes no value");
  expect_refused({"--max=1"}, 1, "'--max' may be --max-reqs-per-event or --max-item-size");
  // The first one is told.
  expect_refused({"-c", "0", "-t", "0", "-q"}, 1, "-c: '0' is no number of 1 or more");
}
END_TEST

START_TEST(root_has_to_name_a_user_who_exists_and_others_need_not) {
  const auto as_root = [](const std::vector<const char*>& arguments) {
    return parse_memcached_flags(arguments, true);
  };
  ck_assert_text_eq(as_root({}).refusal->sentence, "-u: root has to name the user to become");
  ck_assert_int_eq(as_root({}).refusal->status, 64);
  ck_assert_text_eq(as_root({"-u", "no such user"}).refusal->sentence,
                    "-u: 'no such user' is no user of this machine");
  ck_assert_int_eq(as_root({"-u", "no such user"}).refusal->status, 67);
  ck_assert_text_eq(value_of(as_root({"-u", "nobody"}), "user"), "nobody");
  expect({"-u", "no such user"}, "user", "-");
}
END_TEST

START_TEST(who_asks_for_help_is_not_refused_for_what_follows) {
  ck_assert(parse({"-h"}).action == Action::kHelp);
  ck_assert(parse({"--version", "-q"}).action == Action::kVersion);
  ck_assert(parse({"-i"}).action == Action::kLicense);
}
END_TEST

START_TEST(help_has_a_row_for_every_flag) {
  const std::string help = memcached_help();
  for (const char* row : {"-p, --port=<num>  ", "-D <char>  ", "-o, --extended=<list>  ",
                          "-o idle_timeout=<seconds>  ", "-M, --disable-evictions  "})
    ck_assert_msg(help.find(row) != help.npos, "%s is missing", row);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("server/segcache/memcached_flags",
              pelikan::without_flags_it_is_as_large_as_memcached_and_lets_in_this_machine_alone,
              pelikan::a_value_stands_behind_its_flag_in_any_of_getopts_ways,
              pelikan::flags_without_a_value_may_stand_together,
              pelikan::with_Z_tcp_speaks_tls_but_where_notls_stands,
              pelikan::each_flag_sets_its_option,
              pelikan::the_largest_item_has_units_and_takes_half_of_the_memory_at_most,
              pelikan::addresses_come_in_lists_with_ports_and_tags,
              pelikan::who_says_where_to_listen_is_warned_once_of_whom_that_lets_in,
              pelikan::a_unix_socket_takes_the_place_of_tcp,
              pelikan::options_of_ours_stand_beside_the_flags_and_win,
              pelikan::what_tunes_slabs_and_lru_lists_is_named_and_ignored,
              pelikan::wrong_values_are_refused_with_memcacheds_status,
              pelikan::what_cannot_be_had_is_refused, pelikan::unknown_and_broken_flags_are_refused,
              pelikan::root_has_to_name_a_user_who_exists_and_others_need_not,
              pelikan::who_asks_for_help_is_not_refused_for_what_follows,
              pelikan::help_has_a_row_for_every_flag)
