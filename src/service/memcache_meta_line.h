// What several meta commands share: the terms of writes, the flags that come back whatever
// happened, and short values.
#pragma once

#include <cstddef>
#include <string_view>

#include "buffer/output.h"
#include "protocol/memcache/compose_meta.h"
#include "protocol/memcache/meta.h"
#include "storage/store.h"

namespace pelikan {

// Values up to this size are written with their line in one piece.
inline constexpr size_t kShortMetaValue =
    Output::kReplyReserve - memcache::kMaxMetaLine - memcache::kTerminator;

// On what terms C and E let an item be changed.
[[nodiscard]] inline WriteTerms meta_terms(const memcache::MetaFlags& flags) noexcept {
  WriteTerms terms;
  if (flags.has('C')) terms.cas = flags.cas;
  if (flags.has('E')) terms.new_cas = flags.new_cas;
  return terms;
}

// The letters, and k and O as asked for: the reply of a command that has no item to tell of.
inline void write_meta_line(Output& out, std::string_view letters, std::string_view key,
                            const memcache::MetaFlags& flags) noexcept {
  memcache::MetaLine line(out.reserve(memcache::kMaxMetaLine));
  line.begin(letters);
  for (size_t i = 0; i < flags.count; ++i) {
    if (flags.order[i] == 'k') line.key(key, flags.has('b'));
    if (flags.order[i] == 'O') line.opaque(flags.opaque_text());
  }
  out.commit(line.end());
}

}  // namespace pelikan
