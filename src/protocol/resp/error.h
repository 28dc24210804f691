// The errors whose text never changes, by Redis' words: clients match on them, at least on the
// first one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pelikan::resp {

enum class Error : uint8_t {
  kSyntax,
  kWrongType,
  kNotInteger,
  kNotFloat,
  kNanOrInfinity,
  kValueNotFinite,
  kHashNotInteger,
  kHashNotFloat,
  kOverflow,
  kDecrementOverflow,
  kOffset,
  kStringTooLong,
  kBitOffset,
  kBit,
  kBitValue,
  kBitopNot,
  kCursor,
  kNoSuchKey,
  kSameObject,
  kNxWithOthers,
  kGtWithLt,
  kScoreRange,
  kBytesRange,
  kNxWithXx,
  kGtLtOrNx,
  kOneIncrement,
  kNanScore,
  kLimitByRank,
  kScoresByBytes,
  kNotPositive,
  kNumkeys,
  kCountNotPositive,
  kTooManyKeys,
  kLimitNegative,
  kNotWeight,
  kValueTooLarge,
  kKeyTooLarge,
  kOutOfMemory,
  kNoAuth,
  kWrongPass,
  kNoPasswordSet,
  kNoProto,
  kProtocolVersion,
  kDbIndex,
  kNoScript,
  kScriptNotKnown,
  kKeysNegative,
  kKeysTooMany,
  kClusterDisabled,
  kNoKeysInCommand,
  kInvalidCommand,
  kInvalidArguments,
  kClientName,
  kClientNotFound,
};

struct ErrorText {
  Error error;
  std::string_view text;  // without the '-' and the line end
};

inline constexpr auto kErrorTexts = std::to_array<ErrorText>({
    {Error::kSyntax, "ERR syntax error"},
    {Error::kWrongType, "WRONGTYPE Operation against a key holding the wrong kind of value"},
    {Error::kNotInteger, "ERR value is not an integer or out of range"},
    {Error::kNotFloat, "ERR value is not a valid float"},
    {Error::kNanOrInfinity, "ERR increment would produce NaN or Infinity"},
    {Error::kValueNotFinite, "ERR value is NaN or Infinity"},
    {Error::kHashNotInteger, "ERR hash value is not an integer"},
    {Error::kHashNotFloat, "ERR hash value is not a float"},
    {Error::kOverflow, "ERR increment or decrement would overflow"},
    {Error::kDecrementOverflow, "ERR decrement would overflow"},
    {Error::kOffset, "ERR offset is out of range"},
    {Error::kStringTooLong, "ERR string exceeds maximum allowed size (proto-max-bulk-len)"},
    {Error::kBitOffset, "ERR bit offset is not an integer or out of range"},
    {Error::kBit, "ERR bit is not an integer or out of range"},
    {Error::kBitValue, "ERR The bit argument must be 1 or 0."},
    {Error::kBitopNot, "ERR BITOP NOT must be called with a single source key."},
    {Error::kCursor, "ERR invalid cursor"},
    {Error::kNoSuchKey, "ERR no such key"},
    {Error::kSameObject, "ERR source and destination objects are the same"},
    {Error::kNxWithOthers, "ERR NX and XX, GT or LT options at the same time are not compatible"},
    {Error::kGtWithLt, "ERR GT and LT options at the same time are not compatible"},
    {Error::kScoreRange, "ERR min or max is not a float"},
    {Error::kBytesRange, "ERR min or max not valid string range item"},
    {Error::kNxWithXx, "ERR XX and NX options at the same time are not compatible"},
    {Error::kGtLtOrNx, "ERR GT, LT, and/or NX options at the same time are not compatible"},
    {Error::kOneIncrement, "ERR INCR option supports a single increment-element pair"},
    {Error::kNanScore, "ERR resulting score is not a number (NaN)"},
    {Error::kLimitByRank,
     "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"},
    {Error::kScoresByBytes, "ERR syntax error, WITHSCORES not supported in combination with BYLEX"},
    {Error::kNotPositive, "ERR value is out of range, must be positive"},
    {Error::kNumkeys, "ERR numkeys should be greater than 0"},
    {Error::kCountNotPositive, "ERR count should be greater than 0"},
    {Error::kTooManyKeys, "ERR too many keys in one command"},
    {Error::kLimitNegative, "ERR LIMIT can't be negative"},
    {Error::kNotWeight, "ERR weight value is not a float"},
    {Error::kValueTooLarge, "ERR value too large"},
    {Error::kKeyTooLarge, "ERR key too large"},
    {Error::kOutOfMemory, "OOM command not allowed when used memory > 'maxmemory'."},
    {Error::kNoAuth, "NOAUTH Authentication required."},
    {Error::kWrongPass, "WRONGPASS invalid username-password pair or user is disabled."},
    {Error::kNoPasswordSet,
     "ERR AUTH <password> called without any password configured for the default user. Are you "
     "sure your configuration is correct?"},
    {Error::kNoProto, "NOPROTO unsupported protocol version"},
    {Error::kProtocolVersion, "ERR Protocol version is not an integer or out of range"},
    {Error::kDbIndex, "ERR DB index is out of range"},
    {Error::kNoScript, "NOSCRIPT No matching script. Please use EVAL."},
    {Error::kScriptNotKnown,
     "ERR scripts are not run here: only the known scripts of client libraries' locks are"},
    {Error::kKeysNegative, "ERR Number of keys can't be negative"},
    {Error::kKeysTooMany, "ERR Number of keys can't be greater than number of args"},
    {Error::kClusterDisabled, "ERR This instance has cluster support disabled"},
    {Error::kNoKeysInCommand, "ERR The command has no key arguments"},
    {Error::kInvalidCommand, "ERR Invalid command specified"},
    {Error::kInvalidArguments, "ERR Invalid number of arguments specified for command"},
    {Error::kClientName, "ERR Client names cannot contain spaces, newlines or special characters."},
    {Error::kClientNotFound, "ERR No such client"},
});

// "ERR syntax error"; compose_error() makes a reply of it.
[[nodiscard]] constexpr std::string_view error_text(Error error) noexcept {
  return kErrorTexts[static_cast<size_t>(error)].text;
}

static_assert([] {
  for (size_t i = 0; i < kErrorTexts.size(); ++i) {
    if (kErrorTexts[i].error != static_cast<Error>(i)) return false;
  }
  return kErrorTexts.size() == static_cast<size_t>(Error::kClientNotFound) + 1;
}());

}  // namespace pelikan::resp
