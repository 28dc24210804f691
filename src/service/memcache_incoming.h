// A value that does not fit the connection's input, while it arrives: in segments of its own when
// the store takes it so, otherwise in a buffer of the connection, from which it is copied once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "buffer/gather_buffer.h"
#include "protocol/memcache/request.h"
#include "service/memcache_executor.h"

namespace pelikan {

// How often a write asks for room before it gives up: another thread may take the room that was
// made.
inline constexpr unsigned kMemcacheRoomAttempts = 4;

template <MemcacheBackend Store, class Parser>
class IncomingValue {
 public:
  using Request = typename Parser::Request;
  using Flags = typename Parser::Flags;
  using Reservation = typename Store::Reservation;

  // Finds a place for a storage request's value; null when there is none. REQUIRES: not in an epoch
  [[nodiscard]] static std::unique_ptr<IncomingValue> begin(const Request& request,
                                                            const Flags& flags, Store& store,
                                                            BufferPool& pool) noexcept {
    std::optional<Memory> memory;
    if (!is_join(request.command, flags) &&
        store.is_large(request.key.size(), request.value_size)) {
      if (auto reservation = reserve(request, store)) memory.emplace(*std::move(reservation));
    } else if (auto gathered = GatherBuffer::borrow(pool, request.value_size)) {
      memory.emplace(*std::move(gathered));
    }
    if (!memory) return nullptr;
    return std::unique_ptr<IncomingValue>(new (std::nothrow)
                                              IncomingValue(request, flags, *std::move(memory)));
  }
  IncomingValue(const IncomingValue&) = delete;
  IncomingValue& operator=(const IncomingValue&) = delete;

  // Copies what is missing; returns how much that was.
  size_t take(std::string_view bytes) noexcept {
    size_t taken = 0;
    for (std::span<char> to = next(); !to.empty() && taken < bytes.size(); to = next()) {
      const size_t part = std::min(to.size(), bytes.size() - taken);
      std::memcpy(to.data(), bytes.data() + taken, part);
      advance(part);
      taken += part;
    }
    return taken;
  }
  // Where the framework shall put the coming bytes; empty when all are there.
  [[nodiscard]] std::span<char> ask() noexcept {
    const std::span<char> room = next();
    asked_ = room.size();
    return room;
  }
  // The room asked for last was filled.
  void answered() noexcept { advance(std::exchange(asked_, 0)); }

  // The request, to be executed now. Its value is there unless the store has it: then
  // reservation().
  [[nodiscard]] Request request() const noexcept {
    Request request = request_;
    request.key = {key_.data(), request_.key.size()};
    const GatherBuffer* gathered = std::get_if<GatherBuffer>(&memory_);
    request.value = gathered == nullptr ? nullptr : gathered->bytes().data();
    return request;
  }
  // The flags of a meta command.
  [[nodiscard]] const Flags& flags() const noexcept { return flags_; }
  [[nodiscard]] Reservation* reservation() noexcept { return std::get_if<Reservation>(&memory_); }

 private:
  using Memory = std::variant<GatherBuffer, Reservation>;

  IncomingValue(const Request& request, const Flags& flags, Memory memory) noexcept
      : memory_(std::move(memory)), request_(request) {
    if (memcache::is_meta(request.command)) flags_ = flags;
    std::memcpy(key_.data(), request.key.data(), request.key.size());
  }

  static bool is_join(memcache::Command command, const memcache::MetaFlags& flags) noexcept {
    using memcache::MetaMode;
    if (command != memcache::Command::kMetaSet) return is_join(command, memcache::NoFlags());
    return flags.mode == MetaMode::kAppend || flags.mode == MetaMode::kPrepend;
  }
  static bool is_join(memcache::Command command, memcache::NoFlags /*flags*/) noexcept {
    return command == memcache::Command::kAppend || command == memcache::Command::kPrepend;
  }

  static std::optional<Reservation> reserve(const Request& request, Store& store) noexcept {
    for (unsigned rooms = 0;; ++rooms) {
      auto reservation = store.reserve(request.key, request.value_size);
      if (reservation || rooms == kMemcacheRoomAttempts || !store.make_room()) return reservation;
    }
  }

  [[nodiscard]] std::span<char> next() noexcept {
    return std::visit([](auto& memory) -> std::span<char> { return memory.next(); }, memory_);
  }
  void advance(size_t n) noexcept {
    std::visit([n](auto& memory) { memory.advance(n); }, memory_);
  }

  Memory memory_;
  Request request_;
  Flags flags_;
  size_t asked_ = 0;
  std::array<char, memcache::kMaxKey> key_;
};

}  // namespace pelikan
