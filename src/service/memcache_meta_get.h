// mg and me: what meta commands read. Source: memcached's doc/protocol.txt, "Meta Commands".
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/copy.h"
#include "buffer/output.h"
#include "protocol/memcache/compose_meta.h"
#include "protocol/memcache/meta.h"
#include "service/memcache_expiry.h"
#include "service/memcache_meta_line.h"
#include "service/memcache_metrics.h"
#include "service/memcache_outcome.h"
#include "service/memcache_value.h"
#include "storage/store.h"

namespace pelikan {

// Lives for one call of process().
template <class Store>
class MemcacheMetaGet {
 public:
  using ItemView = typename Store::ItemView;

  MemcacheMetaGet(Store& store, const Clock& clock, Output& out, MemcacheTally& tally,
                  size_t& long_bytes) noexcept
      : store_(store), clock_(clock), out_(out), tally_(tally), long_bytes_(long_bytes) {}

  // mg. REQUIRES: in an epoch; lookup was prepared; out.has_room()
  [[nodiscard]] MemcacheOutcome execute(const Lookup& lookup,
                                        const memcache::MetaFlags& flags) noexcept {
    if (!flags.has_any(memcache::MetaFlags::bits("luNT"))) [[likely]] {
      return retrieve(lookup, flags, store_.get(lookup));
    }
    auto item = look(lookup, flags);
    bool is_new = false;
    if (!item && flags.has('N')) [[unlikely]] {
      const PutStatus status = vivify(lookup, flags);
      if (status == PutStatus::kNoMemory) return MemcacheOutcome::kNoMemory;
      is_new = status == PutStatus::kStored;
      item = look(lookup, flags);
    }
    const MemcacheOutcome outcome = retrieve(lookup, flags, item, is_new);
    if (outcome == MemcacheOutcome::kDone && flags.has('T')) {
      const bool is_hit = item && !is_new;
      tally_.count(is_hit ? MemcacheCount::kTouchHit : MemcacheCount::kTouchMiss);
    }
    return outcome;
  }

  // me. REQUIRES: as execute()
  [[nodiscard]] MemcacheOutcome describe(const Lookup& lookup) noexcept {
    const auto item = store_.peek(lookup);
    memcache::MetaLine line(out_.reserve(memcache::kMaxMetaLine));
    if (!item) {
      line.begin("EN");
      out_.commit(line.end());
      return MemcacheOutcome::kDone;
    }
    line.begin("ME");
    line.text(" ");
    line.bare_key(item->key(), item->has_binary_key());
    line.text(" exp=");
    line.bare_seconds(seconds_left(store_.expiry(*item), clock_));
    line.text(" la=");
    line.bare_seconds(idle_seconds(lookup, *item));
    line.text(" cas=");
    line.bare_number(item->cas());
    line.text(item->was_found() ? " fetch=yes" : " fetch=no");
    line.text(" cls=1 size=");
    line.bare_number(item->memory_bytes());
    out_.commit(line.end());
    return MemcacheOutcome::kDone;
  }

 private:
  // What l tells is over once the look counts as a use.
  [[nodiscard]] std::optional<ItemView> look(const Lookup& lookup,
                                             const memcache::MetaFlags& flags) noexcept {
    return flags.has_any(memcache::MetaFlags::bits("lu")) ? store_.peek(lookup)
                                                          : store_.get(lookup);
  }

  // The empty item that says: whoever asked first is to fill it.
  PutStatus vivify(const Lookup& lookup, const memcache::MetaFlags& flags) noexcept {
    const Value value{.bytes = {},
                      .expiry = expiry_of(flags.created_exptime(), clock_),
                      .binary_key = flags.has('b')};
    WriteTerms terms{.mode = PutMode::kAdd, .has_winner = true};
    if (flags.has('E')) terms.new_cas = flags.new_cas;
    return store_.put(lookup, value, terms).status;
  }

  MemcacheOutcome retrieve(const Lookup& lookup, const memcache::MetaFlags& flags,
                           const std::optional<ItemView>& item, bool is_new = false) noexcept {
    if (item) {
      const MemcacheOutcome outcome = answer(lookup, flags, *item, is_new);
      if (outcome != MemcacheOutcome::kDone) return outcome;
    } else if (!flags.has('q')) {
      write_meta_line(out_, "EN", lookup.key, flags);
    }
    tally_.count(item && !is_new ? MemcacheCount::kGetHit : MemcacheCount::kGetMiss);
    return MemcacheOutcome::kDone;
  }

  MemcacheOutcome answer(const Lookup& lookup, const memcache::MetaFlags& flags,
                         const ItemView& item, bool is_new) noexcept {
    const bool is_known = flags.has('C') && item.cas() == flags.cas;
    const bool has_value = flags.has('v') && !is_known;
    const size_t size = item.value_size();
    const bool is_long = has_value && size > kShortMetaValue;
    const size_t whole = memcache::kMaxMetaLine + size + memcache::kTerminator;
    if (is_long && !out_.can_take(whole)) {
      if (may_ever_fit(whole, out_)) return MemcacheOutcome::kOutputFull;
      out_.append(reply_line(memcache::Reply::kNoMemoryForGet));
      return MemcacheOutcome::kClose;
    }
    char* to = out_.reserve(has_value && !is_long ? whole : memcache::kMaxMetaLine);
    memcache::MetaLine line(to);
    line.begin(has_value ? "VA" : "HD");
    if (has_value) line.size(size);
    if (flags.letters != memcache::MetaFlags::bit('v')) {
      write_flags(line, lookup, flags, item, is_new);
    } else if (item.has_winner() || item.is_stale()) [[unlikely]] {
      write_state(line, lookup, item, false, false);
    }
    to = line.end();
    if (is_long) {
      out_.commit(to);
      write_long_value(item, size);
    } else {
      out_.commit(has_value ? write_short_value(to, item, size) : to);
    }
    return MemcacheOutcome::kDone;
  }

  static char* write_short_value(char* to, const ItemView& item, size_t size) noexcept {
    for (size_t done = 0; done < size;) {
      const std::string_view part = item.value_part(done);
      to = copy_exact(to, part);
      done += part.size();
    }
    std::memcpy(to, "\r\n", memcache::kTerminator);
    return to + memcache::kTerminator;
  }

  void write_long_value(const ItemView& item, size_t size) noexcept {
    for (size_t done = 0; done < size;) {
      const std::string_view part = item.value_part(done);
      out_.append(part);
      done += part.size();
    }
    out_.append("\r\n");
    long_bytes_ += size;
  }

  // In the order asked; T and R take effect where they stand, and t tells what stood before. Then
  // what the item's state says.
  void write_flags(memcache::MetaLine& line, const Lookup& lookup, const memcache::MetaFlags& flags,
                   const ItemView& item, bool is_new) noexcept {
    Expiry expiry;
    if (!is_new && flags.has_any(memcache::MetaFlags::bits("tTR"))) expiry = store_.expiry(item);
    bool is_due = false;
    for (size_t i = 0; i < flags.count; ++i) {
      switch (flags.order[i]) {
        case 'c':
          line.number('c', item.cas());
          break;
        case 'f':
          line.number('f', item.flags());
          break;
        case 'h':
          line.number('h', item.was_found() ? 1 : 0);
          break;
        case 'k':
          line.key(item.key(), item.has_binary_key());
          break;
        case 'l':
          line.seconds('l', idle_seconds(lookup, item));
          if (!flags.has('u')) (void)store_.get(lookup);
          break;
        case 'O':
          line.opaque(flags.opaque_text());
          break;
        case 'R':
          is_due = is_left_less(expiry, flags.recache_exptime);
          break;
        case 's':
          line.number('s', item.value_size());
          break;
        case 't':
          line.seconds('t', seconds_left(expiry, clock_));
          break;
        case 'T':
          expiry = expiry_of(flags.exptime, clock_);
          if (!is_new) (void)store_.touch(lookup, expiry);
          break;
        case 'N':
          if (is_new) expiry = expiry_of(flags.vivify_exptime, clock_);
          break;
        default:  // of use to other commands, or to other flags
          break;
      }
    }
    if (is_new || is_due || item.has_winner() || item.is_stale()) [[unlikely]]
      write_state(line, lookup, item, is_new, is_due);
  }

  // Z: another client was told to write the item anew. X: it is stale. W: this one is told.
  void write_state(memcache::MetaLine& line, const Lookup& lookup, const ItemView& item,
                   bool is_new, bool is_due) noexcept {
    if (is_new) return line.letter('W');
    const bool is_wanted = is_due || item.is_stale();
    const bool has_won = is_wanted && !item.has_winner() && store_.claim(lookup, item);
    if (!has_won) line.letter('Z');
    if (item.is_stale()) line.letter('X');
    if (has_won) line.letter('W');
  }

  [[nodiscard]] bool is_left_less(Expiry expiry, int64_t exptime) const noexcept {
    if (expiry.at_ms == Expiry::kNever || exptime == 0) return false;
    const Expiry limit = expiry_of(exptime, clock_);
    if (limit.at_ms == Expiry::kNever) return true;
    return seconds_left(expiry, clock_) < seconds_left(limit, clock_);
  }

  [[nodiscard]] int64_t idle_seconds(const Lookup& lookup, const ItemView& item) noexcept {
    const int64_t idle_ms = clock_.now_ms() - store_.last_access_ms(lookup, item);
    return std::max<int64_t>(idle_ms, 0) / 1000;
  }

  Store& store_;
  const Clock& clock_;
  Output& out_;
  MemcacheTally& tally_;
  size_t& long_bytes_;
};

}  // namespace pelikan
