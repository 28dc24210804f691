#include "service/memcache_tuning.h"

#include <charconv>
#include <limits>
#include <optional>

#include "base/assertion.h"
#include "base/bytes.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/words.h"

namespace pelikan {
namespace {

using memcache::Reply;
using memcache::Words;

constexpr uint64_t kMaxClass = 63;

constexpr std::string_view ok() noexcept { return reply_line(Reply::kOk); }
constexpr std::string_view error() noexcept { return reply_line(Reply::kError); }

std::optional<uint64_t> parse_u32(std::string_view word) noexcept {
  const auto number = parse_u64(word);
  if (!number || *number > std::numeric_limits<uint32_t>::max()) return std::nullopt;
  return number;
}

std::optional<double> parse_real(std::string_view word) noexcept {
  double number = 0;
  const char* end = word.data() + word.size();
  const auto [stop, fault] = std::from_chars(word.data(), end, number);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return number;
}

// tune <percent hot> <percent warm> <factor hot> <factor warm>
std::string_view tune(Words words) noexcept {
  const auto hot = parse_u32(words.next());
  const auto warm = parse_u32(words.next());
  const auto hot_factor = parse_real(words.next());
  const auto warm_factor = parse_real(words.next());
  if (!hot || !warm || !hot_factor || !warm_factor) return error();
  if (*hot + *warm > 80) return "ERROR hot and warm pcts must not exceed 80\r\n";
  if (!(*hot_factor > 0) || !(*warm_factor > 0)) {
    return "ERROR hot/warm age factors must be greater than 0\r\n";
  }
  return ok();
}

std::string_view lru(Words words) noexcept {
  const std::string_view what = words.next();
  if (what == "tune") return tune(words);
  const std::string_view argument = words.next();
  if (what == "mode") return argument == "flat" || argument == "segmented" ? ok() : error();
  if (what == "temp_ttl") return parse_i64(argument) ? ok() : error();
  return error();
}

// automove <0..2>; automove ratio|freeratio <number>; automove window <number>
std::string_view automove(Words words) noexcept {
  const std::string_view what = words.next();
  if (what.empty()) return error();
  if (what == "ratio" || what == "freeratio") return parse_real(words.next()) ? ok() : error();
  const bool is_window = what == "window";
  const auto number = parse_u32(is_window ? words.next() : what);
  if (!number) return reply_line(Reply::kBadFormat);
  return is_window || *number <= 2 ? ok() : error();
}

std::string_view slabs(Words words) noexcept {
  const std::string_view what = words.next();
  if (what == "automove") return automove(words);
  const std::string_view from = words.next();
  const std::string_view to = words.next();
  const bool is_reassign = what == "reassign" && !from.empty() && !to.empty() && words.is_done();
  return is_reassign ? "CLIENT_ERROR slab reassignment disabled\r\n" : error();
}

std::string_view lru_crawler(Words words) noexcept {
  const std::string_view what = words.next();
  const std::string_view argument = words.next();
  if (!words.is_done()) return error();
  if (argument.empty()) return what == "enable" || what == "disable" ? ok() : error();
  if (what == "crawl") {
    return names_classes(argument) ? ok() : "BADCLASS invalid class id\r\n";
  }
  if (what != "sleep" && what != "tocrawl") return error();
  const auto number = parse_u32(argument);
  if (!number) return reply_line(Reply::kBadFormat);
  constexpr uint64_t kMaxSleepUs = 1'000'000;
  if (what == "sleep" && *number > kMaxSleepUs) {
    return "CLIENT_ERROR sleep must be one second or less\r\n";
  }
  return ok();
}

}  // namespace

std::string_view answer_tuning(memcache::Command command, std::string_view words) noexcept {
  if (command == memcache::Command::kLru) return lru(Words(words));
  if (command == memcache::Command::kSlabs) return slabs(Words(words));
  DCHECK(command == memcache::Command::kLruCrawler);
  return lru_crawler(Words(words));
}

MemoryLimit read_memory_limit(std::string_view words) noexcept {
  constexpr uint64_t kLeastMib = 8;
  constexpr uint64_t kMostMib = 1'000'000'000;
  const auto mib = parse_u32(Words(words).next());
  if (!mib) return {.refusal = error()};
  if (*mib < kLeastMib) {
    return {.refusal = "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n"};
  }
  if (*mib > kMostMib) {
    return {.refusal = "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes\r\n"};
  }
  return {.bytes = *mib * kMiB};
}

bool names_classes(std::string_view word) noexcept {
  if (word == "all" || word == "hash") return true;
  for (bool is_last = false; !is_last;) {
    const size_t comma = word.find(',');
    const auto number = parse_u64(word.substr(0, comma));
    if (!number || *number == 0 || *number > kMaxClass) return false;
    is_last = comma == std::string_view::npos;
    word.remove_prefix(is_last ? 0 : comma + 1);
  }
  return true;
}

}  // namespace pelikan
