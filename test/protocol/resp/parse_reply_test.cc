// Replies as they are composed and as a client reads them: every type in both versions, cut
// anywhere, and bytes that no server sends.
#include "protocol/resp/parse_reply.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp/compose.h"

#include "check.h"

using namespace pelikan::resp;

namespace {

constexpr ProtocolVersion k2 = ProtocolVersion::k2;
constexpr ProtocolVersion k3 = ProtocolVersion::k3;

// What `compose(to)` writes.
template <class Compose>
std::string written(const Compose& compose) {
  std::array<char, 256> bytes;
  return {bytes.data(), compose(bytes.data())};
}

constexpr std::string_view kReplies[] = {
    "+OK\r\n",
    "-ERR no\r\n",
    ":-7\r\n",
    "$5\r\nhello\r\n",
    "$0\r\n\r\n",
    "$4\r\n\r\n\r\n\r\n",
    "$-1\r\n",
    "*-1\r\n",
    "_\r\n",
    ",1.5\r\n",
    "#t\r\n",
    "(3492890328409238509324850943850943825024385\r\n",
    "=15\r\ntxt:Some string\r\n",
    "!5\r\nERR x\r\n",
    "*0\r\n",
    "*2\r\n:1\r\n*1\r\n$1\r\na\r\n",
    "%2\r\n+a\r\n:1\r\n+b\r\n~1\r\n_\r\n",
    ">2\r\n+invalidate\r\n*1\r\n+k\r\n",
    "|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n",
    "*1\r\n|1\r\n+a\r\n+b\r\n:1\r\n",
};

ReplyItem item_of(std::string_view in) {
  ReplyItem item;
  ck_assert_msg(parse_item(in, item) == ReplyStatus::kWhole, "'%.*s' is whole",
                static_cast<int>(in.size()), in.data());
  return item;
}

}  // namespace

START_TEST(every_reply_takes_all_of_its_bytes_and_none_behind) {
  for (const std::string_view text : kReplies) {
    for (const std::string_view next : kReplies) {
      const std::string both = std::string(text).append(next);
      size_t size = 0;
      ck_assert(parse_reply_size(both, size) == ReplyStatus::kWhole);
      ck_assert_uint_eq(size, text.size());
    }
  }
}
END_TEST

START_TEST(the_end_of_a_reply_is_found_over_any_number_of_calls) {
  for (const std::string_view text : kReplies) {
    for (size_t step = 1; step <= text.size(); ++step) {
      ReplyEnd end;
      size_t done = 0;
      for (size_t shown = 0; shown < text.size();) {
        shown = std::min(shown + step, text.size());
        size_t taken = 0;
        const std::string part(text.substr(done, shown - done));  // memory of its own
        const ReplyStatus status = end.find(part, taken);
        done += taken;
        ck_assert(status ==
                  (shown == text.size() ? ReplyStatus::kWhole : ReplyStatus::kIncomplete));
      }
      ck_assert_uint_eq(done, text.size());
    }
  }
}
END_TEST

START_TEST(an_item_says_what_it_is) {
  ck_assert(item_of("+OK\r\n").kind == ReplyKind::kSimple);
  ck_assert_text_eq(item_of("+OK\r\n").text, "OK");
  ck_assert_text_eq(item_of("-ERR no\r\n").text, "ERR no");
  ck_assert_int_eq(item_of(":-7\r\n").number, -7);
  ck_assert_text_eq(item_of("$4\r\na\r\nb\r\n").text, "a\r\nb");
  for (const char* null : {"$-1\r\n", "*-1\r\n", "_\r\n"}) {
    ck_assert(item_of(null).kind == ReplyKind::kNull);
  }
  ck_assert_text_eq(item_of("=7\r\ntxt:abc\r\n").text, "abc");
  ck_assert(item_of("!3\r\nERR\r\n").kind == ReplyKind::kError);
  ck_assert_int_eq(item_of("#t\r\n").number, 1);
  ck_assert_int_eq(item_of("*3\r\n").number, 3);
  ck_assert_int_eq(item_of("%3\r\n").number, 6);
  ck_assert(item_of(">3\r\n").kind == ReplyKind::kPush);
}
END_TEST

START_TEST(what_no_server_sends_is_malformed) {
  ReplyItem item;
  for (const char* text : {"hello\r\n", ":x\r\n", ":+1\r\n", "$-2\r\n", "$x\r\n", "$2\r\nabc\r\n",
                           "$1073741825\r\n", "*-2\r\n", "%-1\r\n", "#x\r\n", "_x\r\n",
                           "=2\r\nab\r\n", "=5\r\nabcde\r\n", "*2147483649\r\n"}) {
    ck_assert_msg(parse_item(text, item) == ReplyStatus::kMalformed, "%s", text);
  }
  ck_assert(parse_item("+" + std::string(kMaxReplyLine, 'x'), item) == ReplyStatus::kMalformed);
  std::string nested;
  for (int i = 0; i < 10'000; ++i) nested += "*2147483648\r\n";
  size_t size = 0;
  ck_assert(parse_reply_size(nested, size) == ReplyStatus::kIncomplete);
}
END_TEST

START_TEST(each_type_is_composed_as_its_version_has_it) {
  struct Case {
    std::string actual;
    const char* expected;
  };
  const Case cases[] = {
      {written([](char* to) { return compose_ok(to); }), "+OK\r\n"},
      {written([](char* to) { return compose_simple(to, "PONG"); }), "+PONG\r\n"},
      {written([](char* to) { return compose_error(to, Error::kSyntax); }),
       "-ERR syntax error\r\n"},
      {written([](char* to) { return compose_integer(to, INT64_MIN); }),
       ":-9223372036854775808\r\n"},
      {written([](char* to) { return compose_bulk(to, "a\r\nb"); }), "$4\r\na\r\nb\r\n"},
      {written([](char* to) { return compose_bulk(to, {}); }), "$0\r\n\r\n"},
      {written([](char* to) { return compose_null(to, k2); }), "$-1\r\n"},
      {written([](char* to) { return compose_null(to, k3); }), "_\r\n"},
      {written([](char* to) { return compose_null_array(to, k2); }), "*-1\r\n"},
      {written([](char* to) { return compose_null_array(to, k3); }), "_\r\n"},
      {written([](char* to) { return compose_array_head(to, 12); }), "*12\r\n"},
      {written([](char* to) { return compose_map_head(to, k2, 3); }), "*6\r\n"},
      {written([](char* to) { return compose_map_head(to, k3, 3); }), "%3\r\n"},
      {written([](char* to) { return compose_set_head(to, k2, 3); }), "*3\r\n"},
      {written([](char* to) { return compose_set_head(to, k3, 3); }), "~3\r\n"},
      {written([](char* to) { return compose_push_head(to, k2, 3); }), "*3\r\n"},
      {written([](char* to) { return compose_push_head(to, k3, 3); }), ">3\r\n"},
      {written([](char* to) { return compose_attribute_head(to, 1); }), "|1\r\n"},
      {written([](char* to) { return compose_boolean(to, k2, true); }), ":1\r\n"},
      {written([](char* to) { return compose_boolean(to, k3, false); }), "#f\r\n"},
      {written([](char* to) { return compose_double(to, k2, 0.1); }), "$3\r\n0.1\r\n"},
      {written([](char* to) { return compose_double(to, k3, 0.1); }), ",0.1\r\n"},
      {written([](char* to) { return compose_big_number(to, k2, "12"); }), "$2\r\n12\r\n"},
      {written([](char* to) { return compose_big_number(to, k3, "12"); }), "(12\r\n"},
      {written([](char* to) { return compose_verbatim_head(to, k2, 3); }), "$3\r\n"},
      {written([](char* to) { return compose_verbatim_head(to, k3, 3); }), "=7\r\ntxt:"},
      {written([](char* to) { return copy_into_line(to, "a\r\nb"); }), "a  b"},
  };
  for (const Case& row : cases) ck_assert_text_eq(row.actual, row.expected);
}
END_TEST

START_TEST(a_request_is_composed_within_its_bound) {
  const std::vector<std::string_view> args = {"SET", "", "v\r\n"};
  std::string bytes(request_bound(args), '\0');
  const auto size = static_cast<size_t>(compose_request(bytes.data(), args) - bytes.data());
  ck_assert_text_eq(bytes.substr(0, size), "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\nv\r\n\r\n");
}
END_TEST

PELIKAN_TESTS("protocol/resp/parse_reply", every_reply_takes_all_of_its_bytes_and_none_behind,
              the_end_of_a_reply_is_found_over_any_number_of_calls, an_item_says_what_it_is,
              what_no_server_sends_is_malformed, each_type_is_composed_as_its_version_has_it,
              a_request_is_composed_within_its_bound)
