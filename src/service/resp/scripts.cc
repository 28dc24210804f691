#include "service/resp/scripts.h"

#include <algorithm>
#include <string>

#include "base/letters.h"

namespace pelikan {
namespace {

constexpr size_t kLongest = 4096;  // of the known ones none is half as long

struct Known {
  std::string_view sha1;  // of normalised()
  RespScript script;
};

// The scripts are known by the SHA1 of their normal form; where they come from stands beside.
constexpr auto kKnown = std::to_array<Known>({
    // the lock pattern of Redis' documentation, del: redlock, Spring, Laravel, ...
    {"ccfaa2106fdcf998df5cf31df79ab22b3e652ac4", RespScript::kDelete},
    // the same without a result otherwise, del
    {"d7c88f43df857078e762b605e4ca0c4629031228", RespScript::kDelete},
    // the same, del and a return behind it
    {"926dafeb7a927d158191025db767473e8c8f309b", RespScript::kDelete},
    // the lock pattern of Redis' documentation, unlink: redlock, Spring, Laravel, ...
    {"3fa87f440ba8bcfedd49fc08afc2dd693b5dc3d6", RespScript::kDelete},
    // the same without a result otherwise, unlink
    {"e0916affbdb45a46a0a74ad5118dc78fb12e5ed4", RespScript::kDelete},
    // the same, unlink and a return behind it
    {"361c3c32df96fe1edd33701f482d7f433b7a3794", RespScript::kDelete},
    // its companion that extends
    {"b6a7f39231070c58204ed334faf17d0771a644b5", RespScript::kExpireMs},
    // the same, a return behind it
    {"f88ad90783bd4ff576c1b77f5fea290f862a775f", RespScript::kExpireMs},
    // the same in seconds
    {"a0a207fec07cf14a50df6b18720155c1c9b6bf9a", RespScript::kExpireSeconds},
    // the same, a return behind it
    {"b1a77aad7276d6635f66ef8b82a1df4413bc6f0b", RespScript::kExpireSeconds},
    // redis-py, Lock.release
    {"8e70260bd12c5dab86e1cf83fd5955b048718fce", RespScript::kDelete},
    // redis-py, Lock.extend
    {"b50b372bb9cb71ec7eb8f1eb83665fe1cd454833", RespScript::kExtend},
    // redis-py, Lock.reacquire
    {"f278027ae1d0b7be9acd85eeddcb9d61d0fb5f81", RespScript::kExpireMs},
    // redlock (node) 4 and 5: lock, extend, release
    {"3744a2e78713af0691770faaf57ed76202b8537b", RespScript::kAcquire},
    {"6bdd131a618417633016921fe99e2cc8be51da14", RespScript::kExpireMs},
    {"ff83afc160ee97e8d0fa92580a23ef5bec5a6f7a", RespScript::kDelete},
    // redsync (Go), the release that tells a lost lock
    {"ad0cf94c4bbdd40f9acf8974c3e32bd9072804bc", RespScript::kDeleteOrAbsent},
});

bool is_blank(char byte) noexcept { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
bool is_word_byte(char byte) noexcept {
  const char lower = to_lower(byte);
  return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

// Lua text without what means nothing: comments, semicolons, blanks but for one between two words;
// strings in lower case and single quotes.
std::string normalised(std::string_view text) {
  std::string normal;
  bool had_gap = false;
  for (size_t at = 0; at < text.size();) {
    const char byte = text[at];
    if (text.substr(at).starts_with("--")) {
      at = std::min(text.size(), text.find('\n', at));
      had_gap = true;
    } else if (is_blank(byte) || byte == ';') {
      had_gap = true;
      ++at;
    } else if (byte == '"' || byte == '\'') {
      const size_t end = std::min(text.size(), text.find(byte, at + 1));
      normal += '\'';
      for (const char c : text.substr(at + 1, end - at - 1)) normal += to_lower(c);
      normal += '\'';
      at = end + 1;
      had_gap = false;
    } else {
      const bool joins = !normal.empty() && is_word_byte(normal.back()) && is_word_byte(byte);
      if (had_gap && joins) normal += ' ';
      normal += byte;
      had_gap = false;
      ++at;
    }
  }
  return normal;
}

}  // namespace

std::optional<RespScript> recognise_script(std::string_view text) {
  if (text.size() > kLongest) return std::nullopt;
  const auto sha1 = sha1_hex(normalised(text));
  const auto known = std::ranges::find(kKnown, std::string_view(sha1.data(), sha1.size()),
                                       [](const Known& row) { return row.sha1; });
  if (known == kKnown.end()) return std::nullopt;
  return known->script;
}

std::optional<RespScript> RespScripts::learn(std::string_view text) {
  const auto script = recognise_script(text);
  if (!script) return std::nullopt;
  const Sha1 sha1 = sha1_hex(text);
  const std::lock_guard lock(mutex_);
  const size_t count = count_.load(std::memory_order_relaxed);
  if (count == kMost || find({sha1.data(), sha1.size()})) return script;
  entries_[count] = {sha1, *script};
  count_.store(count + 1, std::memory_order_release);
  return script;
}

std::optional<RespScript> RespScripts::find(std::string_view sha1) const noexcept {
  if (sha1.size() != kSha1Hex) return std::nullopt;
  Sha1 lower;
  std::ranges::transform(sha1, lower.begin(), to_lower);
  const size_t count = count_.load(std::memory_order_acquire);
  for (size_t i = 0; i < count; ++i) {
    if (entries_[i].sha1 == lower) return entries_[i].script;
  }
  return std::nullopt;
}

}  // namespace pelikan
