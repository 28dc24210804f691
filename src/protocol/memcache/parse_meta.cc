#include "protocol/memcache/parse_meta.h"

#include <cstring>
#include <limits>
#include <optional>

#include "base/base64.h"
#include "base/bytes.h"
#include "protocol/memcache/line.h"
#include "protocol/memcache/parse_value.h"
#include "protocol/memcache/scan.h"

namespace pelikan::memcache {
namespace {

// What is behind a letter. Commands take each other's flags, and leave alone what they have no use
// for; but what a token must be does not depend on the command.
enum class Token : uint8_t {
  kUnknown,  // no flag at all
  kAny,      // nothing, or what means nothing
  kExptime,
  kNumber,
  kClientFlags,
  kMode,
  kOpaque,
  kKey,  // says that the key is base64
};

constexpr auto kTokens = [] {
  std::array<Token, 128> tokens{};
  for (const char letter : std::string_view("cfhIklLPqstuvx")) {
    tokens[static_cast<unsigned char>(letter)] = Token::kAny;
  }
  for (const char letter : std::string_view("TNR")) {
    tokens[static_cast<unsigned char>(letter)] = Token::kExptime;
  }
  for (const char letter : std::string_view("CEDJ")) {
    tokens[static_cast<unsigned char>(letter)] = Token::kNumber;
  }
  tokens['F'] = Token::kClientFlags;
  tokens['M'] = Token::kMode;
  tokens['O'] = Token::kOpaque;
  tokens['b'] = Token::kKey;
  return tokens;
}();

// Decodes the flags of one line and keeps what is wrong with them. A letter that may not be there
// counts before a bad token, and that before what only its command can tell to be wrong.
class FlagReader {
 public:
  // Adds to flags that were read before.
  FlagReader(Request& request, MetaFlags& flags) noexcept : request_(request), flags_(flags) {}

  void read(std::string_view flag) noexcept {
    const auto letter = static_cast<unsigned char>(flag.front());
    const Token token = letter < kTokens.size() ? kTokens[letter] : Token::kUnknown;
    if (token == Token::kUnknown) return note(Rank::kLetter, Reply::kInvalidFlag);
    if (flags_.has(flag.front())) return note(Rank::kLetter, Reply::kDuplicateFlag);
    if (flags_.count == kMaxMetaFlags) return note(Rank::kCount, Reply::kTooManyFlags);
    flags_.add(flag.front());
    if (token != Token::kAny) decode(token, flag.substr(1));
  }

  // What is wrong; empty: nothing.
  [[nodiscard]] std::optional<Reply> wrong() const noexcept {
    if (rank_ == Rank::kNone) return std::nullopt;
    if (request_.command == Command::kMetaDebug && wrong_ != Reply::kBadKeyEncoding) {
      return std::nullopt;  // it looks at nothing else
    }
    const bool is_general = rank_ == Rank::kLetter || rank_ == Rank::kToken;
    if (request_.command == Command::kMetaArithmetic && is_general) {
      return Reply::kInvalidOrDuplicateFlag;
    }
    return wrong_;
  }

 private:
  enum class Rank : uint8_t { kNone, kMeaning, kToken, kLetter, kCount };

  // The first of the highest rank.
  void note(Rank rank, Reply why) noexcept {
    if (rank <= rank_) return;
    rank_ = rank;
    wrong_ = why;
  }

  void decode(Token token, std::string_view text) noexcept {
    switch (token) {
      case Token::kUnknown:
      case Token::kAny:
        return;
      case Token::kExptime:
        return decode_exptime(flags_.order[flags_.count - 1], text);
      case Token::kNumber:
        return decode_number(flags_.order[flags_.count - 1], text);
      case Token::kClientFlags:
        return decode_client_flags(text);
      case Token::kMode:
        return decode_mode(text);
      case Token::kOpaque:
        return decode_opaque(text);
      case Token::kKey:
        return decode_key();
    }
  }

  void decode_exptime(char letter, std::string_view text) noexcept {
    const auto exptime = parse_i64(text);
    if (!exptime) return note(Rank::kToken, Reply::kBadToken);
    int64_t& field = letter == 'T'   ? flags_.exptime
                     : letter == 'N' ? flags_.vivify_exptime
                                     : flags_.recache_exptime;
    field = *exptime;
  }

  void decode_number(char letter, std::string_view text) noexcept {
    const auto number = parse_u64(text);
    if (!number) return note(Rank::kToken, Reply::kBadToken);
    uint64_t& field = letter == 'C'   ? flags_.cas
                      : letter == 'E' ? flags_.new_cas
                      : letter == 'D' ? flags_.delta
                                      : flags_.initial;
    field = *number;
  }

  void decode_client_flags(std::string_view text) noexcept {
    const auto number = parse_u64(text);
    if (!number || *number > std::numeric_limits<uint32_t>::max()) {
      return note(Rank::kToken, Reply::kBadToken);
    }
    flags_.client_flags = static_cast<uint32_t>(*number);
  }

  // Only the first letter counts.
  void decode_mode(std::string_view text) noexcept {
    const char letter = text.empty() ? '\0' : text.front();
    std::optional<MetaMode> mode;
    if (request_.command == Command::kMetaSet) {
      mode = set_mode(letter);
      if (!mode) return note(Rank::kMeaning, Reply::kInvalidSetMode);
    } else if (request_.command == Command::kMetaArithmetic) {
      mode = arithmetic_mode(letter);
      if (!mode) return note(Rank::kMeaning, Reply::kInvalidArithmeticMode);
    }
    flags_.mode = mode.value_or(MetaMode::kSet);
  }

  static std::optional<MetaMode> set_mode(char letter) noexcept {
    switch (letter | 0x20) {
      case 's':
        return MetaMode::kSet;
      case 'e':
        return MetaMode::kAdd;
      case 'r':
        return MetaMode::kReplace;
      case 'a':
        return MetaMode::kAppend;
      case 'p':
        return MetaMode::kPrepend;
      default:
        return std::nullopt;
    }
  }

  static std::optional<MetaMode> arithmetic_mode(char letter) noexcept {
    if (letter == 'I' || letter == 'i' || letter == '+') return MetaMode::kIncrement;
    if (letter == 'D' || letter == 'd' || letter == '-') return MetaMode::kDecrement;
    return std::nullopt;
  }

  void decode_opaque(std::string_view text) noexcept {
    if (text.size() > kMaxOpaque) return note(Rank::kMeaning, Reply::kOpaqueTooLong);
    flags_.opaque_size = static_cast<uint8_t>(text.size());
    std::memcpy(flags_.opaque.data(), text.data(), text.size());
  }

  void decode_key() noexcept {
    if (request_.key.size() > kMaxKey) return;  // which is refused
    const auto size = base64_decode(flags_.key.data(), request_.key);
    if (!size) return note(Rank::kToken, Reply::kBadKeyEncoding);
    request_.key = {flags_.key.data(), *size};
  }

  Request& request_;
  MetaFlags& flags_;
  Reply wrong_ = Reply::kError;
  Rank rank_ = Rank::kNone;
};

// Takes what most lines have: flags that are a letter alone, one space before each. Stops where
// anything else stands.
inline const char* take_letters(const char* p, const char* limit, MetaFlags& flags) noexcept {
  for (; limit - p >= 4 && p[0] == ' '; p += 2) {
    const auto letter = static_cast<unsigned char>(p[1]);
    const bool ends = p[2] == ' ' || (p[2] == '\r' && p[3] == '\n');
    if (!ends || letter >= kTokens.size() || kTokens[letter] != Token::kAny) break;
    if (flags.has(p[1]) || flags.count == kMaxMetaFlags) break;
    flags.add(p[1]);
  }
  return p;
}

// Reads the flags from p on; the byte behind the line, or nullptr: it is cut.
const char* read_flags(const char* p, const char* limit, FlagReader& reader) noexcept {
  for (;;) {
    p = skip_spaces(p, limit);
    const LineEnd line_end = line_end_at(p, limit);
    if (line_end == LineEnd::kCut) return nullptr;
    if (line_end != LineEnd::kNone) return p + (line_end == LineEnd::kLf ? 1 : 2);
    const char* end = find_word_end(p, limit);
    if (line_end_at(end, limit) == LineEnd::kCut) return nullptr;
    reader.read({p, static_cast<size_t>(end - p)});
    p = end;
  }
}

}  // namespace

ParseStatus parse_meta(const char* p, const char* limit, const char* end, Request& request,
                       MetaFlags& flags) noexcept {
  p = skip_spaces(p, limit);
  const char* key_end = find_word_end(p, limit);
  request.key = {p, static_cast<size_t>(key_end - p)};
  p = key_end;
  const bool has_value = request.command == Command::kMetaSet;
  std::optional<uint64_t> size = 0;
  if (has_value) {
    Line line(p, limit);
    size = line.number();
    p = line.position();
  }
  const bool is_good_key = !request.key.empty() && request.key.size() <= kMaxKey;
  flags.clear();
  p = take_letters(p, limit, flags);
  if (is_good_key && !has_value && limit - p >= 2 && p[0] == '\r' && p[1] == '\n') [[likely]] {
    request.value = request.end = p + 2;
    return ParseStatus::kRequest;
  }
  FlagReader reader(request, flags);
  const char* behind = read_flags(p, limit, reader);
  if (behind == nullptr) return ParseStatus::kIncomplete;
  // Without a length nobody knows where the next command starts.
  if (!size || *size > kMaxValue) return refuse(request, Reply::kBadFormat, behind);
  request.value_size = static_cast<uint32_t>(*size);
  request.value = behind;
  request.end = behind;
  const auto wrong = is_good_key ? reader.wrong() : Reply::kBadFormat;
  if (wrong) {
    if (has_value) request.value_size += kTerminator;
    return refuse(request, *wrong, behind);
  }
  return has_value ? parse_value(end, request) : ParseStatus::kRequest;
}

}  // namespace pelikan::memcache
