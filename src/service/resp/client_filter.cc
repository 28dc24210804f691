#include "service/resp/client_filter.h"

#include "protocol/resp/error.h"
#include "protocol/resp/numbers.h"
#include "service/resp/error_text.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

std::string error(resp::Error error) { return std::string(resp::error_text(error)); }

}  // namespace

std::optional<std::string> RespClientFilter::parse_list(Words words) {
  if (words.empty()) return std::nullopt;
  if (words.size() == 2 && is_word(words[0], "TYPE")) return set_type(words[1]);
  if (words.size() < 2 || !is_word(words[0], "ID")) return error(resp::Error::kSyntax);
  for (const std::string_view word : words.subspan(1)) {
    const auto id = resp::parse_integer(word);
    if (!id || *id < 1) return "ERR Invalid client ID";
    ids_.insert(static_cast<uint64_t>(*id));
  }
  return std::nullopt;
}

std::optional<std::string> RespClientFilter::parse_kill(Words words) {
  if (words.size() % 2 != 0) return error(resp::Error::kSyntax);
  for (size_t at = 0; at < words.size(); at += 2) {
    if (auto wrong = set_option(words[at], words[at + 1])) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> RespClientFilter::set_type(std::string_view word) {
  if (is_word(word, "NORMAL")) return std::nullopt;
  takes_none_ = true;
  for (const std::string_view other : {"MASTER", "PRIMARY", "SLAVE", "REPLICA", "PUBSUB"}) {
    if (is_word(word, other)) return std::nullopt;
  }
  return error_about("ERR Unknown client type ", word);
}

std::optional<std::string> RespClientFilter::set_option(std::string_view name,
                                                        std::string_view value) {
  if (is_word(name, "TYPE")) return set_type(value);
  if (is_word(name, "ID") || is_word(name, "MAXAGE")) return set_number(name, value);
  if (is_word(name, "ADDR")) {
    address_ = value;
  } else if (is_word(name, "LADDR")) {
    local_ = value;
  } else if (is_word(name, "USER")) {
    if (value != "default") return error_about("ERR No such user ", value);
  } else if (is_word(name, "SKIPME") && is_word(value, "YES")) {
    skips_own_ = true;
  } else if (is_word(name, "SKIPME") && is_word(value, "NO")) {
    skips_own_ = false;
  } else {
    return error(resp::Error::kSyntax);
  }
  return std::nullopt;
}

std::optional<std::string> RespClientFilter::set_number(std::string_view name,
                                                        std::string_view value) {
  const auto number = resp::parse_integer(value);
  if (is_word(name, "ID")) {
    if (!number || *number < 1) return "ERR client-id should be greater than 0";
    ids_ = {static_cast<uint64_t>(*number)};
    return std::nullopt;
  }
  constexpr int64_t kMost = int64_t{1} << 50;
  if (!number || *number > kMost) return "ERR maxage is not an integer or out of range";
  if (*number < 1) return "ERR maxage should be greater than 0";
  least_age_ms_ = *number * 1000;
  return std::nullopt;
}

bool RespClientFilter::takes(const RespClientRow& row) const {
  if (takes_none_ || row.age_ms < least_age_ms_) return false;
  if (!ids_.empty() && !ids_.contains(row.id)) return false;
  if (!address_.empty() && row.address != address_) return false;
  return local_.empty() || row.local == local_;
}

}  // namespace pelikan
