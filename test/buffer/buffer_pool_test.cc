#include "buffer/buffer_pool.h"

#include <vector>

#include "buffer/gather_buffer.h"
#include "check.h"
#include "metric/registry.h"

using namespace pelikan;

namespace {

struct Pool {
  explicit Pool(size_t chunks) : pool(chunks * Chunk::kSize, metrics) {}
  std::vector<Chunk*> borrow(size_t count) {
    std::vector<Chunk*> chunks(count);
    for (Chunk*& chunk : chunks) chunk = pool.borrow();
    return chunks;
  }

  MetricRegistry registry;
  BufferMetrics metrics{registry};
  BufferPool pool;
};

}  // namespace

START_TEST(the_chunk_given_back_last_is_borrowed_next) {
  Pool p(8);
  Chunk* first = p.pool.borrow();
  Chunk* second = p.pool.borrow();
  p.pool.give_back(second);
  p.pool.give_back(first);
  ck_assert_ptr_eq(p.pool.borrow(), first);
  ck_assert_ptr_eq(p.pool.borrow(), second);
  ck_assert_uint_eq(p.metrics.allocate.value(), 2);
  p.pool.give_back(first);
  p.pool.give_back(second);
}
END_TEST

START_TEST(no_more_than_the_limit_is_lent) {
  Pool p(4);
  std::vector<Chunk*> chunks = p.borrow(4);
  for (Chunk* chunk : chunks) ck_assert_ptr_nonnull(chunk);
  ck_assert_uint_eq(p.pool.available(), 0);
  ck_assert_ptr_null(p.pool.borrow());
  ck_assert_uint_eq(p.metrics.refuse.value(), 1);
  ck_assert_int_eq(p.metrics.in_use.value(), 4 * Chunk::kSize);
  for (Chunk* chunk : chunks) p.pool.give_back(chunk);
  ck_assert_int_eq(p.metrics.in_use.value(), 0);
  ck_assert_uint_eq(p.pool.available(), 4);
}
END_TEST

START_TEST(input_leaves_the_last_chunks_to_replies) {
  Pool p(16);  // two of them for replies
  std::vector<Chunk*> chunks;
  while (Chunk* chunk = p.pool.borrow_for_input()) chunks.push_back(chunk);
  ck_assert_uint_eq(chunks.size(), 14);
  chunks.push_back(p.pool.borrow());
  ck_assert_ptr_nonnull(chunks.back());
  for (Chunk* chunk : chunks) p.pool.give_back(chunk);
}
END_TEST

START_TEST(a_gather_buffer_counts_against_the_limit) {
  Pool p(8);
  {
    auto buffer = GatherBuffer::borrow(p.pool, 5 * Chunk::kSize - 1);
    ck_assert(buffer.has_value());
    ck_assert_uint_eq(p.pool.available(), 3);
    ck_assert(!GatherBuffer::borrow(p.pool, 4 * Chunk::kSize).has_value());
    GatherBuffer moved = std::move(*buffer);
    ck_assert_uint_eq(p.pool.available(), 3);
    ck_assert_uint_eq(moved.append("head"), 4);
    ck_assert_uint_eq(moved.next().size(), 5 * Chunk::kSize - 5);
    moved.advance(5 * Chunk::kSize - 6);
    ck_assert_uint_eq(moved.append("last byte"), 1);
    ck_assert(moved.next().empty());
    ck_assert_text_eq(moved.bytes().substr(0, 4), "head");
  }
  ck_assert_uint_eq(p.pool.available(), 8);
}
END_TEST

START_TEST(charging_returns_spare_chunks_to_the_system) {
  Pool p(4);
  std::vector<Chunk*> chunks = p.borrow(4);
  for (Chunk* chunk : chunks) p.pool.give_back(chunk);
  ck_assert_int_eq(p.metrics.allocated.value(), 4 * Chunk::kSize);
  ck_assert(p.pool.charge(3 * Chunk::kSize));
  ck_assert_int_eq(p.metrics.allocated.value(), 4 * Chunk::kSize);  // one chunk and the charge
  p.pool.refund(3 * Chunk::kSize);
  ck_assert_int_eq(p.metrics.allocated.value(), Chunk::kSize);
}
END_TEST

START_TEST(trim_returns_what_was_not_needed_since_the_last_one) {
  Pool p(32);
  std::vector<Chunk*> chunks = p.borrow(20);
  for (Chunk* chunk : chunks) p.pool.give_back(chunk);
  p.pool.trim();  // they were all in use since the start
  ck_assert_int_eq(p.metrics.allocated.value(), 20 * Chunk::kSize);
  chunks = p.borrow(6);
  for (Chunk* chunk : chunks) p.pool.give_back(chunk);
  p.pool.trim();  // six were needed at once; four more stay as a reserve
  ck_assert_int_eq(p.metrics.allocated.value(), 10 * Chunk::kSize);
}
END_TEST

PELIKAN_TESTS("buffer/buffer_pool", the_chunk_given_back_last_is_borrowed_next,
              no_more_than_the_limit_is_lent, input_leaves_the_last_chunks_to_replies,
              a_gather_buffer_counts_against_the_limit, charging_returns_spare_chunks_to_the_system,
              trim_returns_what_was_not_needed_since_the_last_one)
