#include "protocol/admin/parse.h"

#include <string>

#include "check.h"

namespace pelikan::admin {
namespace {

struct Case {
  std::string_view line;  // with its end
  Command command;
  std::string_view argument;
};

constexpr Case kCases[] = {
    {"stats\r\n", Command::kStats, ""},
    {"stats\n", Command::kStats, ""},
    {"stats conns\r\n", Command::kStats, "conns"},
    {"  stats \t conns  \r\n", Command::kStats, "conns"},
    {"stats detail on\r\n", Command::kStats, "detail on"},
    {"version\r\n", Command::kVersion, ""},
    {"quit\r\n", Command::kQuit, ""},
    {"shutdown\r\n", Command::kShutdown, ""},
    {"shutdown now\r\n", Command::kUnknown, ""},
    {"reload\r\n", Command::kReload, ""},
    {"reload all\r\n", Command::kUnknown, ""},
    {"verbosity 1\r\n", Command::kVerbosity, "1"},
    {"verbosity\r\n", Command::kVerbosity, ""},
    {"version 2\r\n", Command::kUnknown, ""},
    {"quit now\r\n", Command::kUnknown, ""},
    {"STATS\r\n", Command::kUnknown, ""},
    {"statsx\r\n", Command::kUnknown, ""},
    {"stat\r\n", Command::kUnknown, ""},
    {"GET /\r\n", Command::kUnknown, ""},
    {"\r\n", Command::kUnknown, ""},
    {"   \r\n", Command::kUnknown, ""},
    {"\n", Command::kUnknown, ""},
};

START_TEST(every_line_is_the_command_of_the_table) {
  for (const Case& c : kCases) {
    const ParseResult result = parse_request(c.line);
    ck_assert(result.status == ParseStatus::kOk);
    ck_assert_uint_eq(result.consumed, c.line.size());
    ck_assert_msg(result.request.command == c.command, "%s", c.line.data());
    ck_assert_text_eq(result.request.argument, c.argument);
  }
}
END_TEST

START_TEST(a_line_cut_anywhere_is_incomplete) {
  for (const Case& c : kCases) {
    for (size_t split = 0; split < c.line.size(); ++split) {
      const ParseResult result = parse_request(c.line.substr(0, split));
      ck_assert(result.status == ParseStatus::kIncomplete);
      ck_assert_uint_eq(result.consumed, 0);
    }
  }
}
END_TEST

START_TEST(only_the_first_line_is_taken) {
  const std::string_view in = "version\r\nstats\r\nquit\r\n";
  const ParseResult first = parse_request(in);
  ck_assert(first.request.command == Command::kVersion);
  const ParseResult second = parse_request(in.substr(first.consumed));
  ck_assert(second.request.command == Command::kStats);
  ck_assert_uint_eq(second.consumed, 7);
}
END_TEST

START_TEST(a_line_is_at_most_line_max_bytes_with_its_newline) {
  std::string longest = "stats " + std::string(kLineMax - 7, 'a') + "\n";
  ck_assert_uint_eq(longest.size(), kLineMax);
  ck_assert(parse_request(longest).status == ParseStatus::kOk);
  longest.insert(6, "a");
  ck_assert(parse_request(longest).status == ParseStatus::kTooLong);
  ck_assert(parse_request(std::string(kLineMax - 1, 'a')).status == ParseStatus::kIncomplete);
  ck_assert(parse_request(std::string(kLineMax, 'a')).status == ParseStatus::kTooLong);
}
END_TEST

START_TEST(http_is_hung_up_on) {
  for (const char* line : {"GET / HTTP/1.1\r\n", "POST /stats HTTP/1.0\n", "PRI * HTTP/2.0\r\n",
                           "shutdown HTTP/1.1\r\n", " HTTP/1.1\n"}) {
    ck_assert_msg(parse_request(line).status == ParseStatus::kHangUp, "%s", line);
  }
  for (const char* line : {"GET /\r\n", "stats http\r\n", "HTTP/1.1\r\n", "stats HTTP/ x\r\n"}) {
    ck_assert_msg(parse_request(line).status == ParseStatus::kOk, "%s", line);
  }
}
END_TEST

START_TEST(tls_is_hung_up_on) {
  ck_assert(parse_request("\x16").status == ParseStatus::kHangUp);
  ck_assert(parse_request("\x16\x03\x01\x02").status == ParseStatus::kHangUp);
}
END_TEST

START_TEST(nul_bytes_are_bytes_like_others) {
  const ParseResult result = parse_request(std::string_view("stats\0\r\n", 8));
  ck_assert(result.status == ParseStatus::kOk);
  ck_assert(result.request.command == Command::kUnknown);
}
END_TEST

}  // namespace
}  // namespace pelikan::admin

PELIKAN_TESTS("protocol/admin/parse", pelikan::admin::every_line_is_the_command_of_the_table,
              pelikan::admin::a_line_cut_anywhere_is_incomplete,
              pelikan::admin::only_the_first_line_is_taken,
              pelikan::admin::a_line_is_at_most_line_max_bytes_with_its_newline,
              pelikan::admin::http_is_hung_up_on, pelikan::admin::tls_is_hung_up_on,
              pelikan::admin::nul_bytes_are_bytes_like_others)
