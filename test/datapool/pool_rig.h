// A pool's surroundings: options, time, log, and a store's part played by a pattern in the heap.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/setup_error.h"
#include "datapool/file_pool.h"
#include "datapool/mmap_medium.h"
#include "log/log.h"
#include "log/temporary_directory.h"
#include "metric/registry.h"

namespace pelikan::test {

inline constexpr PoolShape kSmallShape{.layout = "seg",
                                       .item_layout = 1,
                                       .segment_bytes = 2048,
                                       .segments = 16,
                                       .tables_bytes = 5000,
                                       .segment_option = "seg_segment_size",
                                       .heap_option = "seg_memory",
                                       .tables_option = "seg_item_mean"};

struct Refusal {
  ExitCode code = ExitCode::kOk;
  std::string sentence;
};

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

class PoolRig {
 public:
  explicit PoolRig(const std::string& path) { options.path.set(path); }

  static std::unique_ptr<PoolMedium> map(int file, uint64_t bytes) {
    return std::make_unique<MmapMedium>(file, bytes);
  }

  std::unique_ptr<FilePool> open(const MapMedium& medium = map) {
    return std::make_unique<FilePool>(
        options, shape, FilePool::Context{registry, time, log, "0.1.0"}, medium, boot_id);
  }

  // Why it does not open; kOk when it does.
  Refusal refusal(const MapMedium& medium = map) {
    try {
      open(medium);
    } catch (const SetupError& error) {
      return {error.code(), error.what()};
    }
    return {};
  }

  // A clean stop with `text` all over the heap and as tables.
  void keep(FilePool& pool, std::string_view text) {
    for (size_t i = 0; i < pool.bytes().size(); ++i)
      pool.bytes()[i] = static_cast<std::byte>(text[i % text.size()]);
    pool.keep([&](PoolWriter& writer) { writer.append(bytes_of(text)); });
  }
  void make_clean(std::string_view text) { keep(*open(), text); }

  // What a store would make of the pool: the tables' text, if the heap is full of it; "empty";
  // or "wrong", which must not be.
  static std::string content(FilePool& pool) {
    std::string tables = text_of(pool.kept());
    if (tables.empty()) return "empty";
    for (size_t i = 0; i < pool.bytes().size(); ++i) {
      if (pool.bytes()[i] != static_cast<std::byte>(tables[i % tables.size()])) return "wrong";
    }
    return tables;
  }

  // The log so far.
  std::string said() {
    log.flush();
    return content_of(folder_.path("log"));
  }
  int64_t metric(std::string_view name) { return registry.read().value(name); }

 private:
  TemporaryDirectory folder_;
  LogOptions log_options_;

 public:
  PoolOptions options;
  PoolShape shape = kSmallShape;
  std::string boot_id = "01234567-89ab-cdef-0123-456789abcdef";
  FakeTime time;
  MetricRegistry registry;

 private:
  LogMetrics log_metrics_{registry};

 public:
  Log log{with_file(log_options_, folder_.path("log")), log_metrics_, time};

 private:
  static const LogOptions& with_file(LogOptions& options, const std::string& path) {
    options.file.set(path);
    options.rate.set(1'000'000);
    return options;
  }
};

}  // namespace pelikan::test
