// A small store of small segments, on which a test acts key by key and turns the clock.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/seg/seg_fixture.h"

namespace pelikan::test {

class SegStage {
 public:
  void advance_ms(int64_t ms) { fixture_.advance_ms(ms); }
  // And what has to be done after it is.
  void pass_ms(int64_t ms) {
    advance_ms(ms);
    fixture_.maintain();
  }
  int64_t metric(std::string_view name) { return fixture_.registry().read().value(name); }

 protected:
  SegStore::Access& store() { return fixture_.store(); }
  [[nodiscard]] int64_t now_ms() { return fixture_.clock().now_ms(); }
  [[nodiscard]] Expiry in_ms(int64_t ms) { return {now_ms() + ms}; }
  // act(lookup), in an epoch and prepared.
  template <class Act>
  void with(std::string_view key, Act&& act) {
    const auto epoch = store().enter();
    Lookup lookup{key};
    store().prepare({&lookup, 1});
    act(lookup);
  }

 private:
  SegFixture fixture_{Bytes{256 * kKiB}, Bytes{2 * kKiB}, Bytes{8 * kKiB}};
};

}  // namespace pelikan::test
