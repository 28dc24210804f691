#include "protocol/memcache/compose.h"

#include <array>
#include <string>
#include <vector>

#include "padded.h"
#include "protocol/memcache/parse.h"
#include "protocol/memcache/parse_reply.h"

#include "check.h"

namespace pelikan::memcache {
namespace {

using test::Padded;

template <class Compose>
std::string composed(Compose compose) {
  std::array<char, 2048> bytes{};
  return {bytes.data(), compose(bytes.data())};
}

std::string composed_request(const Request& request) {
  std::string bytes(request_bound(request), '?');
  const char* end = compose_request(bytes.data(), request);
  bytes.resize(static_cast<size_t>(end - bytes.data()));
  return bytes;
}

START_TEST(a_value_head_names_key_flags_size_and_cas) {
  const Padded key("some_key_of_24_characters");
  ck_assert_text_eq(composed([&](char* to) {
                      return compose_value_head(to, key.text(), 4294967295, 1048576, std::nullopt);
                    }),
                    "VALUE some_key_of_24_characters 4294967295 1048576\r\n");
  ck_assert_text_eq(composed([&](char* to) {
                      return compose_value_head(to, key.text(), 0, 9, 18446744073709551615U);
                    }),
                    "VALUE some_key_of_24_characters 0 9 18446744073709551615\r\n");
}
END_TEST

START_TEST(the_longest_value_head_keeps_its_bound) {
  const Padded key(std::string(kMaxKey, 'k'));
  const std::string head = composed([&](char* to) {
    return compose_value_head(to, key.text(), UINT32_MAX, UINT64_MAX, UINT64_MAX);
  });
  ck_assert_uint_le(head.size(), kMaxValueHead);
}
END_TEST

START_TEST(only_the_last_value_is_followed_by_end) {
  ck_assert_text_eq(composed([](char* to) { return compose_value_tail(to, false); }), "\r\n");
  ck_assert_text_eq(composed([](char* to) { return compose_value_tail(to, true); }), "\r\nEND\r\n");
}
END_TEST

START_TEST(every_fixed_line_is_composed_whole) {
  for (size_t i = 0; i < kReplyCount; ++i) {
    const auto reply = static_cast<Reply>(i);
    ck_assert_uint_le(reply_line(reply).size(), kMaxReplyLine);
    ck_assert_text_eq(composed([&](char* to) { return compose_reply(to, reply); }),
                      reply_line(reply));
  }
}
END_TEST

START_TEST(requests_are_composed_as_the_protocol_writes_them) {
  Request request;
  request.key = "k";
  request.flags = 7;
  request.exptime = -1;
  request.value = "hello";
  request.value_size = 5;
  request.number = 42;
  const auto as = [&](Command command) {
    request.command = command;
    return composed_request(request);
  };
  ck_assert_text_eq(as(Command::kSet), "set k 7 -1 5\r\nhello\r\n");
  ck_assert_text_eq(as(Command::kCas), "cas k 7 -1 5 42\r\nhello\r\n");
  ck_assert_text_eq(as(Command::kGats), "gats -1 k\r\n");
  ck_assert_text_eq(as(Command::kGet), "get k\r\n");
  ck_assert_text_eq(as(Command::kIncr), "incr k 42\r\n");
  ck_assert_text_eq(as(Command::kTouch), "touch k -1\r\n");
  ck_assert_text_eq(as(Command::kFlushAll), "flush_all -1\r\n");
  ck_assert_text_eq(as(Command::kMetaNoop), "mn\r\n");
  request.noreply = true;
  ck_assert_text_eq(as(Command::kDelete), "delete k noreply\r\n");
  ck_assert_text_eq(as(Command::kPrepend), "prepend k 7 -1 5 noreply\r\nhello\r\n");
}
END_TEST

START_TEST(what_a_client_composes_a_server_parses_back) {
  for (int command = 0; command < static_cast<int>(Command::kRefused); ++command) {
    Request sent;
    sent.command = static_cast<Command>(command);
    if (is_meta(sent.command)) continue;
    sent.key = std::string_view("key_of_a_client");
    sent.flags = 4294967295;
    sent.exptime = INT64_MIN;
    sent.number = UINT64_MAX;
    sent.value = "value\r\nwith a line end";
    sent.value_size = 22;
    const Padded input(composed_request(sent));
    Request read;
    RequestParser parser;
    MetaFlags flags;
    ck_assert(parser.parse(input.text(), read, flags) == ParseStatus::kRequest);
    ck_assert(read.command == sent.command);
    ck_assert_ptr_eq(read.end, input.text().data() + input.text().size());
    if (is_storage(sent.command)) {
      ck_assert_text_eq(std::string_view(read.value, read.value_size),
                        std::string_view(sent.value, sent.value_size));
      ck_assert_uint_eq(read.flags, sent.flags);
      ck_assert_int_eq(read.exptime, sent.exptime);
    }
  }
}
END_TEST

START_TEST(a_retrieval_of_many_keys_is_one_line) {
  const std::vector<std::string_view> keys = {"a", "bb", "ccc"};
  std::string bytes(retrieval_bound(keys), '?');
  const char* end = compose_retrieval(bytes.data(), Command::kGat, 100, keys);
  ck_assert_text_eq(std::string_view(bytes.data(), static_cast<size_t>(end - bytes.data())),
                    "gat 100 a bb ccc\r\n");
}
END_TEST

START_TEST(replies_are_read_with_all_they_say) {
  ParsedReply reply;
  ck_assert(parse_reply("VALUE key 7 5 99\r\nhello\r\nEND\r\n", reply));
  ck_assert(reply.kind == ReplyKind::kValue);
  ck_assert_text_eq(reply.key, "key");
  ck_assert_text_eq(reply.text, "hello");
  ck_assert_uint_eq(reply.flags, 7);
  ck_assert_uint_eq(reply.number, 99);
  ck_assert_uint_eq(reply.size, 25);
  ck_assert(parse_reply("STAT curr_items 12\r\n", reply));
  ck_assert(reply.kind == ReplyKind::kStat);
  ck_assert_text_eq(reply.key, "curr_items");
  ck_assert_text_eq(reply.text, "12");
  ck_assert(parse_reply("VERSION 1.6.45\r\n", reply));
  ck_assert(reply.kind == ReplyKind::kVersion);
  ck_assert(parse_reply("18446744073709551615\r\n", reply));
  ck_assert(reply.kind == ReplyKind::kNumber);
  ck_assert_uint_eq(reply.number, 18446744073709551615U);
}
END_TEST

START_TEST(every_fixed_line_is_read_as_itself_or_as_an_error) {
  for (size_t i = 0; i < kReplyCount; ++i) {
    const std::string_view line = reply_line(static_cast<Reply>(i));
    ParsedReply reply;
    ck_assert(parse_reply(line, reply));
    ck_assert_uint_eq(reply.size, line.size());
    if (line.find("ERROR") != std::string_view::npos) {
      ck_assert(reply.kind == ReplyKind::kError);
      ck_assert_text_eq(reply.text, line.substr(0, line.size() - 2));
    } else {
      ck_assert(reply.kind == ReplyKind::kLine);
      ck_assert_uint_eq(static_cast<size_t>(reply.line), i);
    }
  }
}
END_TEST

START_TEST(a_reply_that_is_not_whole_is_waited_for) {
  for (const std::string_view text : {"VALUE k 0 10\r\n0123456789\r\n", "STORED\r\n", "12\r\n"}) {
    ParsedReply reply;
    for (size_t size = 0; size < text.size(); ++size) {
      ck_assert(!parse_reply(text.substr(0, size), reply));
    }
    ck_assert(parse_reply(text, reply));
  }
}
END_TEST

START_TEST(a_value_that_breaks_the_protocol_is_an_error) {
  ParsedReply reply;
  for (const char* text : {"VALUE k x 1\r\nv\r\n", "VALUE k 0 99999999999\r\nv\r\n", "VALUE k\r\n",
                           "VALUE k 0 1\r\nvvv\r\n", "nonsense\r\n"}) {
    ck_assert(parse_reply(text, reply));
    ck_assert(reply.kind == ReplyKind::kError);
  }
}
END_TEST

}  // namespace
}  // namespace pelikan::memcache

using namespace pelikan::memcache;
PELIKAN_TESTS("protocol/memcache/compose", a_value_head_names_key_flags_size_and_cas,
              the_longest_value_head_keeps_its_bound, only_the_last_value_is_followed_by_end,
              every_fixed_line_is_composed_whole, requests_are_composed_as_the_protocol_writes_them,
              what_a_client_composes_a_server_parses_back, a_retrieval_of_many_keys_is_one_line,
              replies_are_read_with_all_they_say, every_fixed_line_is_read_as_itself_or_as_an_error,
              a_reply_that_is_not_whole_is_waited_for, a_value_that_breaks_the_protocol_is_an_error)
