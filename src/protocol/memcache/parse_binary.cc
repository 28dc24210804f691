#include "protocol/memcache/parse_binary.h"

#include <algorithm>
#include <optional>

namespace pelikan::memcache {
namespace {

enum class Part : uint8_t { kNone, kMaybe, kNeeded };

// What an opcode means, and what its frames have.
struct Meaning {
  Command command;
  bool quiet = false;
  uint8_t extras_size = 0;
  Part key = Part::kNeeded;
  bool has_value = false;
};

constexpr uint8_t kStorageExtras = 8;      // flags, exptime
constexpr uint8_t kArithmeticExtras = 20;  // delta, initial, exptime
constexpr uint8_t kExptimeExtras = 4;

std::optional<Meaning> meaning_of(Opcode opcode) noexcept {
  switch (opcode) {
    case Opcode::kGet:
    case Opcode::kGetK:
      return Meaning{Command::kGet};
    case Opcode::kGetQ:
    case Opcode::kGetKQ:
      return Meaning{Command::kGet, true};
    case Opcode::kGat:
    case Opcode::kGatK:
      return Meaning{Command::kGat, false, kExptimeExtras};
    case Opcode::kGatQ:
    case Opcode::kGatKQ:
      return Meaning{Command::kGat, true, kExptimeExtras};
    case Opcode::kTouch:
      return Meaning{Command::kTouch, false, kExptimeExtras};
    case Opcode::kSet:
    case Opcode::kSetQ:
      return Meaning{Command::kSet, opcode == Opcode::kSetQ, kStorageExtras, Part::kNeeded, true};
    case Opcode::kAdd:
    case Opcode::kAddQ:
      return Meaning{Command::kAdd, opcode == Opcode::kAddQ, kStorageExtras, Part::kNeeded, true};
    case Opcode::kReplace:
    case Opcode::kReplaceQ:
      return Meaning{Command::kReplace, opcode == Opcode::kReplaceQ, kStorageExtras, Part::kNeeded,
                     true};
    case Opcode::kAppend:
    case Opcode::kAppendQ:
      return Meaning{Command::kAppend, opcode == Opcode::kAppendQ, 0, Part::kNeeded, true};
    case Opcode::kPrepend:
    case Opcode::kPrependQ:
      return Meaning{Command::kPrepend, opcode == Opcode::kPrependQ, 0, Part::kNeeded, true};
    case Opcode::kDelete:
    case Opcode::kDeleteQ:
      return Meaning{Command::kDelete, opcode == Opcode::kDeleteQ};
    case Opcode::kIncrement:
    case Opcode::kIncrementQ:
      return Meaning{Command::kIncr, opcode == Opcode::kIncrementQ, kArithmeticExtras};
    case Opcode::kDecrement:
    case Opcode::kDecrementQ:
      return Meaning{Command::kDecr, opcode == Opcode::kDecrementQ, kArithmeticExtras};
    case Opcode::kQuit:
    case Opcode::kQuitQ:
      return Meaning{Command::kQuit, opcode == Opcode::kQuitQ, 0, Part::kNone};
    case Opcode::kFlush:
    case Opcode::kFlushQ:
      return Meaning{Command::kFlushAll, opcode == Opcode::kFlushQ, kExptimeExtras, Part::kNone};
    case Opcode::kNoop:
      return Meaning{Command::kMetaNoop, false, 0, Part::kNone};
    case Opcode::kVersion:
      return Meaning{Command::kVersion, false, 0, Part::kNone};
    case Opcode::kStat:
      return Meaning{Command::kStats, false, 0, Part::kMaybe};
  }
  return std::nullopt;
}

// Whether the sizes of a frame go together, and with what it says.
bool is_well_formed(const Meaning& meaning, const BinaryHeader& header) noexcept {
  const size_t value = size_t{header.extras_size} + header.key_size;
  if (value > header.body_size || header.key_size > kMaxKey) return false;
  if (meaning.key != Part::kMaybe && (header.key_size != 0) != (meaning.key == Part::kNeeded)) {
    return false;
  }
  if (!meaning.has_value && header.body_size != value) return false;
  const bool may_lack = meaning.command == Command::kFlushAll && header.extras_size == 0;
  return may_lack || header.extras_size == meaning.extras_size;
}

// Refuses a frame, `body` bytes of which are to be passed over.
ParseStatus refuse(Request& request, Reply why, const char* behind, uint32_t body) noexcept {
  request.command = Command::kRefused;
  request.refusal = why;
  request.end = behind;
  request.close = body > kMaxBadBody;
  request.value_size = request.close ? 0 : body;
  return ParseStatus::kRequest;
}

void read_extras(const char* extras, const BinaryHeader& header, BinaryRequest& request) noexcept {
  switch (header.extras_size) {
    case kStorageExtras:
      request.flags = read_big_endian<uint32_t>(extras);
      request.exptime = read_big_endian<uint32_t>(extras + 4);
      break;
    case kArithmeticExtras: {
      const auto exptime = read_big_endian<uint32_t>(extras + 16);
      request.number = read_big_endian<uint64_t>(extras);
      request.exptime = exptime;
      request.initial = read_big_endian<uint64_t>(extras + 8);
      request.creates = exptime != kDoNotCreate;
      break;
    }
    case kExptimeExtras:
      request.exptime = read_big_endian<uint32_t>(extras);
      break;
  }
}

}  // namespace

ParseStatus BinaryParser::parse(std::string_view in, BinaryRequest& request,
                                NoFlags& /*flags*/) noexcept {
  request = BinaryRequest{};
  if (in.empty()) return ParseStatus::kIncomplete;
  if (in.front() != kBinaryRequest) return ParseStatus::kHangUp;
  if (in.size() < kBinaryHeader) return ParseStatus::kIncomplete;
  const BinaryHeader header = read_header(in.data());
  const char* body = in.data() + kBinaryHeader;
  request.cas = header.cas;
  request.opaque = header.opaque;
  request.opcode = header.opcode;
  const std::optional<Meaning> meaning = meaning_of(header.opcode);
  if (!meaning) return refuse(request, Reply::kError, body, header.body_size);
  if (!is_well_formed(*meaning, header)) {
    return refuse(request, Reply::kBadFormat, body, header.body_size);
  }
  const size_t value_at = size_t{header.extras_size} + header.key_size;
  const size_t value_size = header.body_size - value_at;
  if (value_size > kMaxValue) return refuse(request, Reply::kTooLarge, body, header.body_size);
  if (in.size() < kBinaryHeader + value_at) return ParseStatus::kIncomplete;

  request.command = meaning->command;
  request.noreply = meaning->quiet;
  request.key = {body + header.extras_size, header.key_size};
  read_extras(body, header, request);
  request.end = body + value_at;
  if (!meaning->has_value) return ParseStatus::kRequest;
  const bool replaces_whole = header.extras_size == kStorageExtras;
  if (replaces_whole && header.cas != 0) {
    request.command = Command::kCas;
    request.number = header.cas;
  }
  request.value = request.end;
  request.value_size = static_cast<uint32_t>(value_size);
  request.end = nullptr;
  if (in.size() - kBinaryHeader - value_at < value_size) return ParseStatus::kIncompleteValue;
  request.end = request.value + value_size;
  return ParseStatus::kRequest;
}

std::string_view first_binary_key(std::string_view in) noexcept {
  if (in.size() < kBinaryHeader) return {};
  const BinaryHeader header = read_header(in.data());
  in.remove_prefix(kBinaryHeader);
  return in.substr(std::min<size_t>(header.extras_size, in.size()),
                   std::min<size_t>(header.key_size, kMaxKey));
}

}  // namespace pelikan::memcache
