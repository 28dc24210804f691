#include "structure/cell.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

#include "base/assertion.h"
#include "base/copy.h"

namespace pelikan::structure {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr unsigned kShortNumber = 0x80;
constexpr unsigned kMiddleNumber = 0xc0;
constexpr unsigned kLongText = 0xe0;
constexpr unsigned kLongNumber = 0xe0;  // and how many bytes it has
constexpr unsigned kScore = 0xe9;
constexpr unsigned kMiddleText = 0xf0;
constexpr int64_t kShortNumbers = 64;
constexpr int64_t kMiddleNumbers = kShortNumbers + (1 << 13);
constexpr size_t kShortTexts = 128;
constexpr size_t kMiddleTexts = kShortTexts + (1 << 12);

// The number that is written so, and in no other way.
std::optional<int64_t> number_in(std::string_view text) noexcept {
  if (text.empty() || text.size() > kMaxDecimal || static_cast<uint8_t>(text[0]) > '9') {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(text[0] == '-' ? 1 : 0);
  if (digits.empty() || (digits[0] == '0' && text.size() > 1)) return std::nullopt;
  return parse_i64(text);
}

unsigned bytes_of(int64_t number) noexcept {
  const auto magnitude = static_cast<uint64_t>(number < 0 ? ~number : number);
  return static_cast<unsigned>(std::bit_width(magnitude)) / 8 + 1;
}

uint64_t hash_number(const KeyedHash& hash, int64_t number) noexcept {
  return hash({reinterpret_cast<const char*>(&number), sizeof number});
}

}  // namespace

Text::Text(int64_t number) noexcept
    : size_(static_cast<uint8_t>(
          std::to_chars(digits_.data(), digits_.data() + digits_.size(), number).ptr -
          digits_.data())) {}

bool Cell::is_valid(const char* at, const char* end) noexcept {
  const auto room = static_cast<size_t>(end - at);
  if (room == 0) return false;
  const Cell cell(at);
  const unsigned first = cell.byte(0);
  if (first > kScore && first < kMiddleText) return false;
  const size_t head = first == kLongText ? 5 : first < kMiddleNumber ? 1 : 2;
  return room >= head && room >= cell.size();
}

size_t Cell::long_size(unsigned first) const noexcept {
  if (first < kLongText) return 2;
  if (first >= kMiddleText) return 2 + kShortTexts + ((first & 0xfU) << 8U | byte(1));
  if (first > kLongText) return 1 + std::min(first - kLongNumber, 8U);
  uint32_t size = 0;
  std::memcpy(&size, at_ + 1, sizeof size);
  return 5 + size_t{size};
}

std::string_view Cell::text_bytes() const noexcept {
  const unsigned first = byte(0);
  const size_t head = first < kShortNumber ? 1 : first == kLongText ? 5 : 2;
  return {at_ + head, size() - head};
}

int64_t Cell::long_number(unsigned first) const noexcept {
  const unsigned bytes = first - kLongNumber;
  uint64_t number = 0;
  std::memcpy(&number, at_ + 1, bytes);
  const unsigned unused = 64 - 8 * bytes;
  return static_cast<int64_t>(number << unused) >> unused;
}

double Cell::real_score() const noexcept {
  double score = 0;
  std::memcpy(&score, at_ + 1, sizeof score);
  return score;
}

int Cell::compare(Cell other) const noexcept {
  if (!is_number() && !other.is_number()) return text_bytes().compare(other.text_bytes());
  return text().view().compare(other.text().view());
}

uint64_t Cell::hash(const KeyedHash& hash) const noexcept {
  return is_number() ? hash_number(hash, number()) : hash(text_bytes());
}

Element::Element(std::string_view text) noexcept {
  if (const auto number = number_in(text)) {
    encode_number(*number);
  } else {
    encode_text(text);
  }
}

Element::Element(int64_t number) noexcept { encode_number(number); }

Element::Element(Cell cell) noexcept {
  if (cell.is_number()) {
    encode_number(cell.number());
  } else {
    encode_text(cell.text_bytes());
  }
}

Element Element::of_score(double score) noexcept {
  Element element;
  constexpr double kExact = 1LL << 53;  // every whole number up to it is a double
  const bool is_whole = score > -kExact && score < kExact &&
                        std::bit_cast<uint64_t>(static_cast<double>(static_cast<int64_t>(score))) ==
                            std::bit_cast<uint64_t>(score);
  if (is_whole) {
    element.encode_number(static_cast<int64_t>(score));
    return element;
  }
  element.head_[0] = static_cast<char>(kScore);
  std::memcpy(&element.head_[1], &score, sizeof score);
  element.head_size_ = 1 + sizeof score;
  return element;
}

void Element::encode_text(std::string_view text) noexcept {
  body_ = text;
  if (text.size() < kShortTexts) {
    head_[0] = static_cast<char>(text.size());
    head_size_ = 1;
  } else if (text.size() < kMiddleTexts) {
    const size_t size = text.size() - kShortTexts;
    head_[0] = static_cast<char>(kMiddleText | size >> 8U);
    head_[1] = static_cast<char>(size);
    head_size_ = 2;
  } else {
    CHECK(text.size() <= UINT32_MAX);
    const auto size = static_cast<uint32_t>(text.size());
    head_[0] = static_cast<char>(kLongText);
    std::memcpy(&head_[1], &size, sizeof size);
    head_size_ = 5;
  }
}

void Element::encode_number(int64_t number) noexcept {
  if (number >= 0 && number < kShortNumbers) {
    head_[0] = static_cast<char>(kShortNumber + static_cast<unsigned>(number));
    head_size_ = 1;
  } else if (number >= 0 && number < kMiddleNumbers) {
    const auto above = static_cast<unsigned>(number - kShortNumbers);
    head_[0] = static_cast<char>(kMiddleNumber | above >> 8U);
    head_[1] = static_cast<char>(above);
    head_size_ = 2;
  } else {
    const unsigned bytes = bytes_of(number);
    head_[0] = static_cast<char>(kLongNumber + bytes);
    std::memcpy(&head_[1], &number, bytes);
    head_size_ = static_cast<uint8_t>(1 + bytes);
  }
}

bool Element::is_in_long(Cell cell) const noexcept {
  return cell.size() == size() && std::memcmp(cell.data(), head_.data(), head_size_) == 0 &&
         (body_.empty() || std::memcmp(cell.data() + head_size_, body_.data(), body_.size()) == 0);
}

char* Element::write(char* to) const noexcept {
  std::memcpy(to, head_.data(), head_size_);
  return body_.empty() ? to + head_size_ : copy_exact(to + head_size_, body_);
}

uint64_t Element::hash(const KeyedHash& hash) const noexcept {
  return is_number() ? hash_number(hash, number()) : hash(body_);
}

}  // namespace pelikan::structure
