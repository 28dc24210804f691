// Handshakes: those of TLS in a run, from the first connection on, the warm-up included.
//
// Thread safety: values.
#pragma once

#include <cstdint>

#include "metric/histogram.h"

namespace pelikan::load {

struct Handshakes {
  HistogramSnapshot times;  // ns from the connection's beginning to the handshake's end
  uint64_t resumed = 0;     // of them: they went on with an earlier session
  uint64_t failed = 0;      // not among them

  void add(const Handshakes& other) {
    times.add(other.times);
    resumed += other.resumed;
    failed += other.failed;
  }
};

}  // namespace pelikan::load
