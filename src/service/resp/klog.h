// RespNote: the command log's lines of one request. A request is told as the command of memcached's
// that does the same to a cache, so that one log, and whatever reads it, serves both protocols
// (docs/reference/klog.md); one line is one key. Requests without such a command are not logged.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/klog_words.h"

namespace pelikan {

// Made in the epoch in which the request runs, before it does.
template <class Store>
class RespNote {
 public:
  // REQUIRES: the call outlives the note
  RespNote(RespStoreCall<Store>& call, const resp::CommandSpec* spec,
           std::span<const std::string_view> args) noexcept
      : call_(call), words_(klog_words(call, spec, args)), args_(args) {
    if (words_.name.empty()) return;
    for (size_t i = 0, at = words_.first; i < kMostKnown && at < args.size();
         ++i, at += words_.step) {
      if (const auto item = call.store.peek(call.prepared(args[at])))
        sizes_[i] = item->value_size();
    }
    failures_ = call.worker.metrics.failures();
    errors_ = call.worker.metrics.errors(spec->id);
    size_ = call.out.size();
  }

  // The request is done: logs it. REQUIRES: klog.ahead() == 0
  void finish() const noexcept {
    if (words_.name.empty()) return;
    KlogWriter& klog = call_.worker.klog;
    for (size_t i = 0, at = words_.first; at < args_.size(); ++i, at += words_.step) {
      if (klog.ahead() != 0) {
        klog.pass(1);
      } else {
        log_key(at, i < kMostKnown ? sizes_[i] : std::nullopt);
      }
    }
  }

 private:
  // Of so many keys of one request it is known whether they were there.
  static constexpr size_t kMostKnown = 32;

  void log_key(size_t at, std::optional<size_t> size_before) const noexcept {
    const RespMetrics& metrics = call_.worker.metrics;
    RespKlogResult result{.size_before = size_before, .written = call_.out.size() - size_};
    if (metrics.errors(call_.spec->id) != errors_) {
      result.has_failed = metrics.failures() != failures_;
      result.is_refused = !result.has_failed;
    }
    log_line(call_, words_, args_, at, result);
  }

  RespStoreCall<Store>& call_;
  const RespKlogWords words_;
  const std::span<const std::string_view> args_;
  std::array<std::optional<size_t>, kMostKnown> sizes_{};  // of the values before; empty: no key
  uint64_t failures_ = 0;
  uint64_t errors_ = 0;
  size_t size_ = 0;  // of the output before
};

}  // namespace pelikan
