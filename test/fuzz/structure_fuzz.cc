// Collections on any sequence of commands, each beside a plain one of the standard library; and
// packed bytes from anywhere, which are refused or can be read whole.
//
// The first byte says which collection, or that the rest are packed bytes; the second, after how
// many steps it goes over from the packed to the large form. Then come the steps, see
// structure/script.h.
//
// covers: src/structure
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "base/assertion.h"
#include "fuzz/planted_bug.h"
#include "structure/big_hash.h"
#include "structure/big_list.h"
#include "structure/big_set.h"
#include "structure/big_sorted_set.h"
#include "structure/hash_twin.h"
#include "structure/list_twin.h"
#include "structure/set_twin.h"
#include "structure/sorted_set_twin.h"
#include "structure/walk.h"

namespace {

using namespace pelikan::structure;
using pelikan::KeyedHash;
using pelikan::fuzz::is_planted;

constexpr KeyedHash kHash(1);

// Forms with room for planted bugs.
class SuspectList : public BigList {
 public:
  using BigList::BigList;
  void push_front(const Element& element) {
    if (is_planted("lost_push") && size() > 8) return;
    BigList::push_front(element);
  }
};
class SuspectHash : public BigHash {
 public:
  using BigHash::BigHash;
  bool set_expiry(const Element& name, int64_t at_ms) {
    return BigHash::set_expiry(name, is_planted("late_expiry") && at_ms < 8 ? 8 : at_ms);
  }
};
class SuspectSet : public BigSet {
 public:
  using BigSet::BigSet;
  bool erase(const Element& member) {
    if (is_planted("undead_member") && member.is_number() && contains(member)) return true;
    return BigSet::erase(member);
  }
};
class SuspectSortedSet : public BigSortedSet {
 public:
  using BigSortedSet::BigSortedSet;
  Added put(const Element& member, double score) {
    return BigSortedSet::put(member, is_planted("coarse_score") && score == 0.1 ? 0.0 : score);
  }
};

// Plays on the packed form, then on the large one that it becomes.
template <class Draft, class PackedTwin, class Twin, class MakeLarge>
void play(test::Script& script, const MakeLarge& make_large) {
  Draft draft;
  draft.clear();
  PackedTwin packed_twin(draft);
  for (size_t steps = script.byte() % 64; steps > 0 && !script.is_over(); --steps) {
    packed_twin.step(script);
    CHECK(Packed::is_valid(draft.bytes()));
  }
  packed_twin.compare();
  auto large = make_large(draft.view());
  Twin twin(large, packed_twin.model());
  for (size_t step = 0; !script.is_over(); ++step) {
    twin.step(script);
    if (step % 8 == 0) large.check_invariants();
  }
  large.check_invariants();
  twin.compare();
  while (!large.destroy_some(3)) {
  }
}

// Large forms stay where they are made: they are built in place of what the function returns.
void play_collection(unsigned which, test::Script& script) {
  switch (which) {
    case 0:
      return play<ListDraft, test::ListTwin<ListDraft>, test::ListTwin<SuspectList>>(
          script, [](const PackedList& packed) { return SuspectList(packed); });
    case 1:
      return play<HashDraft, test::HashTwin<HashDraft>, test::HashTwin<SuspectHash>>(
          script, [](const PackedHash& packed) { return SuspectHash(kHash, packed); });
    case 2:
      return play<SetDraft, test::SetTwin<SetDraft>, test::SetTwin<SuspectSet>>(
          script, [](const PackedSet& packed) { return SuspectSet(kHash, packed); });
    case 3:
      return play<SetDraft, test::NumberTwin<SetDraft>, test::NumberTwin<SuspectSet>>(
          script, [](const PackedSet& packed) { return SuspectSet(kHash, packed); });
    default:
      return play<SortedSetDraft, test::SortedSetTwin<SortedSetDraft>,
                  test::SortedSetTwin<SuspectSortedSet>>(
          script, [](const PackedSortedSet& packed) { return SuspectSortedSet(kHash, packed); });
  }
}

bool is_valid(std::string_view bytes) {
  if (is_planted("blind_check")) return bytes.size() >= Packed::kHead && bytes[0] == 1;
  return Packed::is_valid(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const unsigned which = data[0] % 6;
  const std::span<const uint8_t> rest(data + 1, size - 1);
  if (which == 5) {
    const std::string_view bytes(reinterpret_cast<const char*>(rest.data()), rest.size());
    if (is_valid(bytes)) test::walk(bytes);
    return 0;
  }
  test::Script script(rest);
  play_collection(which, script);
  return 0;
}
