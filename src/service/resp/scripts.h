// RespScripts: the Lua scripts by which clients of the Redis protocol release and extend locks. No
// script is run here: those that stand in a table are recognised, whatever blanks, comments, quotes
// and letters' case they are written with, and done natively (locks.h).
//
// EVALSHA names a script by the SHA1 of its text, which a server learns from SCRIPT LOAD and EVAL.
//
// Thread safety: all methods from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/sha1.h"

namespace pelikan {

// What a known script does with KEYS[1] and ARGV. All but the last do it if the key has the value
// ARGV[1], and answer 1, or 0 when it has not.
enum class RespScript : uint8_t {
  kDelete,          // deletes it
  kDeleteOrAbsent,  // the same; -1 when there is no such key
  kExpireSeconds,   // sets its expiry to ARGV[2] seconds from now
  kExpireMs,        // milliseconds
  kExtend,          // the same, or adds them to what is left when ARGV[3] is "0"; not if it never
                    // expires
  kAcquire,         // stores ARGV[1] for ARGV[2] milliseconds if there is no such key
};

// Which one this is; empty: none that is known.
[[nodiscard]] std::optional<RespScript> recognise_script(std::string_view text);

class RespScripts {
 public:
  using Sha1 = std::array<char, kSha1Hex>;

  // Which one this is; from now on its SHA1 is known.
  [[nodiscard]] std::optional<RespScript> learn(std::string_view text);
  // By its SHA1, in any case of letters.
  [[nodiscard]] std::optional<RespScript> find(std::string_view sha1) const noexcept;

 private:
  struct Entry {
    Sha1 sha1;
    RespScript script;
  };
  // Spellings that are remembered. One that finds no room is known by its text only; nobody has so
  // many.
  static constexpr size_t kMost = 256;

  std::mutex mutex_;  // of those who learn
  std::array<Entry, kMost> entries_;
  // Entries never change. release, acquire: who sees the count sees the entries.
  std::atomic<size_t> count_{0};
};

}  // namespace pelikan
