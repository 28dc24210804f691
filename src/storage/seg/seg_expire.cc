// What an Access does to change when an item dies: touch and expire.
#include "storage/seg/item_lookup.h"
#include "storage/seg/item_writer.h"
#include "storage/seg/seg_access.h"

namespace pelikan {
namespace {

// kDone: the item's expiry may become this one.
ExpireStatus admit(const SegThread& thread, const Entry& entry, Expiry expiry,
                   const ExpireTerms& terms) noexcept {
  if (!entry.is_live()) return ExpireStatus::kNotFound;
  const Expiry present = thread.engine.time.expiry_at(entry.item.exact_expiry());
  const bool is_refused =
      (terms.need_none && present.at_ms != Expiry::kNever) ||
      (terms.need_some && present.at_ms == Expiry::kNever) ||
      (terms.only_later && expiry.at_ms <= present.at_ms) ||
      (terms.only_sooner && expiry.at_ms >= present.at_ms) ||
      (terms.cas && *terms.cas != token_of(thread.engine.heap, entry.location(), entry.item));
  return is_refused ? ExpireStatus::kRefused : ExpireStatus::kDone;
}

// The item with room for an exact expiry, which it has.
Draft draft_exact(ItemWriter& writer, const Entry& seen, uint64_t expiry) noexcept {
  ItemShape shape = seen.item.shape();
  shape.traits |= kExactBit;
  const Draft draft = writer.reserve(shape, tick_of(expiry), seen);
  if (!draft) return draft;
  char* value = write_item(draft.at, draft.shape, expiry, seen.item.key());
  mark_header(draft.at, lasting_state(seen));
  const std::string_view bytes = seen.item.inline_value();
  bytes.copy(value, bytes.size());
  return draft;
}

}  // namespace

bool SegStore::Access::touch(const Lookup& lookup, Expiry expiry) noexcept {
  const uint32_t tick = thread_.engine.time.expiry(expiry, thread_.clock.now_ms());
  BucketLock lock(thread_.engine.table.home(lookup.hash));
  const Entry entry = find_locked(thread_, lookup);
  if (!entry.is_live()) return false;
  set_expiry(entry, tick);
  lock.unlock();
  if (tick != kNoExpiry) thread_.engine.heap.note_expiry(entry.location().segment(), tick);
  return true;
}

// Under the bucket lock. The segment's deadline stays: the expiry pass meets the item and judges it
// anew, if there is one to come.
void SegStore::Access::set_expiry(const Entry& entry, uint64_t expiry) noexcept {
  char* at = thread_.engine.heap.at(entry.location());
  change_header(at, [expiry](uint64_t header) { return with_expiry(header, expiry); });
  const int64_t more = int64_t{has_exact_end(ItemRef(at))} - int64_t{has_exact_end(entry.item)};
  if (more != 0) thread_.metrics.item_exact.add(more);
  thread_.engine.access_times.note(entry.slot, thread_.now);
}

ExpireStatus SegStore::Access::expire(const Lookup& lookup, Expiry expiry,
                                      const ExpireTerms& terms) noexcept {
  const int64_t now_ms = thread_.clock.now_ms();
  if (expiry.at_ms <= now_ms) return erase_expired(lookup, expiry, terms);
  const uint64_t exact = thread_.engine.time.exact_expiry(expiry, now_ms);
  for (;;) {
    Entry seen;
    const ExpireStatus status = expire_in_place(lookup, expiry, exact, terms, seen);
    if (status != ExpireStatus::kDone || !seen) return status;
    PELIKAN_STEP("put.found");
    const Draft draft = draft_exact(writer_, seen, exact);
    if (!draft) return ExpireStatus::kNoMemory;
    const Decision decision = writer_.publish(
        lookup, seen, draft, [&](const Entry& now) { return go_if_same(now, seen); });
    if (decision == Decision::kGo) return ExpireStatus::kDone;
  }
}

// kDone with an item seen: it has no room for this expiry.
ExpireStatus SegStore::Access::expire_in_place(const Lookup& lookup, Expiry expiry, uint64_t exact,
                                               const ExpireTerms& terms, Entry& seen) noexcept {
  BucketLock lock(thread_.engine.table.home(lookup.hash));
  const Entry entry = find_locked(thread_, lookup);
  const ExpireStatus status = admit(thread_, entry, expiry, terms);
  if (status != ExpireStatus::kDone) return status;
  if (exact != kNoExpiry && !entry.item.is_exact()) {
    seen = entry;
    return status;
  }
  set_expiry(entry, exact);
  lock.unlock();
  if (exact != kNoExpiry) {
    thread_.engine.heap.note_expiry(entry.location().segment(), tick_of(exact));
  }
  return status;
}

ExpireStatus SegStore::Access::erase_expired(const Lookup& lookup, Expiry expiry,
                                             const ExpireTerms& terms) noexcept {
  ExpireStatus status = ExpireStatus::kNotFound;
  writer_.remove(lookup, [&](const Entry& entry) {
    status = admit(thread_, entry, expiry, terms);
    return status == ExpireStatus::kDone;
  });
  if (status == ExpireStatus::kDone) thread_.metrics.item_erase.add();
  return status;
}

}  // namespace pelikan
