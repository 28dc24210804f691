#include "service/resp/key_locks.h"

#include <algorithm>

namespace pelikan {

void RespKeyLocks::Hold::take_all(size_t size) noexcept {
  const auto begin = places_.begin();
  std::sort(begin, begin + static_cast<ptrdiff_t>(size));
  size = static_cast<size_t>(std::unique(begin, begin + static_cast<ptrdiff_t>(size)) - begin);
  while (count_ < size && locks_->try_take(places_[count_])) ++count_;
  is_held_ = count_ == size;
}

}  // namespace pelikan
