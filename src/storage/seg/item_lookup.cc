#include "storage/seg/item_lookup.h"

namespace pelikan {
namespace {

// The key was not found among the live; it may have come with the pool, and may have been checked
// since by another thread.
[[gnu::noinline]] Entry search_kept(SegThread& thread, const Lookup& lookup) noexcept {
  HashTable& table = thread.engine.table;
  if (table.find_kept(lookup.hash)) {
    const BucketLock lock(table.home(lookup.hash));
    return find_locked(thread, lookup);
  }
  const auto find = [&](uint64_t hash, auto&& accept) { return table.find(hash, accept); };
  return find_by(thread, lookup, find, [] { return Entry{}; });
}

}  // namespace

Entry search(SegThread& thread, const Lookup& lookup) noexcept {
  const auto find = [&](uint64_t hash, auto&& accept) {
    return thread.engine.table.find(hash, accept);
  };
  return find_by(thread, lookup, find,
                 [&] { return has_kept(thread.engine) ? search_kept(thread, lookup) : Entry{}; });
}

// Checks what came with the pool and has the key's tag, then looks again. Where there was room may
// be gone, for what is damaged leaves the table.
Entry find_kept_locked(SegThread& thread, const Lookup& lookup) noexcept {
  admit_kept(thread, lookup.hash);
  return find_under_lock(thread, lookup, [](const Entry& none) { return none; });
}

}  // namespace pelikan
