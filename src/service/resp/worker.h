// RespWorker: what the conversations of one worker share, but for its door to the store.
#pragma once

#include "base/clock.h"
#include "log/klog_writer.h"
#include "protocol/resp/gather.h"
#include "service/resp/batch.h"
#include "service/resp/control.h"
#include "service/resp/metrics.h"

namespace pelikan {

struct RespWorker {
  const Clock& clock;
  RespControl& control;  // all workers'
  RespMetrics& metrics;
  KlogWriter& klog;
  resp::GatherMemory gathers{control.gather_max()};  // requests that do not fit their input
  RespBatch batch{};                                 // of the turn that is on
};

}  // namespace pelikan
