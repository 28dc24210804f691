// GatheredRequest: a request that does not fit a connection's input, while it arrives. Its
// arguments are put together in a buffer of its own, which grows as bytes come and never beyond
// what the lengths read so far need, so what a client announces costs nothing. No byte is looked at
// twice.
//
// A worker has one GatherMemory for all of its connections: a bound, and the last buffer, kept for
// the next request, so that a steady stream of large values allocates nothing.
//
// Thread safety: their worker only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/resp/parse.h"

namespace pelikan::resp {

class GatherMemory {
 public:
  // A larger buffer is not kept: a value of 1 MiB and its key.
  static constexpr size_t kMaxSpare = (size_t{1} << 20) + 64 * 1024;
  // Bytes behind an argument that may be read.
  static constexpr size_t kSlack = 64;

  explicit GatherMemory(size_t limit) noexcept : limit_(limit) {}
  GatherMemory(const GatherMemory&) = delete;
  GatherMemory& operator=(const GatherMemory&) = delete;

  [[nodiscard]] size_t in_use() const noexcept { return in_use_; }

 private:
  friend class GatheredRequest;
  struct Free {
    void operator()(char* bytes) const noexcept { std::free(bytes); }
  };
  struct Buffer {
    std::unique_ptr<char[], Free> bytes;
    size_t capacity = 0;  // kSlack more are there
    std::vector<std::string_view> args;
    size_t charged = 0;
  };

  [[nodiscard]] Buffer borrow() noexcept;
  void give_back(Buffer buffer) noexcept;
  // Both keep what is in the buffer. False: the limit or the system has no more.
  [[nodiscard]] bool grow(Buffer& buffer, size_t capacity) noexcept;
  [[nodiscard]] bool grow_args(Buffer& buffer) noexcept;
  [[nodiscard]] bool charge(Buffer& buffer, size_t total) noexcept;

  const size_t limit_;
  size_t in_use_ = 0;  // bytes of the borrowed buffers
  Buffer spare_;
};

class GatheredRequest {
 public:
  // REQUIRES: the memory outlives the request
  GatheredRequest(GatherMemory& memory, const Limits& limits) noexcept
      : memory_(memory), limits_(limits), buffer_(memory.borrow()) {}
  GatheredRequest(const GatheredRequest&) = delete;
  GatheredRequest& operator=(const GatheredRequest&) = delete;
  ~GatheredRequest() { memory_.give_back(std::move(buffer_)); }

  struct Taken {
    ParseStatus status;  // kRequest: it is whole; kIncomplete, kProtocolError
    ProtocolError error{};
    char got = 0;
    size_t consumed = 0;
  };
  // Takes what is there; the first bytes are those of the request, from its '*' on.
  // REQUIRES: it is not whole
  [[nodiscard]] Taken take(std::string_view in);
  // Where the framework shall put the coming bytes, without a detour; empty: into the input.
  [[nodiscard]] std::span<char> ask() noexcept;
  // The room asked for last was filled.
  void answered() noexcept;

  // There is no memory for it: all of it is swallowed.
  [[nodiscard]] bool is_out_of_memory() const noexcept { return is_out_of_memory_; }
  // There was none for an argument, which is_too_long() therefore; the others are there.
  [[nodiscard]] bool lacks_memory() const noexcept { return lacks_memory_; }
  // The whole request. Arguments over the limit are is_too_long().
  // REQUIRES: take() said kRequest, and not is_out_of_memory()
  [[nodiscard]] std::span<const std::string_view> args() const noexcept { return buffer_.args; }
  [[nodiscard]] const CommandSpec* spec() const noexcept { return find_command(args()); }

 private:
  enum class Phase : uint8_t { kCount, kBulkHead, kBytes, kLineEnd, kWhole };
  // Fewer bytes are not worth a receive of their own.
  static constexpr size_t kLeastAsked = 16 * 1024;

  [[nodiscard]] Taken take_head(std::string_view in);
  void begin_bulk(uint64_t size);
  [[nodiscard]] size_t take_bytes(std::string_view in) noexcept;
  [[nodiscard]] size_t take_line_end(std::string_view in) noexcept;
  [[nodiscard]] std::span<char> room() noexcept;
  void give_up() noexcept;
  void drop_argument() noexcept;
  void point_args() noexcept;

  GatherMemory& memory_;
  const Limits limits_;
  GatherMemory::Buffer buffer_;
  size_t used_ = 0;       // bytes of the buffer
  uint64_t left_ = 0;     // arguments that are not whole
  uint64_t missing_ = 0;  // bytes of the argument, or of its line end
  size_t asked_ = 0;
  Phase phase_ = Phase::kCount;
  bool is_swallowing_ = false;  // the argument
  bool is_out_of_memory_ = false;
  bool lacks_memory_ = false;
};

}  // namespace pelikan::resp
