// Replies as a client reads them: every reply whole, cut anywhere, and with another behind it.
// Texts: memcached's doc/protocol.txt.
#include "protocol/memcache/parse_reply.h"

#include <string>
#include <string_view>

#include "check.h"

using namespace pelikan::memcache;

namespace {

ParsedReply parsed(std::string_view in) {
  ParsedReply reply;
  ck_assert_msg(parse_reply(in, reply), "'%.*s' is whole", static_cast<int>(in.size()), in.data());
  return reply;
}

constexpr std::string_view kReplies[] = {
    "STORED\r\n",
    "NOT_STORED\r\n",
    "EXISTS\r\n",
    "NOT_FOUND\r\n",
    "DELETED\r\n",
    "TOUCHED\r\n",
    "OK\r\n",
    "RESET\r\n",
    "END\r\n",
    "MN\r\n",
    "VALUE key 7 5 99\r\nhello\r\n",
    "VALUE k 0 0\r\n\r\n",
    "VALUE crlf 4294967295 4\r\n\r\n\r\n\r\n",
    "12\r\n",
    "STAT curr_items 12\r\n",
    "VERSION 1.6.45\r\n",
    "ERROR\r\n",
    "CLIENT_ERROR bad data chunk\r\n",
    "SERVER_ERROR out of memory storing object\r\n",
};

}  // namespace

START_TEST(every_reply_takes_all_of_its_bytes_and_none_behind) {
  for (const std::string_view text : kReplies) {
    ck_assert_uint_eq(parsed(text).size, text.size());
    for (const std::string_view next : kReplies) {
      const std::string both = std::string(text).append(next);
      ck_assert_uint_eq(parsed(both).size, text.size());
    }
  }
}
END_TEST

START_TEST(a_reply_cut_anywhere_is_not_whole) {
  for (const std::string_view text : kReplies) {
    for (size_t cut = 0; cut < text.size(); ++cut) {
      // Memory of its own, so that a sanitizer sees a look behind the cut.
      const std::string part(text.substr(0, cut));
      ParsedReply reply;
      ck_assert_msg(!parse_reply(part, reply), "'%s' of '%.*s'", part.c_str(),
                    static_cast<int>(text.size()), text.data());
    }
  }
}
END_TEST

START_TEST(a_line_is_told_by_its_text) {
  for (size_t i = 0; i <= static_cast<size_t>(Reply::kMetaNoop); ++i) {
    const ParsedReply reply = parsed(kReplies[i]);
    ck_assert(reply.kind == ReplyKind::kLine);
    ck_assert(reply.line == static_cast<Reply>(i));
    ck_assert_text_eq(reply.text, kReplies[i].substr(0, kReplies[i].size() - 2));
  }
}
END_TEST

START_TEST(a_value_line_ends_where_its_line_does) {
  const ParsedReply reply = parsed("VALUE key\r\nVALUE k 0 5\r\nhello\r\n");
  ck_assert(reply.kind == ReplyKind::kError);
  ck_assert_text_eq(reply.text, "VALUE key");
}
END_TEST

START_TEST(a_value_has_key_flags_bytes_and_cas) {
  const ParsedReply reply = parsed("VALUE key 7 5 99\r\nhello\r\n");
  ck_assert(reply.kind == ReplyKind::kValue);
  ck_assert_text_eq(reply.key, "key");
  ck_assert_uint_eq(reply.flags, 7);
  ck_assert_text_eq(reply.text, "hello");
  ck_assert_uint_eq(reply.number, 99);
  ck_assert_uint_eq(parsed("VALUE k 0 1\r\nx\r\n").number, 0);
}
END_TEST

START_TEST(what_no_server_sends_is_an_error) {
  for (const std::string_view text :
       {"VALUE\r\n", "VALUE k\r\n", "VALUE k 0\r\n", "VALUE k 0 x\r\n", "VALUE k 4294967296 1\r\n",
        "VALUE k 0 2147483646\r\n", "VALUE k 0 1\r\nxyz", "stored\r\n", "STOREDX\r\n", "ENDS\r\n",
        "\r\n", "18446744073709551616\r\n", "-1\r\n"}) {
    ck_assert_msg(parsed(text).kind == ReplyKind::kError, "'%.*s'", static_cast<int>(text.size()),
                  text.data());
  }
}
END_TEST

START_TEST(a_line_may_end_without_cr) {
  ck_assert(parsed("STORED\n").line == Reply::kStored);
  ck_assert_uint_eq(parsed("END\nEND\r\n").size, 4);
}
END_TEST

PELIKAN_TESTS("protocol/memcache/parse_reply", a_value_line_ends_where_its_line_does,
              every_reply_takes_all_of_its_bytes_and_none_behind, a_reply_cut_anywhere_is_not_whole,
              a_line_is_told_by_its_text, a_value_has_key_flags_bytes_and_cas,
              what_no_server_sends_is_an_error, a_line_may_end_without_cr)
