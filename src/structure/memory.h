// What a large collection takes of the memory there is, to the byte, so that it can be charged for.
#pragma once

#include <bit>
#include <cstddef>
#include <memory>

namespace pelikan::structure {

// What jemalloc takes for so many bytes: 8, multiples of 16 up to 128, then four sizes for each
// doubling (jemalloc's manual, "size classes").
[[nodiscard]] constexpr size_t size_class(size_t bytes) noexcept {
  if (bytes <= 8) return 8;
  const size_t step = bytes <= 128 ? 16 : std::bit_floor(bytes - 1) / 4;
  return (bytes + step - 1) & ~(step - 1);
}

// Memory of one collection, counted. Thread safety: none, as the collection.
class Account {
 public:
  Account() = default;
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  [[nodiscard]] void* take(size_t bytes) {
    void* const memory = std::allocator<char>().allocate(bytes);
    bytes_ += size_class(bytes);
    return memory;
  }
  // REQUIRES: what take() returned for so many bytes
  void give_back(void* memory, size_t bytes) noexcept {
    std::allocator<char>().deallocate(static_cast<char*>(memory), bytes);
    bytes_ -= size_class(bytes);
  }
  [[nodiscard]] size_t bytes() const noexcept { return bytes_; }

 private:
  size_t bytes_ = 0;
};

// For containers of the standard library. REQUIRES: the account outlives them
template <class T>
class Allocator {
 public:
  using value_type = T;

  explicit Allocator(Account& account) noexcept : account_(&account) {}
  template <class U>
  Allocator(const Allocator<U>& other) noexcept : account_(&other.account()) {}

  [[nodiscard]] T* allocate(size_t count) {
    return static_cast<T*>(account_->take(count * sizeof(T)));
  }
  void deallocate(T* items, size_t count) noexcept {
    account_->give_back(items, count * sizeof(T));
  }
  [[nodiscard]] Account& account() const noexcept { return *account_; }
  template <class U>
  bool operator==(const Allocator<U>& other) const noexcept {
    return account_ == &other.account();
  }

 private:
  Account* account_;
};

}  // namespace pelikan::structure
