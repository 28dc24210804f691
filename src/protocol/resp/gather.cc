#include "protocol/resp/gather.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assertion.h"

namespace pelikan::resp {
namespace {

// While it is gathered, an argument that is stored has some address; where its bytes are is known
// at the end.
constexpr const char* kStored = "";
// A buffer grows by what is missing, at most to the double; by some more when arguments are small.
constexpr size_t kStep = 64 * 1024;
constexpr size_t kLeastStep = 1024;

}  // namespace

GatherMemory::Buffer GatherMemory::borrow() noexcept {
  Buffer buffer = std::exchange(spare_, {});
  in_use_ += buffer.charged;
  return buffer;
}

void GatherMemory::give_back(Buffer buffer) noexcept {
  in_use_ -= buffer.charged;
  if (buffer.charged > kMaxSpare || buffer.charged <= spare_.charged) return;
  buffer.args.clear();
  spare_ = std::move(buffer);
}

bool GatherMemory::charge(Buffer& buffer, size_t total) noexcept {
  if (in_use_ - buffer.charged + total > limit_) return false;
  in_use_ += total - buffer.charged;
  buffer.charged = total;
  return true;
}

bool GatherMemory::grow(Buffer& buffer, size_t capacity) noexcept {
  const size_t before = buffer.charged;
  if (!charge(buffer, before - buffer.capacity + capacity)) return false;
  auto* bytes = static_cast<char*>(std::realloc(buffer.bytes.get(), capacity + kSlack));
  if (bytes == nullptr) return charge(buffer, before) && false;
  (void)buffer.bytes.release();  // realloc has taken it
  buffer.bytes.reset(bytes);
  buffer.capacity = capacity;
  return true;
}

bool GatherMemory::grow_args(Buffer& buffer) noexcept {
  const size_t before = buffer.args.capacity();
  const size_t after = std::max<size_t>(2 * before, 16);
  if (!charge(buffer, buffer.charged + (after - before) * sizeof(std::string_view))) return false;
  buffer.args.reserve(after);
  return true;
}

GatheredRequest::Taken GatheredRequest::take(std::string_view in) {
  const size_t whole = in.size();
  while (phase_ != Phase::kWhole) {
    if (phase_ == Phase::kCount || phase_ == Phase::kBulkHead) {
      Taken head = take_head(in);
      in.remove_prefix(head.consumed);
      head.consumed = whole - in.size();
      if (head.status != ParseStatus::kRequest) return head;
    } else {
      in.remove_prefix(phase_ == Phase::kBytes ? take_bytes(in) : take_line_end(in));
      if (missing_ != 0) return {.status = ParseStatus::kIncomplete, .consumed = whole - in.size()};
    }
  }
  return {.status = ParseStatus::kRequest, .consumed = whole - in.size()};
}

// Reads the head that is next; kRequest: it is done.
GatheredRequest::Taken GatheredRequest::take_head(std::string_view in) {
  if (in.empty()) return {.status = ParseStatus::kIncomplete};
  const bool is_count = phase_ == Phase::kCount;
  const ParsedHead head =
      is_count ? parse_multibulk_head(in, limits_) : parse_bulk_head(in, limits_);
  if (head.status != ParseStatus::kRequest) {
    return {.status = head.status, .error = head.error, .got = head.got};
  }
  DCHECK(!is_count || head.number > 0);
  if (is_count) {
    left_ = static_cast<uint64_t>(head.number);
    phase_ = Phase::kBulkHead;
  } else {
    begin_bulk(static_cast<uint64_t>(head.number));
  }
  return {.status = ParseStatus::kRequest, .consumed = head.size};
}

void GatheredRequest::begin_bulk(uint64_t size) {
  phase_ = Phase::kBytes;
  missing_ = size;
  is_swallowing_ = size > limits_.argument;
  auto& args = buffer_.args;
  if (!is_out_of_memory_ && args.size() == args.capacity() && !memory_.grow_args(buffer_)) {
    give_up();
  }
  if (!is_out_of_memory_) args.emplace_back(is_swallowing_ ? nullptr : kStored, size);
}

size_t GatheredRequest::take_bytes(std::string_view in) noexcept {
  size_t taken = 0;
  while (missing_ > 0 && taken < in.size()) {
    size_t part = static_cast<size_t>(std::min<uint64_t>(missing_, in.size() - taken));
    if (!is_swallowing_ && !is_out_of_memory_) {
      const std::span<char> to = room();
      if (to.empty()) continue;  // dropped
      part = std::min(part, to.size());
      std::memcpy(to.data(), in.data() + taken, part);
      used_ += part;
    }
    taken += part;
    missing_ -= part;
  }
  if (missing_ == 0) {
    phase_ = Phase::kLineEnd;
    missing_ = 2;
    taken += take_line_end(in.substr(taken));
  }
  return taken;
}

// The two bytes behind an argument, which nobody looks at.
size_t GatheredRequest::take_line_end(std::string_view in) noexcept {
  const auto part = static_cast<size_t>(std::min<uint64_t>(missing_, in.size()));
  missing_ -= part;
  if (missing_ > 0) return part;
  left_ -= 1;
  phase_ = left_ == 0 ? Phase::kWhole : Phase::kBulkHead;
  if (phase_ == Phase::kWhole) point_args();
  return part;
}

// Where the argument's next bytes go; empty: there is no memory.
std::span<char> GatheredRequest::room() noexcept {
  if (used_ == buffer_.capacity) {
    const size_t step = std::max(used_, kStep);
    const auto needed = static_cast<size_t>(std::min<uint64_t>(missing_, step));
    const bool is_small = needed < kLeastAsked;
    const size_t more = is_small ? std::max(needed, std::clamp(used_, kLeastStep, kStep)) : needed;
    if (!memory_.grow(buffer_, used_ + more)) {
      drop_argument();
      return {};
    }
  }
  const size_t free = buffer_.capacity - used_;
  return {buffer_.bytes.get() + used_, static_cast<size_t>(std::min<uint64_t>(free, missing_))};
}

std::span<char> GatheredRequest::ask() noexcept {
  asked_ = 0;
  if (phase_ != Phase::kBytes || missing_ < kLeastAsked) return {};
  if (is_swallowing_ || is_out_of_memory_) return {};
  const std::span<char> to = room();
  asked_ = to.size();
  return to;
}

void GatheredRequest::answered() noexcept {
  used_ += asked_;
  missing_ -= std::exchange(asked_, 0);
}

void GatheredRequest::give_up() noexcept {
  is_out_of_memory_ = true;
  memory_.give_back(std::exchange(buffer_, {}));
}

// The argument that is on is swallowed: whoever answers the request still sees what it was about.
void GatheredRequest::drop_argument() noexcept {
  std::string_view& argument = buffer_.args.back();
  used_ -= argument.size() - static_cast<size_t>(missing_);
  argument = {nullptr, argument.size()};
  is_swallowing_ = true;
  lacks_memory_ = true;
}

void GatheredRequest::point_args() noexcept {
  const char* at = buffer_.bytes.get();
  for (std::string_view& argument : buffer_.args) {
    if (argument.data() == nullptr) continue;
    // An empty argument has an address too, even where no buffer was needed.
    argument = {argument.empty() ? kStored : at, argument.size()};
    at += argument.size();
  }
}

}  // namespace pelikan::resp
