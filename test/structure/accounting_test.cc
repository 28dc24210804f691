// memory() against what the allocator was really asked for: every byte that a collection takes is
// in it, after any changes, and all are given back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <random>
#include <string_view>

#include "structure/big_hash.h"
#include "structure/big_list.h"
#include "structure/big_set.h"
#include "structure/big_sorted_set.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

constexpr size_t kHead = 16;  // before each allocation: its size
size_t live_bytes = 0;

}  // namespace

void* operator new(size_t bytes) {
  auto* const memory = static_cast<char*>(std::malloc(kHead + bytes));
  if (memory == nullptr) throw std::bad_alloc();
  std::memcpy(memory, &bytes, sizeof bytes);
  live_bytes += size_class(bytes);
  return memory + kHead;
}
void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  char* const begin = static_cast<char*>(memory) - kHead;
  size_t bytes = 0;
  std::memcpy(&bytes, begin, sizeof bytes);
  live_bytes -= size_class(bytes);
  std::free(begin);
}
void operator delete(void* memory, size_t) noexcept { operator delete(memory); }

namespace {

constexpr pelikan::KeyedHash kHash(42);
constexpr int kSteps = 30'000;

// A few thousand names and values, short and long, none of which needs memory.
class Draw {
 public:
  unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }
  Element name() { return Element(int64_t{below(3000)} * 12'345'678); }
  Element text() { return Element(std::string_view(bytes_, below(below(50) == 0 ? 6000 : 40))); }

 private:
  std::mt19937 random_{1};
  char bytes_[6000] = {};
};

// Makes a collection, changes it with step(collection, draw), and compares.
template <class Large, class Make, class Step>
void check_accounting(const Make& make, const Step& step) {
  const size_t before = live_bytes;
  {
    Large large = make();
    Draw draw;
    for (int i = 0; i < kSteps; ++i) {
      step(large, draw);
      const size_t fixed = size_class(sizeof(Large));
      ck_assert_uint_eq(large.memory() - fixed, live_bytes - before);
    }
    large.destroy_some(10);
    ck_assert_uint_eq(large.memory() - size_class(sizeof(Large)), live_bytes - before);
  }
  ck_assert_uint_eq(live_bytes, before);
}

}  // namespace

START_TEST(every_byte_of_a_list_is_counted) {
  check_accounting<BigList>([] { return BigList(); },
                            [](BigList& list, Draw& draw) {
                              const unsigned verb = draw.below(8);
                              if (verb < 2) return list.push_front(draw.text());
                              if (verb < 4) return list.push_back(draw.text());
                              if (list.size() == 0) return;
                              const size_t index = draw.below(static_cast<unsigned>(list.size()));
                              if (verb == 4) return list.insert(index, draw.text());
                              if (verb == 5) return list.set(index, draw.text());
                              list.erase(index, 1);
                            });
}
END_TEST

START_TEST(every_byte_of_a_hash_is_counted) {
  check_accounting<BigHash>([] { return BigHash(kHash); },
                            [](BigHash& hash, Draw& draw) {
                              const unsigned verb = draw.below(8);
                              if (verb < 3) {
                                hash.set(draw.name(), draw.text());
                              } else if (verb == 3) {
                                hash.set_expiry(draw.name(), 1 + draw.below(1000));
                              } else if (verb == 4) {
                                hash.erase_expired(draw.below(1000), draw.below(4));
                              } else {
                                hash.erase(draw.name());
                              }
                            });
}
END_TEST

START_TEST(every_byte_of_a_set_is_counted) {
  check_accounting<BigSet>([] { return BigSet(kHash); },
                           [](BigSet& set, Draw& draw) {
                             if (draw.below(4) != 0) {
                               set.add(draw.name());
                             } else {
                               set.erase(draw.name());
                             }
                           });
}
END_TEST

START_TEST(every_byte_of_a_sorted_set_is_counted) {
  check_accounting<BigSortedSet>([] { return BigSortedSet(kHash); },
                                 [](BigSortedSet& set, Draw& draw) {
                                   if (draw.below(4) != 0) {
                                     set.put(draw.name(), draw.below(100));
                                   } else {
                                     set.erase(draw.name());
                                   }
                                 });
}
END_TEST

PELIKAN_TESTS("structure/accounting", every_byte_of_a_list_is_counted,
              every_byte_of_a_hash_is_counted, every_byte_of_a_set_is_counted,
              every_byte_of_a_sorted_set_is_counted)
