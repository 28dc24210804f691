// Values of any store: the reply to a key that was found, and memory filled for one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "buffer/output.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/request.h"
#include "storage/store.h"

namespace pelikan {

// Copies the whole value into the memory reserved for it.
template <class Reservation>
void fill(Reservation& reservation, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const auto to = reservation.next();
    const size_t part = std::min(to.size(), bytes.size());
    std::memcpy(to.data(), bytes.data(), part);
    reservation.advance(part);
    bytes.remove_prefix(part);
  }
}

enum class Composed : uint8_t {
  kShort,   // in one reserve()
  kLong,    // over several chunks, maybe
  kNoRoom,  // nothing was written: again when the output has drained
  kNever,   // nothing was written, and the value will never fit the connection's memory
};

// Whether so many bytes can be taken once everything else has been sent.
[[nodiscard]] inline bool may_ever_fit(size_t bytes, Output& out) noexcept {
  return bytes <= out.pool().limit() * (Chunk::kRoom - Output::kReplyReserve);
}

template <ItemLike Item>
char* compose_head(char* to, const Item& item, size_t size,
                   const memcache::Request& request) noexcept {
  using memcache::Command;
  std::optional<uint64_t> cas;
  if (request.command == Command::kGets || request.command == Command::kGats) cas = item.cas();
  return memcache::compose_value_head(to, request.key, item.flags(), size, cas);
}

template <ItemLike Item>
Composed compose_long_value(const Item& item, const memcache::Request& request,
                            Output& out) noexcept {
  const size_t size = item.value_size();
  const size_t whole = memcache::kMaxValueHead + size + memcache::kMaxValueTail;
  if (!out.can_take(whole)) {
    return may_ever_fit(whole, out) ? Composed::kNoRoom : Composed::kNever;
  }
  out.commit(compose_head(out.reserve(memcache::kMaxValueHead), item, size, request));
  for (size_t done = 0; done < size;) {
    const std::string_view part = item.value_part(done);
    out.append(part);
    done += part.size();
  }
  char* tail = out.reserve(memcache::kMaxValueTail);
  out.commit(memcache::compose_value_tail(tail, request.last));
  return Composed::kLong;
}

// "VALUE ...", the bytes, and END when the request is its line's last. REQUIRES: out.has_room();
// the request's key stands in the input, with its slack
template <ItemLike Item>
Composed compose_value(const Item& item, const memcache::Request& request, Output& out) noexcept {
  constexpr size_t kShortValue =
      Output::kReplyReserve - memcache::kMaxValueHead - memcache::kMaxValueTail;
  const size_t size = item.value_size();
  if (size > kShortValue) return compose_long_value(item, request, out);
  char* to = out.reserve(memcache::kMaxValueHead + size + memcache::kMaxValueTail);
  to = compose_head(to, item, size, request);
  for (size_t done = 0; done < size;) {
    const std::string_view part = item.value_part(done);
    to = memcache::copy_exact(to, part);
    done += part.size();
  }
  out.commit(memcache::compose_value_tail(to, request.last));
  return Composed::kShort;
}

}  // namespace pelikan
