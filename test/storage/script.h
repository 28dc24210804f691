// Bytes become a sequence of store operations, played on a Twin: the language of the store's fuzz
// target and of the random part of the conformance suite. Any bytes are a valid script.
//
// A step is 4 bytes: what to do, to which key, with which size, with which lifetime.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "storage/twin.h"

namespace pelikan::test {

// What a script is played on.
template <class F>
concept StoreFixture = requires(F fixture, int64_t ms) {
  requires MemcacheStore<typename F::Store> && LargeValueStore<typename F::Store> &&
               ScannableStore<typename F::Store> && ConditionalStore<typename F::Store> &&
               ExactExpiryStore<typename F::Store> && EditableStore<typename F::Store> &&
               CountedStore<typename F::Store>;
  { fixture.store() } -> std::same_as<typename F::Store&>;
  { fixture.clock() } -> std::same_as<const Clock&>;
  fixture.advance_ms(ms);  // turns the time of the store and of clock()
  fixture.maintain();      // lets the store's background work run to its end
};

// As often as it makes sense: mostly writes, so that memory runs short; rarely what empties the
// store.
enum class Verb : uint8_t {
  kSet,
  kAdd,
  kReplace,
  kCas,
  kStaleCas,
  kJoin,
  kArithmetic,
  kTouch,
  kSetExact,
  kExpire,
  kOverlay,
  kErase,
  kGet,
  kAdvance,
  kFlush,
  kMaintain
};
struct VerbShare {
  Verb verb;
  size_t share;  // of 32
};
inline constexpr std::array kVerbShares{
    VerbShare{Verb::kSet, 7},        VerbShare{Verb::kAdd, 1},      VerbShare{Verb::kReplace, 1},
    VerbShare{Verb::kCas, 2},        VerbShare{Verb::kStaleCas, 1}, VerbShare{Verb::kJoin, 2},
    VerbShare{Verb::kArithmetic, 2}, VerbShare{Verb::kTouch, 1},    VerbShare{Verb::kSetExact, 3},
    VerbShare{Verb::kExpire, 3},     VerbShare{Verb::kOverlay, 2},  VerbShare{Verb::kErase, 2},
    VerbShare{Verb::kGet, 1},        VerbShare{Verb::kAdvance, 2},  VerbShare{Verb::kFlush, 1},
    VerbShare{Verb::kMaintain, 1}};

static_assert(std::accumulate(kVerbShares.begin(), kVerbShares.end(), size_t{0},
                              [](size_t sum, VerbShare s) { return sum + s.share; }) == 32);

template <StoreFixture Fixture>
class Script {
 public:
  Script(Fixture& fixture, Twin<typename Fixture::Store>& twin) : fixture_(fixture), twin_(twin) {}

  // Stops at the first flaw, which is the twin's.
  void play(std::span<const uint8_t> bytes) {
    while (bytes.size() >= kStepSize && twin_.flaw().empty()) {
      step({verb_of(bytes[0]), bytes[1], bytes[2], bytes[3]});
      bytes = bytes.subspan(kStepSize);
    }
  }

 private:
  static constexpr size_t kStepSize = 4;
  static constexpr size_t kKeys = 32;

  struct Step {
    Verb verb;
    uint8_t key;
    uint8_t size;
    uint8_t life;
  };

  static Verb verb_of(uint8_t byte) {
    size_t index = byte % 32;
    for (const auto& [verb, share] : kVerbShares) {
      if (index < share) return verb;
      index -= share;
    }
    return Verb::kMaintain;
  }

  void step(const Step& step) {
    const std::string& key = key_of(step.key);
    switch (step.verb) {
      case Verb::kSet:
        return put(key, step, PutMode::kSet);
      case Verb::kAdd:
        return put(key, step, PutMode::kAdd);
      case Verb::kReplace:
        return put(key, step, PutMode::kReplace);
      case Verb::kCas:
        return compare_and_put(key, step, true);
      case Verb::kStaleCas:
        return compare_and_put(key, step, false);
      case Verb::kJoin:
        return join(key, step);
      case Verb::kArithmetic:
        return arithmetic(key, step);
      case Verb::kTouch:
        return twin_.touch(key, expiry_of(step.life));
      case Verb::kSetExact:
        return put_exact(key, step);
      case Verb::kExpire:
        return expire(key, step);
      case Verb::kOverlay:
        return overlay(key, step);
      case Verb::kErase:
        return twin_.erase(key);
      case Verb::kGet:
        return get_all();
      case Verb::kAdvance:
        return fixture_.advance_ms(kAdvances[step.size % kAdvances.size()]);
      case Verb::kFlush:
        return twin_.flush({now() + kFlushes[step.size % kFlushes.size()]});
      case Verb::kMaintain:
        return fixture_.maintain();
    }
  }

  void put(const std::string& key, const Step& step, PutMode mode) {
    const std::string bytes = value_of(key, step);
    twin_.put(key, {bytes, ++written_, expiry_of(step.life)}, mode);
  }
  void compare_and_put(const std::string& key, const Step& step, bool current) {
    const std::string bytes = value_of(key, step);
    twin_.compare_and_put(key, {bytes, ++written_, expiry_of(step.life)}, current);
  }
  void join(const std::string& key, const Step& step) {
    const JoinMode mode = step.life % 2 == 0 ? JoinMode::kAppend : JoinMode::kPrepend;
    twin_.join(key, value_of(key, {step.verb, step.key, step.size, 0}), mode);
  }
  void arithmetic(const std::string& key, const Step& step) {
    const ArithmeticMode mode =
        step.life % 2 == 0 ? ArithmeticMode::kIncrement : ArithmeticMode::kDecrement;
    const uint64_t n = step.size % 8 == 0 ? UINT64_MAX - step.size : step.size;
    twin_.arithmetic(key, n, mode);
  }
  // A quarter keep the expiry that is there.
  void put_exact(const std::string& key, const Step& step) {
    const std::string bytes = value_of(key, step);
    const Value value{bytes, ++written_, exact_expiry_of(step.life)};
    twin_.put(key, value, {.exact_expiry = true, .keep_expiry = step.key / kKeys % 4 == 3});
  }
  void expire(const std::string& key, const Step& step) {
    constexpr std::array<ExpireTerms, 5> kTerms{{{},
                                                 {.need_none = true},
                                                 {.need_some = true},
                                                 {.only_later = true},
                                                 {.only_sooner = true}}};
    twin_.expire(key, exact_expiry_of(step.life), kTerms[step.size % kTerms.size()]);
  }
  void overlay(const std::string& key, const Step& step) {
    constexpr std::array<size_t, 4> kFar{1'000, 5'000, 100'000, SIZE_MAX};
    const size_t offset = step.life < 240 ? step.life : kFar[step.life % kFar.size()];
    twin_.overlay(key, offset, value_of(key, {step.verb, step.key, step.size, 0}));
  }
  void get_all() {
    for (uint8_t i = 0; i < kKeys; ++i) twin_.get(key_of(i));
  }

  // Mostly short; one of each extreme.
  static std::vector<std::string> make_keys() {
    std::vector<std::string> keys{"k", std::string(250, 'l')};
    for (size_t i = keys.size(); i < kKeys; ++i) {
      std::string& key = keys.emplace_back("key-" + std::to_string(i));
      key.resize(key.size() + i, '.');
    }
    return keys;
  }
  static const std::string& key_of(uint8_t number) {
    static const std::vector<std::string> keys = make_keys();
    return keys[number % kKeys];
  }

  // No two written values are alike. A quarter of the lives makes a number of it.
  std::string value_of(const std::string& key, const Step& step) {
    if (step.life % 4 == 3) return std::to_string((written_ << 8U) + step.size);
    const size_t limit = twin_.value_limit(key.size());
    const std::array<size_t, 8> sizes{500, 1'500, 5'000, 20'000, 60'000, 200'000, limit, limit + 1};
    const size_t wanted = step.size < 240 ? step.size : sizes[step.size % sizes.size()];
    const size_t size = std::min(wanted, limit + 1);  // what is too large need not be larger
    std::string bytes = key.substr(0, 8) + "#" + std::to_string(written_) + "#";
    bytes.reserve(size);
    while (bytes.size() < size) bytes.append(bytes, 0, size - bytes.size());  // doubles
    bytes.resize(size);
    return bytes;
  }

  [[nodiscard]] int64_t now() const { return fixture_.clock().now_ms(); }

  // At whole seconds: a store may count in them.
  [[nodiscard]] Expiry expiry_of(uint8_t life) const {
    constexpr std::array<int64_t, 5> kSeconds{1, 3, 60, 4'000, 0};
    if (life < 128) return {};
    const int64_t seconds = kSeconds[life % kSeconds.size()];
    return {seconds == 0 ? now() : (now() / 1'000 + seconds) * 1'000};
  }
  [[nodiscard]] Expiry exact_expiry_of(uint8_t life) const {
    constexpr std::array<int64_t, 7> kMs{1, 124, 125, 333, 2'001, 60'060, 0};
    return life < 32 ? Expiry{} : Expiry{now() + kMs[life % kMs.size()]};
  }

  static constexpr std::array<int64_t, 8> kAdvances{1, 7, 125, 208, 999, 2'000, 10'000, 5'000'000};
  static constexpr std::array<int64_t, 4> kFlushes{0, -1'000, 2'000, 20'000};

  Fixture& fixture_;
  Twin<typename Fixture::Store>& twin_;
  uint32_t written_ = 0;
};

}  // namespace pelikan::test
