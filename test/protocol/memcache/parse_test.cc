#include "protocol/memcache/parse.h"

#include <string>
#include <vector>

#include "padded.h"

#include "check.h"

namespace pelikan::memcache {
namespace {

using test::Padded;

// What one request came to, in words: easier to compare than sixteen fields.
struct Seen {
  ParseStatus status;
  Request request;
  MetaFlags flags;
  size_t size = 0;  // bytes of the input it took
  std::string key;
  std::string value;
};

Seen parse(std::string_view text, RequestParser parser = {}) {
  const Padded input(text);
  Seen seen;
  seen.status = parser.parse(input.text(), seen.request, seen.flags);
  if (seen.status != ParseStatus::kRequest && seen.status != ParseStatus::kIncompleteValue) {
    return seen;
  }
  seen.key = seen.request.key;
  if (seen.request.end != nullptr) {
    seen.size = static_cast<size_t>(seen.request.end - input.text().data());
  }
  if (is_storage(seen.request.command) && seen.request.end != nullptr) {
    seen.value.assign(seen.request.value, seen.request.value_size);
  }
  return seen;
}

// The key operations of a whole input.
std::vector<std::string> operations(std::string_view text) {
  const Padded input(text);
  std::string_view rest = input.text();
  RequestParser parser;
  MetaFlags flags;
  Request request;
  std::vector<std::string> keys;
  while (!rest.empty() && parser.parse(rest, request, flags) == ParseStatus::kRequest) {
    std::string row(request.key);
    if (request.command == Command::kRefused) row = "!" + std::string(reply_line(request.refusal));
    keys.push_back(row + (is_retrieval(request.command) && request.last ? "." : ""));
    rest.remove_prefix(static_cast<size_t>(request.end - rest.data()));
  }
  return keys;
}

void expect_refused(std::string_view text, Reply why, bool noreply = false) {
  const Seen seen = parse(text);
  ck_assert_int_eq(static_cast<int>(seen.status), static_cast<int>(ParseStatus::kRequest));
  ck_assert_int_eq(static_cast<int>(seen.request.command), static_cast<int>(Command::kRefused));
  ck_assert_text_eq(reply_line(seen.request.refusal), reply_line(why));
  ck_assert_int_eq(seen.request.noreply, noreply);
}

START_TEST(a_get_of_three_keys_is_three_operations_and_the_last_ends_it) {
  ck_assert(operations("get a bb ccc\r\nget d\r\n") ==
            (std::vector<std::string>{"a", "bb", "ccc.", "d."}));
}
END_TEST

START_TEST(spaces_between_and_behind_keys_do_not_matter) {
  ck_assert(operations("get   a  b   \r\ngets c\n") == (std::vector<std::string>{"a", "b.", "c."}));
}
END_TEST

START_TEST(gat_carries_its_exptime_to_every_key) {
  const Padded input("gat -5 a b\r\n");
  RequestParser parser;
  MetaFlags flags;
  Request request;
  ck_assert(parser.parse(input.text(), request, flags) == ParseStatus::kRequest);
  ck_assert_int_eq(request.exptime, -5);
  ck_assert(!request.last);
  const std::string_view rest =
      input.text().substr(static_cast<size_t>(request.end - input.text().data()));
  ck_assert(parser.parse(rest, request, flags) == ParseStatus::kRequest);
  ck_assert_text_eq(request.key, "b");
  ck_assert_int_eq(request.exptime, -5);
  ck_assert(request.last);
  ck_assert(request.command == Command::kGat);
}
END_TEST

START_TEST(a_parser_sent_back_behind_a_key_goes_on_inside_the_get) {
  const Padded input("get a b c\r\n");
  RequestParser parser;
  MetaFlags flags;
  Request first, next;
  ck_assert(parser.parse(input.text(), first, flags) == ParseStatus::kRequest);
  const std::string_view rest =
      input.text().substr(static_cast<size_t>(first.end - input.text().data()));
  ck_assert(parser.parse(rest, next, flags) == ParseStatus::kRequest);
  ck_assert(parser.parse("c\r\n" + std::string(64, ' '), next, flags) == ParseStatus::kRequest);
  parser.continue_behind(first);
  ck_assert(parser.parse(rest, next, flags) == ParseStatus::kRequest);
  ck_assert_text_eq(next.key, "b");
}
END_TEST

START_TEST(a_bad_key_in_a_whole_list_refuses_all_of_it) {
  const std::string bad = "get a " + std::string(251, 'k') + " b\r\n";
  ck_assert(operations(bad + "get c\r\n") ==
            (std::vector<std::string>{"!CLIENT_ERROR bad command line format\r\n", "c."}));
}
END_TEST

START_TEST(a_short_list_waits_for_its_end_and_a_long_one_does_not) {
  ck_assert(parse("get a b").status == ParseStatus::kIncomplete);
  std::string list = "get a";
  while (list.size() <= kMaxOpenLine) list += " key_of_20_bytes_long";
  const Seen seen = parse(list);
  ck_assert(seen.status == ParseStatus::kRequest);
  ck_assert_text_eq(seen.key, "a");
  ck_assert(!seen.request.last);
}
END_TEST

START_TEST(a_bad_key_in_a_list_already_begun_ends_the_connection) {
  std::string list = "get a";
  while (list.size() <= kMaxOpenLine) list += " key_of_20_bytes_long";
  const Padded input(list);
  RequestParser parser;
  MetaFlags flags;
  Request request;
  ck_assert(parser.parse(input.text(), request, flags) == ParseStatus::kRequest);
  ck_assert(parser.parse(Padded(std::string(251, 'k')).text(), request, flags) ==
            ParseStatus::kRequest);
  ck_assert(request.command == Command::kRefused);
  ck_assert(request.close);
}
END_TEST

START_TEST(a_line_end_cut_in_two_makes_no_key_too_long) {
  const std::string longest(250, 'k');
  ck_assert(parse("get " + longest + "\r").status == ParseStatus::kIncomplete);
  std::string list = "get a";
  while (list.size() <= kMaxOpenLine) list += " " + longest;
  const Padded input(list + "\r");
  RequestParser parser;
  MetaFlags flags;
  Request request;
  std::string_view rest = input.text();
  size_t keys = 0;
  while (parser.parse(rest, request, flags) == ParseStatus::kRequest) {
    ck_assert(request.command == Command::kGet);
    rest.remove_prefix(static_cast<size_t>(request.end - rest.data()));
    ++keys;
  }
  ck_assert_uint_eq(rest.size(), longest.size() + 1);
  ck_assert_uint_eq(keys, 1 + (list.size() - 5) / 251 - 1);
}
END_TEST

START_TEST(the_keys_of_a_list_may_have_every_length_up_to_the_limit) {
  for (size_t size = 1; size <= 252; ++size) {
    const std::string key(size, 'k');
    for (const std::string& line : {"get a " + key + " b " + key + "\r\n", "get a " + key + "\n",
                                    "get a " + std::string(10, 'x') + " " + key + " \r\n"}) {
      ck_assert_msg((parse(line).request.command == Command::kGet) == (size <= kMaxKey), "%s",
                    line.c_str());
    }
  }
}
END_TEST

START_TEST(the_last_key_is_not_handed_out_before_it_is_known_to_be_the_last) {
  for (const char* text : {"get a", "get a ", "get a\r", "get a  \r"}) {
    ck_assert(parse(text).status == ParseStatus::kIncomplete);
  }
}
END_TEST

START_TEST(a_set_is_read_with_all_its_fields) {
  const Seen seen = parse("set key 4294967295 -1 5 noreply\r\nhello\r\nget a\r\n");
  ck_assert(seen.status == ParseStatus::kRequest);
  ck_assert(seen.request.command == Command::kSet);
  ck_assert_text_eq(seen.key, "key");
  ck_assert_text_eq(seen.value, "hello");
  ck_assert_uint_eq(seen.request.flags, 4294967295U);
  ck_assert_int_eq(seen.request.exptime, -1);
  ck_assert(seen.request.noreply);
  ck_assert_uint_eq(seen.size, 40);
}
END_TEST

START_TEST(a_value_may_hold_line_ends_and_be_empty) {
  ck_assert_text_eq(parse("set k 0 0 4\r\n\r\n\r\n\r\n").value, "\r\n\r\n");
  ck_assert_text_eq(parse("set k 0 0 0\r\n\r\n").value, "");
}
END_TEST

START_TEST(a_cas_reads_its_token_and_refuses_a_bad_one) {
  ck_assert_uint_eq(parse("cas k 0 0 1 18446744073709551615\r\nv\r\n").request.number,
                    18446744073709551615U);
  for (const char* text : {"cas k 0 0 1\r\n", "cas k 0 0 1 x\r\n", "cas k 0 0 1 -1\r\n",
                           "cas k 0 0 1 18446744073709551616\r\n"}) {
    expect_refused(text, Reply::kBadFormat);
    ck_assert_uint_eq(parse(text).request.value_size, 3);
  }
}
END_TEST

START_TEST(a_value_that_is_not_all_there_says_so_with_its_line_read) {
  const Seen seen = parse("set key 7 0 10\r\nhello");
  ck_assert(seen.status == ParseStatus::kIncompleteValue);
  ck_assert_text_eq(seen.key, "key");
  ck_assert_uint_eq(seen.request.value_size, 10);
  ck_assert_uint_eq(seen.request.flags, 7);
  ck_assert(parse("set k 0 0 5\r\nhello\r").status == ParseStatus::kIncompleteValue);
}
END_TEST

START_TEST(a_refused_storage_line_tells_how_much_to_swallow) {
  const std::string key(251, 'k');
  for (const std::string& text :
       {"set " + key + " 0 0 5\r\nhello\r\n", std::string("set k x 0 5\r\n"),
        std::string("set k 4294967296 0 5\r\n"), std::string("set k 0 x 5\r\n"),
        std::string("set k 0 1.5 5\r\n")}) {
    expect_refused(text, Reply::kBadFormat);
    ck_assert_uint_eq(parse(text).request.value_size, 7);
  }
}
END_TEST

START_TEST(a_length_that_cannot_be_read_swallows_nothing_and_is_told_in_spite_of_noreply) {
  for (const char* size :
       {"-1", "x", "2147483646", "2147483647", "4294967301", "18446744073709551616"}) {
    const std::string text = "set k 0 0 " + std::string(size) + " noreply\r\n";
    expect_refused(text, Reply::kBadFormat);
    ck_assert_uint_eq(parse(text).request.value_size, 0);
  }
  ck_assert(parse("set k 0 0 2147483645\r\n").status == ParseStatus::kIncompleteValue);
}
END_TEST

START_TEST(lines_with_too_few_words_are_badly_formatted) {
  for (const char* text :
       {"get\r\n", "gets\r\n", "gat\r\n", "gat 1\r\n", "set\r\n", "set k 0 0\r\n", "delete\r\n",
        "incr k\r\n", "touch k\r\n", "verbosity\r\n", "\r\n", "\n"}) {
    expect_refused(text, Reply::kBadFormat);
  }
}
END_TEST

START_TEST(unknown_words_are_an_error_that_noreply_hides) {
  for (const char* text : {"foo\r\n", "GETS k\r\n", "ge k\r\n", " get k\r\n", "set\tk 0 0 1\r\n"}) {
    expect_refused(text, Reply::kError);
  }
  expect_refused(std::string_view("get\0 k\r\n", 8), Reply::kError);
  expect_refused("flush_alx\r\n", Reply::kError);
  expect_refused("foo bar noreply\r\n", Reply::kError, true);
}
END_TEST

START_TEST(foreign_protocols_are_hung_up_on) {
  for (const char* text :
       {"GET / HTTP/1.1\r\n", "POST /x", "PUT / ", "DELETE k ", "\x80\x01", "\x16\x03\x01"}) {
    ck_assert(parse(text).status == ParseStatus::kHangUp);
  }
}
END_TEST

START_TEST(a_line_without_end_is_hung_up_on_unless_it_lists_keys) {
  const std::string junk(kMaxOpenLine, 'x');
  ck_assert(parse(junk).status == ParseStatus::kIncomplete);
  ck_assert(parse(junk + "x").status == ParseStatus::kHangUp);
  ck_assert(parse("set " + junk).status == ParseStatus::kHangUp);
  ck_assert(parse("mg " + junk).status == ParseStatus::kHangUp);
  expect_refused(std::string(9000, 'x') + "\r\n", Reply::kError);
  ck_assert(parse(std::string(17000, 'x') + "\r\n").status == ParseStatus::kHangUp);
}
END_TEST

START_TEST(numbers_of_incr_and_touch_are_checked) {
  ck_assert_uint_eq(parse("incr k 18446744073709551615\r\n").request.number, 18446744073709551615U);
  for (const char* delta : {"-1", "abc", "1.5", "18446744073709551616", "+1"}) {
    expect_refused("incr k " + std::string(delta) + "\r\n", Reply::kInvalidDelta);
    expect_refused("decr k " + std::string(delta) + " noreply\r\n", Reply::kInvalidDelta, true);
  }
  ck_assert_int_eq(parse("touch k 4102444800\r\n").request.exptime, 4102444800);
  expect_refused("touch k abc\r\n", Reply::kInvalidExptime);
  expect_refused("gat abc k\r\n", Reply::kInvalidExptime);
}
END_TEST

START_TEST(flush_all_reads_its_delay_and_noreply_in_every_combination) {
  ck_assert(!parse("flush_all\r\n").request.noreply);
  ck_assert(parse("flush_all noreply\r\n").request.noreply);
  ck_assert_int_eq(parse("flush_all 10\r\n").request.exptime, 10);
  const Seen both = parse("flush_all -10 noreply\r\n");
  ck_assert_int_eq(both.request.exptime, -10);
  ck_assert(both.request.noreply);
  expect_refused("flush_all abc\r\n", Reply::kInvalidExptime);
}
END_TEST

START_TEST(stats_keeps_its_words_without_the_spaces_around_them) {
  ck_assert_text_eq(parse("stats \r\n").key, "");
  ck_assert_text_eq(parse("stats  items  \r\n").key, "items");
  ck_assert_text_eq(parse("stats cachedump 1 2\r\n").key, "cachedump 1 2");
}
END_TEST

START_TEST(noreply_is_not_among_the_words_of_an_admin_command) {
  Seen seen = parse("lru_crawler  sleep  100  noreply \r\n");
  ck_assert(seen.request.command == Command::kLruCrawler);
  ck_assert_text_eq(seen.key, "sleep  100");
  ck_assert(seen.request.noreply);
  seen = parse("slabs noreply automove\n");
  ck_assert_text_eq(seen.key, "noreply automove");
  ck_assert(!seen.request.noreply);
  seen = parse("shutdown noreply\r\n");
  ck_assert_text_eq(seen.key, "");
  ck_assert(seen.request.noreply);
}
END_TEST

START_TEST(meta_commands_without_a_good_key_or_length_are_refused) {
  for (const char* text : {"mg\r\n", "ms\r\n", "ms k\r\n", "ms k x\r\n", "ms k -1\r\n",
                           "ms k 2147483647\r\n", "md \r\n", "ma\r\n", "me\r\n"}) {
    expect_refused(text, Reply::kBadFormat);
  }
  expect_refused("mg " + std::string(251, 'k') + " v\r\n", Reply::kBadFormat);
  ck_assert(parse("mn\r\n").request.command == Command::kMetaNoop);
}
END_TEST

START_TEST(flags_of_meta_commands_are_decoded_in_their_order) {
  const Seen seen = parse("mg key t T-30 N60 R5 v Oabc C18446744073709551615 E7 k\r\n");
  ck_assert(seen.request.command == Command::kMetaGet);
  ck_assert_text_eq(seen.key, "key");
  ck_assert_text_eq((std::string_view{seen.flags.order.data(), seen.flags.count}), "tTNRvOCEk");
  ck_assert(seen.flags.has('k') && !seen.flags.has('K') && !seen.flags.has('q'));
  ck_assert_int_eq(seen.flags.exptime, -30);
  ck_assert_int_eq(seen.flags.vivify_exptime, 60);
  ck_assert_int_eq(seen.flags.recache_exptime, 5);
  ck_assert_uint_eq(seen.flags.cas, UINT64_MAX);
  ck_assert_uint_eq(seen.flags.new_cas, 7);
  ck_assert_text_eq(seen.flags.opaque_text(), "abc");
}
END_TEST

START_TEST(modes_are_told_by_their_first_letter) {
  ck_assert(parse("ms k 0 ME\r\n\r\n").flags.mode == MetaMode::kAdd);
  ck_assert(parse("ms k 0 mp\r\n\r\n").status == ParseStatus::kRequest);
  ck_assert(parse("ms k 0 Mprepend\r\n\r\n").flags.mode == MetaMode::kPrepend);
  ck_assert(parse("ma k M-\r\n").flags.mode == MetaMode::kDecrement);
  ck_assert(parse("ma k Mi\r\n").flags.mode == MetaMode::kIncrement);
  expect_refused("ma k MA\r\n", Reply::kInvalidArithmeticMode);
  expect_refused("ms k 0 M\r\n\r\n", Reply::kInvalidSetMode);
  ck_assert(parse("mg k MA\r\n").request.command == Command::kMetaGet);  // no use for it
}
END_TEST

START_TEST(keys_in_base64_are_decoded_beside_the_input) {
  const Seen seen = parse("ms AP8gCg== 2 b\r\nhi\r\n");
  ck_assert(seen.request.command == Command::kMetaSet);
  ck_assert(seen.key == std::string("\0\xff \n", 4));
  expect_refused("mg a b\r\n", Reply::kBadKeyEncoding);
  expect_refused("mg YQ b\r\n", Reply::kBadKeyEncoding);
  expect_refused("me Y=Q= b\r\n", Reply::kBadKeyEncoding);
}
END_TEST

START_TEST(a_refused_ms_swallows_its_value) {
  for (const char* text : {"ms k 5 !\r\nhello\r\n", "ms k 5 Tx\r\nhello\r\n",
                           "ms k 5 c c\r\nhello\r\n", "ms k 5 b\r\nhello\r\n"}) {
    const Seen seen = parse(text);
    ck_assert(seen.request.command == Command::kRefused);
    ck_assert_uint_eq(seen.request.value_size, 7);
  }
}
END_TEST

START_TEST(every_prefix_of_a_request_is_incomplete_and_never_wrong) {
  for (const std::string_view text :
       {"get abb \r\n", "gat 10 a\r\n", "set k 1 2 3 noreply\r\nabc\r\n",
        "cas k 1 2 3 4\r\nabc\r\n", "incr k 1\r\n", "touch k 1\r\n", "flush_all 1 noreply\r\n",
        "stats items\r\n", "mg k v\r\n", "mg a2V5 b O12 T-1  k \r\n", "ms k 2 T30 c\r\nhi\r\n",
        "unknown word\r\n", "\r\n"}) {
    for (size_t size = 0; size < text.size(); ++size) {
      const ParseStatus status = parse(text.substr(0, size)).status;
      ck_assert(status == ParseStatus::kIncomplete || status == ParseStatus::kIncompleteValue);
    }
    ck_assert_uint_eq(parse(text).size, text.size());
  }
}
END_TEST

}  // namespace
}  // namespace pelikan::memcache

using namespace pelikan::memcache;
PELIKAN_TESTS("protocol/memcache/parse",
              a_get_of_three_keys_is_three_operations_and_the_last_ends_it,
              spaces_between_and_behind_keys_do_not_matter, gat_carries_its_exptime_to_every_key,
              a_parser_sent_back_behind_a_key_goes_on_inside_the_get,
              a_bad_key_in_a_whole_list_refuses_all_of_it,
              a_short_list_waits_for_its_end_and_a_long_one_does_not,
              a_bad_key_in_a_list_already_begun_ends_the_connection,
              a_line_end_cut_in_two_makes_no_key_too_long,
              the_keys_of_a_list_may_have_every_length_up_to_the_limit,
              the_last_key_is_not_handed_out_before_it_is_known_to_be_the_last,
              a_set_is_read_with_all_its_fields, a_value_may_hold_line_ends_and_be_empty,
              a_cas_reads_its_token_and_refuses_a_bad_one,
              a_value_that_is_not_all_there_says_so_with_its_line_read,
              a_refused_storage_line_tells_how_much_to_swallow,
              a_length_that_cannot_be_read_swallows_nothing_and_is_told_in_spite_of_noreply,
              lines_with_too_few_words_are_badly_formatted,
              unknown_words_are_an_error_that_noreply_hides, foreign_protocols_are_hung_up_on,
              a_line_without_end_is_hung_up_on_unless_it_lists_keys,
              numbers_of_incr_and_touch_are_checked,
              flush_all_reads_its_delay_and_noreply_in_every_combination,
              stats_keeps_its_words_without_the_spaces_around_them,
              noreply_is_not_among_the_words_of_an_admin_command,
              meta_commands_without_a_good_key_or_length_are_refused,
              flags_of_meta_commands_are_decoded_in_their_order,
              modes_are_told_by_their_first_letter, keys_in_base64_are_decoded_beside_the_input,
              a_refused_ms_swallows_its_value,
              every_prefix_of_a_request_is_incomplete_and_never_wrong)
