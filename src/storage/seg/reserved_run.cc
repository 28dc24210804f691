#include "storage/seg/reserved_run.h"

#include "storage/seg/segment_heap.h"
#include "storage/seg/step.h"

namespace pelikan {

void ReservedRun::close_rest(SegmentHeap& heap) noexcept {
  PELIKAN_STEP("run.close");
  if (!heap[id_].give_back(at_, end_)) {
    write_dead(heap.at(Location(id_, at_)), end_ - at_);
    heap.count_dead(id_, end_ - at_);
  }
  at_ = end_;
}

}  // namespace pelikan
