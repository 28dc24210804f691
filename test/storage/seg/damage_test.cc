// Bits that change in what a stopped store left: an item is right or missing, nothing worse.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "storage/seg/numbered_items.h"
#include "storage/seg/restart_stage.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr int kItems = 50;

class Stage : public RestartStage {
 public:
  Stage() {
    for (int i = 0; i < kItems; ++i) {
      const std::string value = value_of(i);
      WriteTerms terms;
      if (i % 6 == 0) terms.new_cas = i + 1;
      ck_assert(put(key_of(i), {.bytes = value, .flags = i % 2 == 0 ? 0U : 7U}, terms));
    }
    for (int i = 0; i < kItems; i += 9) ck_assert(erase(key_of(i)));
    stop();
    heap_.assign(heap_bytes().begin(), heap_bytes().end());
    tables_ = kept();
  }
  // With one bit of the heap, or of the tables, changed.
  void start_with_flip(std::vector<std::byte>& where, size_t bit) {
    where[bit / 8] ^= std::byte{1} << bit % 8;
    std::ranges::copy(heap_, heap_bytes().begin());
    kept() = tables_;
    where[bit / 8] ^= std::byte{1} << bit % 8;
    start();
  }
  // How many are missing that should be there.
  int missing() {
    int count = 0;
    for (int i = 0; i < kItems; ++i) {
      const auto found = get(key_of(i));
      const bool is_there = i % 9 != 0;
      if (found) ck_assert(is_there && *found == (i % 2 == 0 ? "0:" : "7:") + value_of(i));
      count += is_there && !found ? 1 : 0;
    }
    return count;
  }
  // Everything that came with the pool gives way.
  void churn() {
    for (int i = 0; i < 260; ++i) {
      ck_assert(put("churn " + std::to_string(i), {value_of(i)}));
      if (i % 64 == 0) maintain();
    }
    maintain();
    ck_assert_text_eq(*get("churn 259"), "0:" + value_of(259));
  }

  std::vector<std::byte>& heap() { return heap_; }
  std::vector<std::byte>& tables() { return tables_; }

 private:
  std::vector<std::byte> heap_;
  std::vector<std::byte> tables_;
};

// Bits of the heap that hold something, for most of it is empty.
std::vector<size_t> used_bits(const std::vector<std::byte>& heap) {
  std::vector<size_t> bits;
  for (size_t i = 0; i < heap.size() * 8; ++i) {
    const bool is_used =
        heap[i / 8] != std::byte{0} || (i >= 64 && heap[i / 8 - 8] != std::byte{0});
    if (is_used) bits.push_back(i);
  }
  return bits;
}

START_TEST(with_a_bit_of_the_heap_changed_an_item_is_right_or_missing) {
  Stage stage;
  std::mt19937 random(1);
  const std::vector<size_t> bits = used_bits(stage.heap());
  int64_t corrupt = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    stage.start_with_flip(stage.heap(), bits[random() % bits.size()]);
    const int missing = stage.missing();
    ck_assert_int_le(missing, 1);
    // A head that does not name its bodies takes its slot with it. An expiry may be another.
    const int64_t lost = stage.metric("seg_item_corrupt") + stage.metric("seg_attach_lost");
    ck_assert_int_eq(lost + stage.metric("seg_get_expired"), missing);
    ck_assert_int_eq(stage.missing(), missing);
    corrupt += lost;
    stage.check();
    stage.churn();
    stage.check();
    stage.kill();
  }
  ck_assert_int_gt(corrupt, 300);
}
END_TEST

START_TEST(a_damaged_segment_that_nobody_reads_is_emptied_whole) {
  Stage stage;
  std::mt19937 random(2);
  const std::vector<size_t> bits = used_bits(stage.heap());
  for (int turn = 0; turn < 300; ++turn) {
    stage.start_with_flip(stage.heap(), bits[random() % bits.size()]);
    stage.churn();
    stage.churn();
    stage.check();
    (void)stage.missing();
    ck_assert_int_eq(stage.metric("seg_item_kept"), 0);
    stage.kill();
  }
}
END_TEST

START_TEST(with_a_bit_of_the_tables_changed_an_item_is_right_or_missing) {
  Stage stage;
  std::mt19937 random(3);
  std::vector<size_t> bits;
  for (size_t i = 0; i < stage.tables().size() * 8; ++i) {
    if (stage.tables()[i / 8] != std::byte{0}) bits.push_back(i);
  }
  int lost = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    stage.start_with_flip(stage.tables(), bits[random() % bits.size()]);
    lost += stage.missing();
    stage.churn();
    stage.kill();
  }
  ck_assert_int_gt(lost, 100);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/damage", with_a_bit_of_the_heap_changed_an_item_is_right_or_missing,
              a_damaged_segment_that_nobody_reads_is_emptied_whole,
              with_a_bit_of_the_tables_changed_an_item_is_right_or_missing)
