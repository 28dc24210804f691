#include "service/memcache_prefixes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "base/setup_error.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/words.h"

namespace pelikan {
namespace {

char one_character(std::string_view text) {
  if (text.size() == 1) return text.front();
  throw SetupError(ExitCode::kConfig,
                   fmt::format("memcache_prefix_delimiter: '{}' is not one character", text));
}

}  // namespace

MemcachePrefixes::MemcachePrefixes(std::string_view delimiter, bool on)
    : delimiter_(one_character(delimiter)), on_(on) {}

void MemcachePrefixes::count(const memcache::Request& request, bool hit) {
  const size_t end = request.key.find(delimiter_);
  using memcache::Command;
  const Command command = request.command;
  const bool is_read = is_retrieval(command) || command == Command::kMetaGet;
  const bool is_write = is_storage(command) || command == Command::kMetaSet;
  const bool is_delete = command == Command::kDelete || command == Command::kMetaDelete;
  if (end == std::string_view::npos || !(is_read || is_write || is_delete)) return;
  const std::lock_guard lock(mutex_);
  Counts* counts = counts_of(request.key.substr(0, end));
  if (counts == nullptr) return;
  counts->get += is_read ? 1 : 0;
  counts->hit += is_read && hit ? 1 : 0;
  counts->set += is_write ? 1 : 0;
  counts->erased += is_delete ? 1 : 0;
}

MemcachePrefixes::Counts* MemcachePrefixes::counts_of(std::string_view prefix) {
  const auto known = prefixes_.find(prefix);
  if (known != prefixes_.end()) return &known->second;
  if (prefixes_.size() >= kMost) return nullptr;
  return &prefixes_[std::string(prefix)];
}

void MemcachePrefixes::clear() {
  const std::lock_guard lock(mutex_);
  prefixes_.clear();
}

std::string MemcachePrefixes::answer(std::string_view words) {
  const std::string_view what = memcache::Words(words).next();
  if (what == "dump") return dump();
  if (what != "on" && what != "off") return "CLIENT_ERROR usage: stats detail on|off|dump\r\n";
  on_.store(what == "on", std::memory_order_relaxed);
  return std::string(reply_line(memcache::Reply::kOk));
}

std::string MemcachePrefixes::dump() {
  std::vector<std::pair<std::string, Counts>> rows;
  {
    const std::lock_guard lock(mutex_);
    rows.assign(prefixes_.begin(), prefixes_.end());
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out;
  for (const auto& [prefix, counts] : rows) {
    fmt::format_to(std::back_inserter(out), "PREFIX {} get {} hit {} set {} del {}\r\n", prefix,
                   counts.get, counts.hit, counts.set, counts.erased);
  }
  return out += reply_line(memcache::Reply::kEnd);
}

}  // namespace pelikan
