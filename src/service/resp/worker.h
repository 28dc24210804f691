// RespWorker: what the conversations of one worker share, but for its door to the store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/hash.h"
#include "log/klog_writer.h"
#include "protocol/resp/gather.h"
#include "service/resp/batch.h"
#include "service/resp/collection_types.h"
#include "service/resp/control.h"
#include "service/resp/key_list.h"
#include "service/resp/metrics.h"
#include "storage/store.h"

namespace pelikan {

struct RespWorker {
  const Clock& clock;
  RespControl& control;  // all workers'
  RespMetrics& metrics;
  KlogWriter& klog;
  std::function<StoreSize()> store_size;
  resp::GatherMemory gathers{control.gather_max()};  // requests that do not fit their input
  RespBatch batch{};                                 // of the turn that is on
  RespKeyList scanned{};                             // by the SCAN that is on; keeps its memory
  RespDrafts drafts{};                               // of the change that is on
  std::string reply_memory{};                        // RespElementReply's
  const KeyedHash key_hash{random_seed()};
  uint64_t drawn = random_seed();

  // 32 random bits, for RANDOMKEY: Knuth's linear congruential generator.
  [[nodiscard]] uint32_t draw() noexcept {
    drawn = drawn * 6364136223846793005 + 1442695040888963407;
    return static_cast<uint32_t>(drawn >> 32);
  }
};

}  // namespace pelikan
