// RespPin: a large collection that stays although its key may go: deleted, replaced, renamed,
// expired or evicted meanwhile. The lock of the key must be held as well, so that nobody changes
// it.
#pragma once

#include <utility>

#include "service/resp/key_locks.h"
#include "storage/handled.h"

namespace pelikan {

template <class Store>
class RespPin {
 public:
  // REQUIRES: in the epoch in which it was found; the store outlives the pin
  RespPin(Store& store, Handled& handled) noexcept
      : store_(&store), handled_(store.hold(handled) ? &handled : nullptr) {}
  RespPin(RespPin&& other) noexcept
      : store_(other.store_), handled_(std::exchange(other.handled_, nullptr)) {}
  RespPin& operator=(RespPin&&) = delete;
  ~RespPin() { let_go(); }

  // False: it is gone.
  [[nodiscard]] explicit operator bool() const noexcept { return handled_ != nullptr; }
  void let_go() noexcept {
    if (Handled* const handled = std::exchange(handled_, nullptr)) store_->let_go(*handled);
  }

 private:
  Store* store_;
  Handled* handled_;
};

// Of an errand on one collection: it, and its key, or all the command's keys.
template <class Store>
struct RespKept {
  RespPin<Store> pin;
  RespKeyLocks::Hold locks;

  void let_go() noexcept {
    pin.let_go();
    locks.give_back();
  }
};

}  // namespace pelikan
