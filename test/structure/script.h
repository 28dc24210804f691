// Bytes become steps for collections of every type; any bytes do. A twin (list_twin.h and the
// others) plays a step on a collection and on a plain one of the standard library, and compares
// what came of it. The packed and the large form of a type have the same methods, so one twin
// serves both.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pelikan::structure::test {

// The bytes of a script; zeros behind its end.
class Script {
 public:
  explicit Script(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_over() const { return bytes_.empty(); }
  unsigned byte() {
    if (bytes_.empty()) return 0;
    const unsigned byte = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  // Below `end`, which is not 0.
  size_t below(size_t end) { return (byte() | byte() << 8U) % end; }

  // One of a few texts, so that they meet again: numbers of every width, texts of every length of
  // head, empty and binary ones.
  std::string element() {
    static constexpr std::array<int64_t, 10> kNumbers{0,  63,        64,        8255,    8256,
                                                      -1, INT64_MIN, INT64_MAX, -32'769, 1 << 30};
    const unsigned which = byte();
    const unsigned kind = which >> 5U;
    const unsigned number = which & 31U;
    if (kind == 0) return std::to_string(kNumbers[number % kNumbers.size()]);
    if (kind <= 2) return std::to_string(static_cast<int>(byte()) - 128);
    if (kind == 3) return std::string(number, static_cast<char>(number));
    if (kind == 4) return std::string(1, static_cast<char>(byte()));
    if (kind == 5 && number < 2) return std::string(number == 0 ? 128 : 4224, 'l');
    return "element:" + std::to_string(number * (kind - 4)) + std::string(number % 5, 'e');
  }
  double score() {
    static constexpr std::array<double, 8> kScores{0, -0.0, 0.1, 1e300, -1.5, 1e17, -3, 1};
    const unsigned which = byte();
    if (which < 64) return kScores[which % kScores.size()];
    return static_cast<double>(which % 16);
  }

 private:
  std::span<const uint8_t> bytes_;
};

// What a form is read through: the draft's view, or a large form itself.
decltype(auto) view_of(const auto& form) {
  if constexpr (requires { form.view(); }) {
    return form.view();
  } else {
    return (form);
  }
}

}  // namespace pelikan::structure::test
