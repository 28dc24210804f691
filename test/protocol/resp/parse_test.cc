// Requests of the Redis protocol: both forms whole and cut anywhere, limits, and the errors that
// redis-server 7.0 answers to bytes that break the protocol.
#include "protocol/resp/parse.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "check.h"

using namespace pelikan::resp;

namespace {

struct Case {
  std::string_view bytes;
  std::vector<std::string_view> args;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"*1\r\n$4\r\nPING\r\n", {"PING"}},
      {"*2\r\n$3\r\nget\r\n$1\r\nk\r\n", {"get", "k"}},
      {"*3\r\n$3\r\nSET\r\n$0\r\n\r\n$12\r\n\r\n$3\r\nGET\r\nx\r\n",
       {"SET", "", "\r\n$3\r\nGET\r\nx"}},
      {"*2\r\n$4\r\nECHO\r\n$100\r\n"
       "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
       "123456789\r\n",
       {"ECHO",
        "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "0"
        "123456789"}},
      {"PING\r\n", {"PING"}},
      {"  get \t key  \n", {"get", "key"}},
      {"set k \"a b\\n\\x41\\\"\\\\\\q\"\r\n", {"set", "k", "a b\nA\"\\q"}},
      {"set k 'it\\'s \\n'\r\n", {"set", "k", "it's \\n"}},
      {"set pre\"fix\" ''\r\n", {"set", "prefix", ""}},
      {"set k \"\\xzz\\x4\"\r\n", {"set", "k", "xzzx4"}},
  };
  return all;
}

Parsed parse(std::string_view in, Arguments& arguments, Request& request,
             const Limits& limits = {}) {
  return parse_request(in, limits, arguments, request);
}

// What the bytes are answered with, or how they are understood.
std::string outcome(std::string_view in, const Limits& limits = {}) {
  Arguments arguments;
  Request request;
  const Parsed parsed = parse(in, arguments, request, limits);
  switch (parsed.status) {
    case ParseStatus::kRequest:
      return "request of " + std::to_string(request.count);
    case ParseStatus::kNothing:
      return "nothing in " + std::to_string(parsed.size);
    case ParseStatus::kIncomplete:
      return "incomplete, at least " + std::to_string(parsed.size);
    case ParseStatus::kHangUp:
      return "hang up";
    case ParseStatus::kProtocolError:
      break;
  }
  std::array<char, kMaxProtocolErrorText> text;
  return std::string(protocol_error_text(text.data(), parsed.error, parsed.got));
}

std::string error(std::string_view reason) { return "ERR Protocol error: " + std::string(reason); }

}  // namespace

START_TEST(a_request_has_its_arguments_and_ends_behind_its_last_byte) {
  for (const Case& expected : cases()) {
    const std::string in = std::string(expected.bytes) + "*1\r\n";
    Arguments arguments;
    Request request;
    ck_assert(parse(in, arguments, request).status == ParseStatus::kRequest);
    ck_assert_uint_eq(static_cast<size_t>(request.end - in.data()), expected.bytes.size());
    const auto args = arguments.of(request);
    ck_assert_uint_eq(args.size(), expected.args.size());
    for (size_t i = 0; i < args.size(); ++i) ck_assert_text_eq(args[i], expected.args[i]);
  }
}
END_TEST

START_TEST(a_request_cut_anywhere_asks_for_more_than_there_is_and_never_for_too_much) {
  for (const Case& expected : cases()) {
    for (size_t cut = 0; cut < expected.bytes.size(); ++cut) {
      // Memory of its own, so that a sanitizer sees a look behind the cut.
      const std::string in(expected.bytes.substr(0, cut));
      Arguments arguments;
      Request request;
      const Parsed parsed = parse(in, arguments, request);
      ck_assert(parsed.status == ParseStatus::kIncomplete);
      ck_assert_uint_gt(parsed.size, cut);
      ck_assert_uint_le(parsed.size, expected.bytes.size());
      ck_assert_uint_eq(arguments.size(), 0);
    }
  }
}
END_TEST

START_TEST(requests_of_a_batch_keep_their_arguments) {
  std::string in;
  for (const Case& expected : cases()) in += expected.bytes;
  Arguments arguments;
  std::vector<Request> requests;
  for (std::string_view rest = in; !rest.empty();) {
    ck_assert(parse(rest, arguments, requests.emplace_back()).status == ParseStatus::kRequest);
    rest.remove_prefix(static_cast<size_t>(requests.back().end - rest.data()));
  }
  ck_assert_uint_eq(requests.size(), cases().size());
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto args = arguments.of(requests[i]);
    ck_assert_uint_eq(args.size(), cases()[i].args.size());
    for (size_t a = 0; a < args.size(); ++a) ck_assert_text_eq(args[a], cases()[i].args[a]);
  }
}
END_TEST

START_TEST(sizes_and_counts_of_any_number_of_digits_are_read) {
  for (const size_t number : {0, 1, 9, 10, 99, 100, 999, 1'000, 9'999, 10'000}) {
    const std::string digits = std::to_string(number);
    const std::string argument(number, 'x');
    const std::string bulk = "*2\r\n$4\r\nECHO\r\n$" + digits + "\r\n" + argument + "\r\n";
    Arguments arguments;
    Request request;
    ck_assert(parse(bulk, arguments, request).status == ParseStatus::kRequest);
    ck_assert_text_eq(arguments.of(request)[1], argument);
    ck_assert(request.end == bulk.data() + bulk.size());

    std::string array = "*" + digits + "\r\n";
    for (size_t i = 0; i < number; ++i) array += "$1\r\nx\r\n";
    ck_assert_text_eq(outcome(array),
                      number == 0 ? "nothing in 4" : "request of " + std::to_string(number));
  }
}
END_TEST

START_TEST(empty_lines_and_arrays_of_nothing_are_consumed) {
  ck_assert_text_eq(outcome("\r\n*1\r\n"), "nothing in 2");
  ck_assert_text_eq(outcome("\n"), "nothing in 1");
  ck_assert_text_eq(outcome("   \t \r\nPING\r\n"), "nothing in 7");
  ck_assert_text_eq(outcome("*0\r\nPING\r\n"), "nothing in 4");
  ck_assert_text_eq(outcome("*-1\r\n"), "nothing in 5");
  ck_assert_text_eq(outcome("*-2147483649\r\n"), "nothing in 14");
}
END_TEST

START_TEST(the_two_bytes_behind_a_bulk_are_not_looked_at) {
  ck_assert_text_eq(outcome("*1\r\n$4\r\nPINGxy"), "request of 1");
}
END_TEST

START_TEST(bytes_that_break_the_protocol_are_told_why) {
  for (const char* count : {"*2147483648\r\n", "*3abc\r\n", "*\r\n", "*+1\r\n", "*01\r\n",
                            "*-0\r\n", "*99999999999999999999999\r\n"}) {
    ck_assert_text_eq(outcome(count), error("invalid multibulk length"));
  }
  for (const char* bulk : {"$-1\r\n", "$+4\r\n", "$04\r\n", "$x\r\n", "$\r\n", "$536870913\r\n",
                           "$-\r\n", "$1 \r\n"}) {
    ck_assert_text_eq(outcome("*1\r\n" + std::string(bulk)), error("invalid bulk length"));
  }
  ck_assert_text_eq(outcome("*1\r\n:4\r\n"), error("expected '$', got ':'"));
  ck_assert_text_eq(outcome("*2\r\n$3\r\nGET\r\nkey\r\n"), error("expected '$', got 'k'"));
  ck_assert_text_eq(outcome("*1\r\n\r\n"), error("expected '$', got ' '"));
  ck_assert_text_eq(outcome("get \"k\r\n"), error("unbalanced quotes in request"));
  ck_assert_text_eq(outcome("get 'k\r\n"), error("unbalanced quotes in request"));
  ck_assert_text_eq(outcome("get \"a\"b\r\n"), error("unbalanced quotes in request"));
}
END_TEST

START_TEST(lines_without_end_are_waited_for_up_to_a_limit) {
  const std::string most(kMaxLine, '1');
  ck_assert_text_eq(outcome(most), "incomplete, at least " + std::to_string(kMaxLine + 1));
  ck_assert_text_eq(outcome(most + "1"), error("too big inline request"));
  ck_assert_text_eq(outcome("*" + most), error("too big mbulk count string"));
  ck_assert_text_eq(outcome("*1\r\n$" + most), error("too big bulk count string"));
}
END_TEST

START_TEST(what_is_announced_is_the_least_that_is_waited_for) {
  ck_assert_text_eq(outcome("*3\r\n"), "incomplete, at least 22");
  ck_assert_text_eq(outcome("*3\r\n$3\r\nSET\r\n$1\r\n"), "incomplete, at least 26");
  ck_assert_text_eq(outcome("*2\r\n$3\r\nGET\r\n$536870912\r\n"), "incomplete, at least 536870939");
  ck_assert_text_eq(outcome("*2147483647\r\n"), "incomplete, at least 12884901895");
}
END_TEST

START_TEST(a_client_that_has_not_authenticated_may_announce_little) {
  const Limits strict{.is_authenticated = false};
  ck_assert_text_eq(outcome("*11\r\n", strict), error("unauthenticated multibulk length"));
  ck_assert_text_eq(outcome("*10\r\n", strict), "incomplete, at least 65");
  ck_assert_text_eq(outcome("*1\r\n$16385\r\n", strict), error("unauthenticated bulk length"));
  ck_assert_text_eq(outcome("*1\r\n$16384\r\n", strict), "incomplete, at least 16398");
}
END_TEST

START_TEST(an_argument_over_the_limit_has_a_size_and_no_bytes) {
  Arguments arguments;
  Request request;
  const std::string_view in = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n";
  ck_assert(parse(in, arguments, request, {.argument = 4}).status == ParseStatus::kRequest);
  const auto args = arguments.of(request);
  ck_assert(!is_too_long(args[0]) && !is_too_long(args[1]) && is_too_long(args[2]));
  ck_assert_uint_eq(args[2].size(), 5);
  ck_assert(request.end == in.data() + in.size());
}
END_TEST

START_TEST(a_name_over_the_limit_is_no_command) {
  Arguments arguments;
  Request request;
  const Limits four{.argument = 4};
  ck_assert(parse("*1\r\n$5\r\nhost:\r\n", arguments, request, four).status ==
            ParseStatus::kRequest);
  ck_assert_ptr_null(request.spec);
}
END_TEST

START_TEST(browsers_are_hung_up_on) {
  ck_assert_text_eq(outcome("POST / HTTP/1.1\r\n"), "hang up");
  ck_assert_text_eq(outcome("host: localhost\r\n"), "hang up");
  ck_assert_text_eq(outcome("*1\r\n$4\r\nPost\r\n"), "hang up");
  ck_assert_text_eq(outcome("GET / HTTP/1.1\r\n"), "request of 3");
}
END_TEST

PELIKAN_TESTS("protocol/resp/parse", a_request_has_its_arguments_and_ends_behind_its_last_byte,
              a_request_cut_anywhere_asks_for_more_than_there_is_and_never_for_too_much,
              requests_of_a_batch_keep_their_arguments,
              sizes_and_counts_of_any_number_of_digits_are_read,
              empty_lines_and_arrays_of_nothing_are_consumed,
              the_two_bytes_behind_a_bulk_are_not_looked_at,
              bytes_that_break_the_protocol_are_told_why,
              lines_without_end_are_waited_for_up_to_a_limit,
              what_is_announced_is_the_least_that_is_waited_for,
              a_client_that_has_not_authenticated_may_announce_little,
              an_argument_over_the_limit_has_a_size_and_no_bytes,
              a_name_over_the_limit_is_no_command, browsers_are_hung_up_on)
