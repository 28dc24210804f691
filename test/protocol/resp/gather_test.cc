// Requests that are put together from many pieces, the bound on their memory, and its reuse.
#include "protocol/resp/gather.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp/compose.h"

#include "check.h"

using namespace pelikan::resp;

namespace {

constexpr size_t kPlenty = size_t{64} << 20;

std::string request(const std::vector<std::string>& args) {
  const std::vector<std::string_view> views(args.begin(), args.end());
  std::string bytes(request_bound(views), '\0');
  bytes.resize(static_cast<size_t>(compose_request(bytes.data(), views) - bytes.data()));
  return bytes;
}

// Text in which a byte that is lost or taken twice shows.
std::string text(size_t size) {
  std::string bytes(size, '\0');
  std::mt19937 random(static_cast<unsigned>(size));
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

// Gives the bytes in pieces, as a connection would: what is asked for goes where it was asked to,
// what is not consumed comes again. Returns the bytes that were not needed.
std::string_view feed(GatheredRequest& gathered, std::string_view bytes, size_t piece) {
  size_t shown = 0;  // bytes that wait in the input
  while (true) {
    shown = std::min(shown + piece, bytes.size());
    const GatheredRequest::Taken taken = gathered.take(bytes.substr(0, shown));
    bytes.remove_prefix(taken.consumed);
    shown -= taken.consumed;
    if (taken.status == ParseStatus::kRequest) return bytes;
    ck_assert(taken.status == ParseStatus::kIncomplete);
    ck_assert_uint_lt(shown, bytes.size());
    const std::span<char> to = gathered.ask();
    if (to.empty()) continue;
    ck_assert_uint_eq(shown, 0);
    std::memcpy(to.data(), bytes.data(), to.size());
    bytes.remove_prefix(to.size());
    gathered.answered();
  }
}

void check_args(const GatheredRequest& gathered, const std::vector<std::string>& expected) {
  ck_assert_uint_eq(gathered.args().size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) ck_assert(gathered.args()[i] == expected[i]);
}

}  // namespace

START_TEST(a_request_in_pieces_of_any_size_is_put_together) {
  const std::vector<std::vector<std::string>> requests = {
      {"SET", "k", text(70'000)},
      {"SET", "k", text(1'100'000)},
      {"MSET", "a", text(200'000), "", "", "b", text(20'000)},
      {"SET", text(65'000), text(5'000)},
      {"PING"},
  };
  GatherMemory memory(kPlenty);
  for (const auto& args : requests) {
    const std::string bytes = request(args) + "*1\r\n";
    for (const size_t piece : {1, 7, 16'384, 65'408, 2'000'000}) {
      GatheredRequest gathered(memory, {});
      ck_assert_text_eq(feed(gathered, bytes, piece), "*1\r\n");
      check_args(gathered, args);
      ck_assert(!gathered.is_out_of_memory());
    }
    ck_assert_uint_eq(memory.in_use(), 0);
  }
}
END_TEST

START_TEST(many_small_arguments_are_put_together) {
  std::vector<std::string> args{"MSET"};
  for (int i = 0; i < 40'000; ++i) args.push_back(std::to_string(i * i));
  GatherMemory memory(kPlenty);
  GatheredRequest gathered(memory, {});
  ck_assert_text_eq(feed(gathered, request(args), 60'000), "");
  check_args(gathered, args);
  ck_assert_ptr_eq(gathered.spec(), &spec_of(Command::kMset));
}
END_TEST

START_TEST(memory_grows_with_what_comes_and_not_with_what_is_announced) {
  GatherMemory memory(kPlenty);
  GatheredRequest gathered(memory, {});
  const std::string head = "*2147483647\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n";
  ck_assert(gathered.take(head + std::string(60'000, 'v')).status == ParseStatus::kIncomplete);
  ck_assert_uint_lt(memory.in_use(), 256 * 1024);
}
END_TEST

START_TEST(a_buffer_is_as_large_as_its_value_and_is_reused) {
  GatherMemory memory(kPlenty);
  const std::string bytes = request({"SET", "k", text(1'000'000)});
  const char* before = nullptr;
  for (int round = 0; round < 3; ++round) {
    GatheredRequest gathered(memory, {});
    ck_assert_text_eq(feed(gathered, bytes, 60'000), "");
    ck_assert_uint_ge(memory.in_use(), 1'000'000);
    ck_assert_uint_lt(memory.in_use(), 1'010'000);
    if (before != nullptr) ck_assert_ptr_eq(gathered.args()[2].data(), before);
    before = gathered.args()[2].data();
  }
}
END_TEST

START_TEST(an_argument_over_the_limit_is_swallowed_and_the_stream_goes_on) {
  GatherMemory memory(kPlenty);
  for (const size_t piece : {1'000, 65'408}) {
    GatheredRequest gathered(memory, {.argument = 1'000});
    const std::string bytes = request({"SET", "key", text(300'000), "EX", "10"});
    ck_assert_text_eq(feed(gathered, bytes + "PING\r\n", piece), "PING\r\n");
    const auto args = gathered.args();
    ck_assert_uint_eq(args.size(), 5);
    ck_assert_text_eq(args[1], "key");
    ck_assert(is_too_long(args[2]));
    ck_assert_uint_eq(args[2].size(), 300'000);
    ck_assert_text_eq(args[4], "10");
    ck_assert_uint_lt(memory.in_use(), 10'000);
  }
}
END_TEST

START_TEST(a_request_that_finds_no_memory_is_swallowed_and_the_stream_goes_on) {
  GatherMemory memory(200'000);
  const std::string small = request({"SET", "k", text(100'000)});
  GatheredRequest kept(memory, {});
  ck_assert_text_eq(feed(kept, small, 60'000), "");
  for (const size_t piece : {1'000, 65'408}) {
    GatheredRequest refused(memory, {});
    ck_assert_text_eq(feed(refused, small + "PING\r\n", piece), "PING\r\n");
    ck_assert(refused.lacks_memory());
    ck_assert_text_eq(refused.args()[1], "k");
    ck_assert(is_too_long(refused.args()[2]));
  }
  {
    std::vector<std::string> args(50'000, "");  // as costly by their number
    args[0] = "DEL";
    GatheredRequest refused(memory, {});
    ck_assert_text_eq(feed(refused, request(args) + "PING\r\n", 60'000), "PING\r\n");
    ck_assert(refused.is_out_of_memory());
  }
  check_args(kept, {"SET", "k", text(100'000)});
  ck_assert_uint_lt(memory.in_use(), 110'000);
}
END_TEST

START_TEST(errors_in_the_midst_are_told) {
  GatherMemory memory(kPlenty);
  GatheredRequest gathered(memory, {.is_authenticated = false});
  const GatheredRequest::Taken taken = gathered.take("*2\r\n$4\r\nECHO\r\n:16385\r\n");
  ck_assert(taken.status == ParseStatus::kProtocolError);
  ck_assert(taken.error == ProtocolError::kExpectedDollar && taken.got == ':');
  GatheredRequest other(memory, {.is_authenticated = false});
  ck_assert(other.take("*2\r\n$4\r\nECHO\r\n$16385\r\n").error ==
            ProtocolError::kUnauthenticatedBulkLength);
}
END_TEST

PELIKAN_TESTS("protocol/resp/gather", a_request_in_pieces_of_any_size_is_put_together,
              many_small_arguments_are_put_together,
              memory_grows_with_what_comes_and_not_with_what_is_announced,
              a_buffer_is_as_large_as_its_value_and_is_reused,
              an_argument_over_the_limit_is_swallowed_and_the_stream_goes_on,
              a_request_that_finds_no_memory_is_swallowed_and_the_stream_goes_on,
              errors_in_the_midst_are_told)
