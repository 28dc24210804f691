#include "service/resp/klog.h"

#include "service/memcache_klog.h"

namespace pelikan {

RespNote::RespNote(const RespCall& call) noexcept
    : call_(call),
      hits_(call.worker.metrics.hit.value()),
      misses_(call.worker.metrics.miss.value()),
      size_(call.out.size()) {}

void RespNote::finish() const noexcept {
  KlogWriter& klog = call_.worker.klog;
  KlogLine line = klog.begin(call_.client.peer);
  line.put(call_.spec->name);
  klog.end(line, 0, call_.out.size() - size_);
}

}  // namespace pelikan
