#include "load/workload/key_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/assertion.h"
#include "base/bytes.h"
#include "base/escape.h"
#include "base/setup_error.h"
#include "load/trace/input.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr uint64_t kMaxFile = 4 * kGiB;

// All pairs of digits: half the divisions.
constexpr auto kPairs = [] {
  std::array<std::array<char, 2>, kDigits.size() * kDigits.size()> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {kDigits[i / kDigits.size()], kDigits[i % kDigits.size()]};
  }
  return pairs;
}();

// As every text protocol has them: printable, without spaces.
bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= KeyText::kMaxBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

KeyText::KeyText(const Setting& prefix, Distribution sizes, uint64_t keys, uint64_t seed)
    : prefix_(prefix.text), sizes_(std::move(sizes)), seed_(seed) {
  if (!prefix_.empty() && !is_key(prefix_)) {
    prefix.refuse("a key has 1 to 250 printable bytes without spaces");
  }
  uint32_t digits = 1;
  for (uint64_t left = (keys - 1) / kDigits.size(); left > 0; left /= kDigits.size()) ++digits;
  min_bytes_ = static_cast<uint32_t>(prefix_.size()) + digits;
  if (min_bytes_ > sizes_.max()) {
    prefix.refuse(fmt::format("{} keys need {} bytes behind it, and the largest key has {}", keys,
                              digits, sizes_.max()));
  }
  zero_.fill(kDigits[0]);
  std::ranges::copy(prefix_, zero_.begin());
}

KeyText::KeyText(const std::string& path)
    : sizes_(Setting("key_size", "1"), Quantity::kKeyBytes), text_(read_whole(path, kMaxFile)) {
  size_t kept = 0;
  for (size_t at = 0; at < text_.size();) {
    const size_t end = std::min(text_.find('\n', at), text_.size());
    size_t size = end - at;
    if (size > 0 && text_[end - 1] == '\r') --size;
    const std::string_view key = std::string_view(text_).substr(at, size);
    if (!is_key(key)) {
      throw SetupError(ExitCode::kConfig,
                       fmt::format("{}:{}: '{}' is no key", path, ends_.size() + 1, escaped(key)));
    }
    std::memmove(text_.data() + kept, key.data(), size);
    kept += size;
    ends_.push_back(kept);
    at = end + 1;
  }
  if (ends_.empty()) throw SetupError(ExitCode::kConfig, path + ": has no keys");
  text_.resize(kept);
  text_.shrink_to_fit();
}

std::string_view KeyText::write(uint64_t number, char* out) const noexcept {
  if (!ends_.empty()) {
    const std::string_view key = line(number);
    std::memcpy(out, key.data(), key.size());
    return {out, key.size()};
  }
  const uint32_t size = std::max(sizes_.draw_for(seed_, number), min_bytes_);
  // A few digits differ, the others are zeros: keys are long, and numbers small.
  std::memcpy(out, zero_.data(), size);
  char* const first = out + prefix_.size();
  char* digit = out + size;
  for (; number != 0 && digit - first >= 2; number /= kPairs.size()) {
    digit -= 2;
    std::memcpy(digit, kPairs[number % kPairs.size()].data(), 2);
  }
  if (number != 0 && digit > first) {
    *--digit = kDigits[number % kDigits.size()];
    number /= kDigits.size();
  }
  DCHECK(number == 0);
  return {out, size};
}

std::string_view KeyText::line(uint64_t number) const noexcept {
  DCHECK(number < ends_.size());
  const uint64_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view(text_).substr(begin, ends_[number] - begin);
}

}  // namespace pelikan::load
