#include "service/resp/bit_operation.h"

#include <algorithm>
#include <functional>

#include "service/resp/words.h"

namespace pelikan {
namespace {

template <class Mix>
void mix(std::span<char> into, std::string_view from, Mix&& mix) noexcept {
  std::transform(into.begin(), into.end(), from.begin(), into.begin(),
                 [&](char a, char b) { return static_cast<char>(mix(a, b)); });
}

}  // namespace

std::optional<RespBitOperation> bit_operation(std::string_view word) noexcept {
  if (is_word(word, "AND")) return RespBitOperation::kAnd;
  if (is_word(word, "OR")) return RespBitOperation::kOr;
  if (is_word(word, "XOR")) return RespBitOperation::kXor;
  if (is_word(word, "NOT")) return RespBitOperation::kNot;
  return std::nullopt;
}

void mix_bits(RespBitOperation operation, std::span<char> into, std::string_view from) noexcept {
  switch (operation) {
    case RespBitOperation::kAnd:
      return mix(into, from, std::bit_and<>());
    case RespBitOperation::kOr:
      return mix(into, from, std::bit_or<>());
    case RespBitOperation::kXor:
      return mix(into, from, std::bit_xor<>());
    case RespBitOperation::kNot:
      return;
  }
}

void invert_bits(std::span<char> bytes) noexcept {
  for (char& byte : bytes) byte = static_cast<char>(~byte);
}

}  // namespace pelikan
