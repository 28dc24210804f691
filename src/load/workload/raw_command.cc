#include "load/workload/raw_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/copy.h"
#include "base/escape.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kAllowed =
    "WEIGHT COMMAND ARGUMENT ...; ... with {key} {value} {ttl} {int A B} in the arguments";
constexpr size_t kMaxNumber = kMaxDecimal + 1;

char* write_number(int64_t number, char* to) noexcept {
  return std::to_chars(to, to + kMaxNumber, number).ptr;
}

}  // namespace

RawCommand::RawCommand(const Setting& setting, std::string_view text) {
  for (text = trimmed(text); !text.empty();) {
    Piece& piece = pieces_.emplace_back();
    size_t end = text.find_first_of(" \t{");
    if (end == 0) {
      end = text.find('}');
      if (end == text.npos) setting.refuse("a brace is not closed", kAllowed);
      piece = placeholder(setting, text.substr(1, end - 1));
      end += 1;
    } else {
      piece.text = text.substr(0, end);
    }
    text.remove_prefix(std::min(end, text.size()));
    const std::string_view rest = trimmed(text);
    piece.ends_word = rest.size() != text.size() || rest.empty();
    words_ += piece.ends_word ? 1 : 0;
    text = rest;
  }
  if (words_ == 0) setting.refuse("a command is missing", kAllowed);
}

RawCommand::Piece RawCommand::placeholder(const Setting& setting, std::string_view text) {
  Piece piece;
  const std::vector<std::string_view> words = split(text, ' ');
  if (text == "key") piece.kind = Kind::kKey;
  if (text == "value") piece.kind = Kind::kValue;
  if (text == "ttl") piece.kind = Kind::kTtl;
  if (piece.kind != Kind::kText) return piece;
  const auto refuse = [&] {
    setting.refuse(fmt::format("'{{{}}}' is no placeholder", escaped(text)), kAllowed);
  };
  if (words.size() != 3 || words[0] != "int") refuse();
  const std::optional<int64_t> least = parse_i64(words[1]);
  const std::optional<int64_t> most = parse_i64(words[2]);
  constexpr int64_t kLimit = int64_t{1} << 62;
  if (!least || !most || *least > *most || *least < -kLimit || *most > kLimit) refuse();
  piece.kind = Kind::kNumber;
  piece.least = *least;
  piece.many = static_cast<uint64_t>(*most - *least) + 1;
  return piece;
}

bool RawCommand::has_value() const noexcept {
  return std::ranges::find(pieces_, Kind::kValue, &Piece::kind) != pieces_.end();
}

size_t RawCommand::bound(size_t key_bytes, size_t value_bytes) const noexcept {
  size_t bytes = 0;
  for (const Piece& piece : pieces_) {
    bytes += piece.text.size();
    if (piece.kind == Kind::kKey) bytes += key_bytes;
    if (piece.kind == Kind::kValue) bytes += value_bytes;
    if (piece.kind == Kind::kTtl || piece.kind == Kind::kNumber) bytes += kMaxNumber;
  }
  return bytes;
}

void RawCommand::write(const Parts& parts, Random& random, char* to,
                       std::vector<std::string_view>& words) const noexcept {
  const char* word = to;
  for (const Piece& piece : pieces_) {
    to = write_piece(piece, parts, random, to);
    if (!piece.ends_word) continue;
    words.emplace_back(word, static_cast<size_t>(to - word));
    word = to;
  }
}

char* RawCommand::write_piece(const Piece& piece, const Parts& parts, Random& random,
                              char* to) noexcept {
  switch (piece.kind) {
    case Kind::kText:
      return write_text(to, piece.text);
    case Kind::kKey:
      return write_text(to, parts.key);
    case Kind::kValue:
      return write_text(to, parts.value);
    case Kind::kTtl:
      return write_number(parts.ttl_s, to);
    case Kind::kNumber:
      return write_number(piece.least + static_cast<int64_t>(random.uniform(piece.many)), to);
  }
  return to;
}

std::vector<WeightedCommand> parse_raw_commands(const Setting& setting) {
  std::vector<WeightedCommand> commands;
  for (std::string_view text : split(setting.text, ';')) {
    text = trimmed(text);
    if (text.empty()) continue;  // behind the last one
    const std::string_view word = text.substr(0, text.find(' '));
    const std::optional<double> weight = parse_decimal(word);
    if (!weight || *weight < 0) {
      setting.refuse(fmt::format("'{}' is no weight", escaped(word)), kAllowed);
    }
    commands.push_back({.weight = *weight, .command = {setting, text.substr(word.size())}});
  }
  return commands;
}

}  // namespace pelikan::load
