// Steps: named places between two effects of the seg engine, where a test can stop a thread and let
// the others run on. They exist in builds without NDEBUG (debug, sanitizers) and are nothing in a
// release build.
//
// A test sets a hook; it is called on the thread that reaches the step, with the step's name, and
// may block (no lock but a bucket lock is held at any step; those with one say `locked`). Names are
// "noun.place"; `grep -rn PELIKAN_STEP src/storage/seg` lists them:
//
//   epoch.enter           global epoch read, own line not yet set
//   reserve.done          bytes reserved, not yet written
//   put.found             looked up, nothing reserved yet
//   put.written           item written, bucket not yet locked
//   put.locked            bucket locked, slot not yet stored
//   put.unlinked          slot stored and bucket unlocked, dead bytes not yet counted
//   seal.marked           sealed bit set, queues not yet told
//   get.slot              slot read, item not yet
//   scan.slot             slot read, item not yet
//   drain.taken           segment taken, no item judged
//   drain.batch           a batch of items read, their buckets not yet locked
//   drain.done            all items judged, segment not yet in limbo
//   relocate.copied       copy written, bucket not yet locked
//   flush.done            flush in force
//   sweep.clean           no older segment left, `sweeping` not yet cleared
#pragma once

#ifdef NDEBUG
#define PELIKAN_STEP(name) static_cast<void>(0)
#else

#include <atomic>

namespace pelikan::step {

using Hook = void (*)(const char* name);

// Set by a test while no other thread is in the store.
inline std::atomic<Hook> hook{nullptr};

inline void reach(const char* name) {
  // acquire pairs with the test's store: what the hook uses was written before.
  if (const Hook call = hook.load(std::memory_order_acquire)) call(name);
}

}  // namespace pelikan::step

#define PELIKAN_STEP(name) ::pelikan::step::reach(name)
#endif
