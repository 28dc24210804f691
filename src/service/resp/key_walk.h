// RespKeyWalk: the keys of a command on several of them, one after the other, their memory fetched
// in groups. The walk begins where the command stopped last, and `call.client.progress` remembers
// where it stands: a command returns in the middle and goes on when it is called again.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "service/resp/call.h"
#include "storage/store.h"

namespace pelikan {

template <class Store>
class RespKeyWalk {
 public:
  // Keys stand at args[first], args[first + step], ... up to the end. REQUIRES: the call outlives
  // the walk, and nobody else uses its progress.argument
  RespKeyWalk(RespStoreCall<Store>& call, size_t first, size_t step = 1) noexcept
      : call_(call), step_(step) {
    size_t& at = call.client.progress.argument;
    if (at == 0) at = first;
  }

  // The key that is next, looked up; null behind the last. It is next until pass() is called.
  [[nodiscard]] const Lookup* next() noexcept {
    if (at_ == count_) fetch();
    return at_ == count_ ? nullptr : &group_[at_];
  }
  void pass() noexcept {
    ++at_;
    ++walked_;
    call_.client.progress.argument += step_;
  }
  // Where the next key stands among the arguments.
  [[nodiscard]] size_t argument() const noexcept { return call_.client.progress.argument; }

  // Others should have their turn before the walk goes on: return this.
  [[nodiscard]] bool is_tired() const noexcept { return walked_ >= kMostAtOnce; }

 private:
  // Takes some hundred microseconds at worst.
  static constexpr size_t kMostAtOnce = 1024;

  void fetch() noexcept {
    const std::span<const std::string_view> args = call_.args;
    at_ = count_ = 0;
    for (size_t from = argument(); from < args.size() && count_ < kBatch; from += step_) {
      group_[count_++].key = args[from];
    }
    call_.store.prepare({group_.data(), count_});
  }

  RespStoreCall<Store>& call_;
  const size_t step_;
  std::array<Lookup, kBatch> group_;
  size_t at_ = 0;
  size_t count_ = 0;
  size_t walked_ = 0;
};

}  // namespace pelikan
