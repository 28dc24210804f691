// SegOptions: what can be said about a seg store before it starts.
#pragma once

#include "option/option.h"

namespace pelikan {

struct SegOptions : OptionGroup {
  Option<Bytes> memory{this,
                       "seg_memory",
                       {64 * kMiB},
                       "all memory of the store: segments, their headers, hash table",
                       {64 * kKiB, 64 * kTiB}};
  Option<Bytes> segment_size{this,
                             "seg_segment_size",
                             {0},
                             "bytes of a segment, a power of two of 2KiB to 8MiB; 0: about a "
                             "thousandth of seg_memory",
                             {0, 8 * kMiB}};
  Option<Bytes> item_max{
      this, "seg_item_max", {kMiB}, "largest item: key, value and header together", {kKiB, kGiB}};
  Option<Bytes> item_mean{this,
                          "seg_item_mean",
                          {128},
                          "expected mean size of an item with its 8 bytes of header; sizes the "
                          "hash table",
                          {16, kMiB}};
  Option<Choice> eviction{this,
                          "seg_eviction",
                          "fifo",
                          "what goes when memory is full: the oldest segment, or nothing (a set "
                          "fails)",
                          {"fifo", "none"}};
  Option<bool> prefault{this, "seg_prefault", true,
                        "take all memory at the start, or refuse to start"};
  Option<bool> huge_pages{this, "seg_huge_pages", true,
                          "ask for transparent huge pages for segments and hash table"};
};

}  // namespace pelikan
