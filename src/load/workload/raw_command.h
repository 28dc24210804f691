// RawCommand: a command as the user wrote it, sent again and again with other keys and numbers.
//
//   ZADD {key} {int 0 1000} {value}      HSET user:{key} field {value}      EXPIRE {key} {ttl}
//
// Words are between blanks. In a word, {key} is the text of a drawn key, {value} a value as the
// keyspace has them, {ttl} the key's time to live in seconds, {int A B} a number from A to B.
//
// Thread safety: read-only after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/workload/random.h"
#include "load/workload/words.h"

namespace pelikan::load {

class RawCommand {
 public:
  // What stands for the placeholders.
  struct Parts {
    std::string_view key;
    std::string_view value;
    int64_t ttl_s = 0;
  };

  // Throws SetupError, naming the setting that `text` is a part of.
  RawCommand(const Setting& setting, std::string_view text);

  [[nodiscard]] size_t words() const noexcept { return words_; }
  [[nodiscard]] bool has_value() const noexcept;
  // Bytes of all words, where keys and values have so many at most.
  [[nodiscard]] size_t bound(size_t key_bytes, size_t value_bytes) const noexcept;
  // Writes the words one behind the other at `to`, and appends views of them.
  // REQUIRES: bound() bytes at `to`; words() free places in `words`
  void write(const Parts& parts, Random& random, char* to,
             std::vector<std::string_view>& words) const noexcept;

 private:
  enum class Kind : uint8_t { kText, kKey, kValue, kTtl, kNumber };
  struct Piece {
    Kind kind = Kind::kText;
    bool ends_word = false;
    std::string text;
    int64_t least = 0;  // kNumber
    uint64_t many = 1;  // different numbers
  };

  [[nodiscard]] static Piece placeholder(const Setting& setting, std::string_view text);
  [[nodiscard]] static char* write_piece(const Piece& piece, const Parts& parts, Random& random,
                                         char* to) noexcept;

  std::vector<Piece> pieces_;
  size_t words_ = 0;
};

struct WeightedCommand {
  double weight;
  RawCommand command;
};

// "5 ZADD {key} 1 {value}; 1 ZCARD {key}": weights and commands. Throws SetupError.
[[nodiscard]] std::vector<WeightedCommand> parse_raw_commands(const Setting& setting);

}  // namespace pelikan::load
