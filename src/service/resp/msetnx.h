// MSETNX: all keys or none.
//
// It looks for all keys first, then adds one after the other; when another client has brought one
// meanwhile, or memory has run out, what was added is taken back. Each of these stages lets others
// have their turn, and none takes more than linear time, whatever is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_places.h"
#include "service/resp/key_walk.h"
#include "service/resp/refusal.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespMsetnx {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    handlers[resp::Command::kMsetnx] = msetnx;
  }

 private:
  enum class Stage : uint8_t { kLook, kAdd, kTakeBackForTaken, kTakeBackForMemory };

  static Stage stage(const Call& call) noexcept {
    return static_cast<Stage>(call.client.progress.number);
  }
  static void go_on(Call& call, Stage next) noexcept {
    call.client.progress.number = static_cast<uint64_t>(next);
  }

  static RespOutcome msetnx(Call& call) noexcept {
    if (call.args.size() % 2 == 0) return refuse_count(call);
    if (stage(call) == Stage::kLook) {
      if (const auto outcome = look(call)) return *outcome;
      go_on(call, Stage::kAdd);
      call.client.progress.argument = 0;
      remember_places(call);
    }
    if (stage(call) == Stage::kAdd) {
      if (const auto outcome = add(call)) return *outcome;
    }
    return take_back(call);
  }

  // What ends the command, or pauses it; empty: there is none of the keys.
  static std::optional<RespOutcome> look(Call& call) noexcept {
    RespKeyWalk<Store> keys(call, 1, 2);
    for (const Lookup* key = keys.next(); key != nullptr; key = keys.next()) {
      if (keys.is_tired()) return RespOutcome::kNextRound;
      if (call.store.peek(*key).has_value()) return call.reply_integer(0);
      const size_t size = call.args[keys.argument() + 1].size();
      if (size > call.store.value_limit(key->key.size())) {
        return refuse_write(call, *key, PutStatus::kTooLarge);
      }
      keys.pass();
    }
    return std::nullopt;
  }

  // The same; empty: what was added is to be taken back.
  static std::optional<RespOutcome> add(Call& call) noexcept {
    RespKeyWalk<Store> keys(call, 1, 2);
    for (const Lookup* key = keys.next(); key != nullptr; key = keys.next()) {
      if (keys.is_tired()) return RespOutcome::kNextRound;
      const size_t at = keys.argument();
      const WriteTerms terms{.mode = is_repeated(call, at) ? PutMode::kSet : PutMode::kAdd};
      const Value value{.bytes = call.args[at + 1]};
      const PutStatus status = write_value(call.store, *key, value, terms, nullptr).status;
      if (status != PutStatus::kStored) {
        go_on(call, status == PutStatus::kNoMemory ? Stage::kTakeBackForMemory
                                                   : Stage::kTakeBackForTaken);
        return std::nullopt;
      }
      keys.pass();
    }
    call.client.places.reset();
    return call.reply_integer(1);
  }

  // Many keys: an argument is compared with those before it through a table.
  static void remember_places(Call& call) noexcept {
    constexpr size_t kFewKeys = 32;
    const size_t count = call.args.size() / 2;
    call.client.places.reset();
    if (count <= kFewKeys) return;
    call.client.places = std::make_unique<RespKeyPlaces>(count, call.worker.key_hash);
  }
  // The key at `at` stands there before.
  static bool is_repeated(const Call& call, size_t at) noexcept {
    if (call.client.places != nullptr) return !call.client.places->add(call.args, at);
    for (size_t i = 1; i < at; i += 2) {
      if (call.args[i] == call.args[at]) return true;
    }
    return false;
  }

  // Erases, from the last to the first, the keys that still have the values they were given. With
  // memory the command then begins anew.
  static RespOutcome take_back(Call& call) noexcept {
    constexpr size_t kMostAtOnce = 1024;
    size_t& end = call.client.progress.argument;
    for (size_t i = 0; end > 1; ++i) {
      if (i == kMostAtOnce) return RespOutcome::kNextRound;
      end -= 2;
      const Lookup key = call.prepared(call.args[end]);
      const auto item = call.store.peek(key);
      if (item && !is_collection(*item) && has_value(*item, call.args[end + 1])) {
        (void)call.store.erase_if(key, item->cas());
      }
    }
    call.client.places.reset();
    if (stage(call) == Stage::kTakeBackForTaken) return call.reply_integer(0);
    call.client.progress = {};
    return RespOutcome::kNoMemory;
  }
};

}  // namespace pelikan
