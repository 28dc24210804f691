#include "buffer/output.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "check.h"
#include "metric/registry.h"

using namespace pelikan;

namespace {

struct Replies {
  explicit Replies(size_t chunks) : pool(chunks * Chunk::kSize, metrics) {}
  size_t lent() const { return pool.limit() - pool.available(); }

  MetricRegistry registry;
  BufferMetrics metrics{registry};
  BufferPool pool;
  Output out{pool};
};

std::string text_of(std::span<const iovec> pieces) {
  std::string text;
  for (const iovec& piece : pieces)
    text.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  return text;
}

// A text in which every position can be told from its neighbours.
std::string pattern(size_t size, size_t seed = 0) {
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>('a' + (i * 7 + i / 251 + seed) % 26);
  return text;
}

void write(Output& out, std::string_view reply) {
  char* place = out.reserve(reply.size());
  out.commit(std::copy(reply.begin(), reply.end(), place));
}

}  // namespace

START_TEST(replies_come_out_in_order_and_the_chunk_goes_back) {
  Replies r(8);
  ck_assert(r.out.has_room());
  ck_assert_uint_eq(r.lent(), 0);
  write(r.out, "STORED\r\n");
  r.out.append("END\r\n");
  ck_assert_uint_eq(r.out.size(), 13);
  ck_assert_text_eq(text_of(r.out.pending()), "STORED\r\nEND\r\n");
  r.out.drop(13);
  ck_assert_uint_eq(r.out.size(), 0);
  ck_assert_uint_eq(r.lent(), 0);
}
END_TEST

START_TEST(a_reservation_without_a_byte_keeps_no_chunk) {
  Replies r(8);
  r.out.commit(r.out.reserve(100));
  ck_assert_uint_eq(r.lent(), 1);
  ck_assert(r.out.pending().empty());
  ck_assert_uint_eq(r.lent(), 0);
}
END_TEST

START_TEST(chunks_are_freed_from_the_head_as_they_are_sent) {
  Replies r(8);
  const std::string value = pattern(3 * Chunk::kRoom);
  ck_assert(r.out.can_take(value.size()));
  r.out.append(value);
  ck_assert_uint_eq(r.lent(), 3);
  r.out.drop(Chunk::kRoom - 1);
  ck_assert_uint_eq(r.lent(), 3);
  r.out.drop(1);
  ck_assert_uint_eq(r.lent(), 2);
  ck_assert(text_of(r.out.pending()) == value.substr(Chunk::kRoom));
}
END_TEST

START_TEST(what_is_dropped_in_any_steps_leaves_the_rest) {
  const std::string text = pattern(150'000);
  for (size_t step : {1UL, 999UL, 65'408UL, 65'409UL, 149'999UL}) {
    Replies r(8);
    r.out.append(text);
    size_t sent = 0;
    while (sent < text.size()) {
      if (step > 1 || sent % 9973 == 0) {
        ck_assert(text_of(r.out.pending()) == text.substr(sent));
        ck_assert_uint_eq(r.out.size(), text.size() - sent);
      }
      const size_t now = std::min(step, text.size() - sent);
      r.out.drop(now);
      sent += now;
    }
    ck_assert_uint_eq(r.lent(), 0);
  }
}
END_TEST

START_TEST(replies_may_follow_while_older_ones_wait) {
  Replies r(8);
  std::string expected;
  size_t seed = 0;
  for (size_t round = 0; round < 500; ++round) {
    while (r.out.has_room()) {
      const std::string reply = pattern(1 + seed * 37 % Output::kReplyReserve, seed);
      ++seed;
      write(r.out, reply);
      expected += reply;
    }
    ck_assert(r.out.take_refusal() != Output::Refusal::kNone);
    ck_assert_uint_eq(r.out.size(), expected.size());
    const size_t sent = expected.size() * (round % 4) / 4;
    ck_assert(text_of(r.out.pending()) == expected);
    r.out.drop(sent);
    expected.erase(0, sent);
  }
}
END_TEST

START_TEST(what_is_cut_off_was_never_written) {
  const std::string text = pattern(3 * Chunk::kRoom);
  for (const size_t kept : {size_t{0}, size_t{1}, Chunk::kRoom - 1, Chunk::kRoom, Chunk::kRoom + 1,
                            text.size() - 1, text.size()}) {
    Replies r(8);
    ck_assert(r.out.can_take(text.size()));
    r.out.append(text);
    r.out.cut(kept);
    ck_assert_uint_eq(r.out.size(), kept);
    ck_assert_uint_eq(r.lent(), (kept + Chunk::kRoom - 1) / Chunk::kRoom);
    ck_assert(r.out.has_room());
    write(r.out, "more");
    ck_assert(text_of(r.out.pending()) == text.substr(0, kept) + "more");
    r.out.drop(kept + 4);
    ck_assert_uint_eq(r.lent(), 0);
  }
}
END_TEST

START_TEST(room_ends_at_the_high_watermark) {
  Replies r(64);
  const std::string reply = pattern(1000);
  while (r.out.has_room()) write(r.out, reply);
  ck_assert_uint_ge(r.out.size(), Output::kHighWatermark);
  ck_assert_uint_lt(r.out.size(), Output::kHighWatermark + 1000);
  ck_assert(r.out.take_refusal() == Output::Refusal::kFull);
  ck_assert(r.out.take_refusal() == Output::Refusal::kNone);
  r.out.drop(1000);
  ck_assert(r.out.has_room());
}
END_TEST

START_TEST(a_value_may_exceed_the_watermark_once) {
  Replies r(64);
  r.out.append(pattern(Output::kHighWatermark - 1));
  ck_assert(r.out.has_room());
  ck_assert(r.out.can_take(1 << 20));
  r.out.append(pattern(1 << 20));
  ck_assert(!r.out.has_room());
}
END_TEST

START_TEST(a_large_reply_is_promised_only_when_the_pool_has_it) {
  Replies r(8);
  ck_assert(!r.out.can_take(8 * Chunk::kSize));
  ck_assert(r.out.take_refusal() == Output::Refusal::kNoMemory);
  const size_t most = 8 * (Chunk::kRoom - Output::kReplyReserve) - 1;
  ck_assert(r.out.can_take(most));
  // The worst case: every reserve() falls just behind what its chunk has left.
  size_t written = 0;
  while (written + 2000 <= most) {
    write(r.out, pattern(2000));
    written += 2000;
  }
  ck_assert_uint_eq(r.out.size(), written);
}
END_TEST

START_TEST(stalled_readers_leave_memory_to_others) {
  Replies r(32);
  std::vector<std::unique_ptr<Output>> stalled;
  const std::string reply = pattern(2000);
  for (int i = 0; i < 7; ++i) {
    stalled.push_back(std::make_unique<Output>(r.pool));
    while (stalled.back()->has_room()) write(*stalled.back(), reply);
  }
  ck_assert_uint_gt(r.pool.available(), 0);  // five chunks each would be more than all
  ck_assert(r.out.has_room());
  ck_assert(stalled.back()->take_refusal() == Output::Refusal::kNoMemory);
  ck_assert_uint_gt(stalled.back()->size(), 0);
}
END_TEST

PELIKAN_TESTS("buffer/output", replies_come_out_in_order_and_the_chunk_goes_back,
              a_reservation_without_a_byte_keeps_no_chunk,
              chunks_are_freed_from_the_head_as_they_are_sent,
              what_is_dropped_in_any_steps_leaves_the_rest,
              replies_may_follow_while_older_ones_wait, what_is_cut_off_was_never_written,
              room_ends_at_the_high_watermark, a_value_may_exceed_the_watermark_once,
              a_large_reply_is_promised_only_when_the_pool_has_it,
              stalled_readers_leave_memory_to_others)
