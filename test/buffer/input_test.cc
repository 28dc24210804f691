#include "buffer/input.h"

#include <algorithm>
#include <string>

#include "check.h"
#include "metric/registry.h"

using namespace pelikan;

namespace {

struct Received {
  explicit Received(size_t chunks = 8) : pool(chunks * Chunk::kSize, metrics) {}
  size_t lent() const { return pool.limit() - pool.available(); }
  void receive(std::string_view bytes) {
    const std::span<char> room = in.room();
    ck_assert_uint_ge(room.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    in.commit(bytes.size());
  }

  MetricRegistry registry;
  BufferMetrics metrics{registry};
  BufferPool pool;
  Input in{pool};
};

}  // namespace

START_TEST(the_chunk_is_given_back_when_all_is_consumed) {
  Received r;
  ck_assert_uint_eq(r.lent(), 0);
  r.receive("get a\r\nget b");
  ck_assert_uint_eq(r.lent(), 1);
  r.in.consume(7);
  ck_assert_text_eq(r.in.bytes(), "get b");
  ck_assert_uint_eq(r.lent(), 1);
  r.receive("c\r\n");
  ck_assert_text_eq(r.in.bytes(), "get bc\r\n");
  r.in.consume(8);
  ck_assert_uint_eq(r.lent(), 0);
}
END_TEST

START_TEST(room_for_nothing_is_given_back_too) {
  Received r;
  ck_assert(!r.in.room().empty());
  r.in.commit(0);
  ck_assert_uint_eq(r.lent(), 0);
}
END_TEST

START_TEST(unconsumed_bytes_move_only_when_less_than_half_is_left) {
  Received r;
  const std::string bulk(Chunk::kRoom / 2 - 4, 'x');
  r.receive(bulk + "tail");
  const char* place = r.in.bytes().data() + bulk.size();
  r.in.consume(bulk.size());
  ck_assert_uint_ge(r.in.room().size(), Chunk::kRoom / 2);
  ck_assert_ptr_eq(r.in.bytes().data(), place);
  r.receive("+");
  ck_assert_uint_eq(r.in.room().size(), Chunk::kRoom - 5);
  ck_assert_text_eq(r.in.bytes(), "tail+");
}
END_TEST

START_TEST(a_full_chunk_has_no_room) {
  Received r;
  r.receive(std::string(Chunk::kRoom, 'x'));
  ck_assert(r.in.is_full());
  ck_assert(r.in.room().empty());
  r.in.consume(1);
  ck_assert(!r.in.is_full());
  ck_assert_uint_eq(r.in.room().size(), 1);
}
END_TEST

START_TEST(an_exhausted_pool_gives_no_room) {
  Received r(4);
  Chunk* taken[] = {r.pool.borrow(), r.pool.borrow(), r.pool.borrow()};
  ck_assert(r.in.room().empty());
  for (Chunk* chunk : taken) r.pool.give_back(chunk);
  ck_assert(!r.in.room().empty());
}
END_TEST

PELIKAN_TESTS("buffer/input", the_chunk_is_given_back_when_all_is_consumed,
              room_for_nothing_is_given_back_too,
              unconsumed_bytes_move_only_when_less_than_half_is_left, a_full_chunk_has_no_room,
              an_exhausted_pool_gives_no_room)
