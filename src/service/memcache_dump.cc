#include "service/memcache_dump.h"

#include <array>

#include "base/assertion.h"
#include "base/bytes.h"
#include "protocol/memcache/reply.h"
#include "protocol/memcache/words.h"
#include "service/memcache_tuning.h"
#include "service/text_writer.h"

namespace pelikan {
namespace {

using memcache::Command;
using memcache::Words;

constexpr std::string_view kEnd = "END\r\n";
constexpr uint64_t kCachedumpBytes = 2 * kMiB - kEnd.size() - 1;  // memcached's bound
constexpr uint64_t kOurClass = 1;                                 // all items are of one
constexpr uint64_t kClasses = 64;

constexpr size_t kFixedText = 64;   // of the longest form
constexpr size_t kMostNumbers = 5;  // in a line
static_assert(kMaxDumpLine >=
              memcache::kMaxKey * kUriMax + kFixedText + kMostNumbers * (1 + kMaxDecimal));

// What a crawler's command says beside its verb, in memcached's words.
struct Crawl {
  std::string_view verb;
  DumpForm form;
  std::string_view begins;
  std::string_view not_allowed;
  std::string_view is_behind;
};

constexpr std::array kCrawls{
    Crawl{"metadump", DumpForm::kMetadump, "OK\r\n", "ERROR metadump not allowed\r\n",
          "ERROR cannot pipeline other commands before metadump\r\n"},
    Crawl{"mgdump", DumpForm::kMgdump, "", "ERROR mgdump not allowed\r\n",
          "ERROR cannot pipeline other commands before mgdump\r\n"},
};

MemcacheDump dump_of(DumpForm form, bool has_items) noexcept {
  using Phase = MemcacheDump::Phase;
  return {.phase = has_items ? Phase::kWalking : Phase::kEnding, .form = form};
}

// Of a list that names_classes(): "all", "hash", "1,2,63".
bool names_ours(std::string_view classes) noexcept {
  if (classes == "all" || classes == "hash") return true;
  for (;;) {
    const size_t comma = classes.find(',');
    if (parse_u64(classes.substr(0, comma)) == kOurClass) return true;
    if (comma == std::string_view::npos) return false;
    classes.remove_prefix(comma + 1);
  }
}

// metadump|mgdump all|hash|<class>[,<class>]*
std::optional<DumpStart> start_crawl(Words words, bool may_dump, bool is_behind) noexcept {
  const std::string_view verb = words.next();
  const std::string_view classes = words.next();
  for (const Crawl& crawl : kCrawls) {
    if (verb != crawl.verb) continue;
    if (classes.empty() || !words.is_done()) return std::nullopt;
    if (!may_dump) return DumpStart{crawl.not_allowed};
    if (is_behind) return DumpStart{crawl.is_behind};
    if (!names_classes(classes)) return DumpStart{"BADCLASS invalid class id\r\n"};
    return DumpStart{crawl.begins, dump_of(crawl.form, names_ours(classes))};
  }
  return std::nullopt;
}

// cachedump <class> <most items; 0: all that fit>
std::optional<DumpStart> start_cachedump(Words words, bool may_dump) noexcept {
  if (words.next() != "cachedump") return std::nullopt;
  if (!may_dump) return DumpStart{"CLIENT_ERROR stats cachedump not allowed\r\n"};
  const std::string_view id_word = words.next();
  const std::string_view most_word = words.next();
  if (most_word.empty()) return DumpStart{"CLIENT_ERROR bad command line\r\n"};
  const auto id = parse_u64(id_word);
  const auto most = parse_u64(most_word);
  if (!id || !most) return DumpStart{reply_line(memcache::Reply::kBadFormat)};
  if (*id >= kClasses) return DumpStart{"CLIENT_ERROR Illegal slab id\r\n"};
  DumpStart start{{}, dump_of(DumpForm::kCachedump, *id == kOurClass)};
  if (*most != 0) start.dump.items_left = *most;
  start.dump.bytes_left = kCachedumpBytes;
  return start;
}

}  // namespace

std::optional<DumpStart> start_dump(const memcache::Request& request, bool may_dump,
                                    bool is_behind) noexcept {
  const Words words(request.key);
  if (request.command == Command::kLruCrawler) return start_crawl(words, may_dump, is_behind);
  if (request.command == Command::kStats) return start_cachedump(words, may_dump);
  return std::nullopt;
}

bool has_line(DumpForm form, std::string_view key, bool is_binary) noexcept {
  return key.size() <= memcache::kMaxKey && !(is_binary && form == DumpForm::kCachedump);
}

char* compose_dump_line(char* to, DumpForm form, const DumpedItem& item) noexcept {
  DCHECK(has_line(form, item.key, item.has_binary_key));
  TextWriter line(to);
  switch (form) {
    case DumpForm::kMetadump:
      line.text("key=").uri(item.key).text(" exp=");
      item.expiry_s ? line.at_least_0(*item.expiry_s) : line.text("-1");
      line.text(" la=").at_least_0(item.used_s).text(" cas=").number(item.cas);
      line.text(item.was_found ? " fetch=yes" : " fetch=no").text(" cls=1 size=");
      return line.number(item.memory_bytes).text(" flags=").number(item.flags).text("\n").end();
    case DumpForm::kMgdump:
      line.text("mg ");
      if (!item.has_binary_key) return line.text(item.key).text("\n").end();
      return line.base64(item.key).text(" b\n").end();
    case DumpForm::kCachedump:
      line.text("ITEM ").text(item.key).text(" [").number(item.value_bytes);
      return line.text(" b; ").at_least_0(item.expiry_s.value_or(0)).text(" s]\r\n").end();
  }
  return to;
}

std::string_view dump_end(DumpForm form) noexcept {
  return form == DumpForm::kMgdump ? "EN\r\n" : kEnd;
}

}  // namespace pelikan
