// A command log with its files and a clock that stands, for tests.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "log/klog.h"
#include "metric/registry.h"
#include "temporary_directory.h"

namespace pelikan::test {

struct KlogRig {
  KlogRig() { options.file.set(path); }

  // The options are read now.
  KlogWriter& open() {
    klog.emplace(options, registry, time, log);
    return klog->writer(clock);
  }
  // Logs "verb key", and the reply's size tells which it was; or lets it pass.
  static void command(KlogWriter& writer, std::string_view key, size_t number = 0) {
    if (writer.ahead() != 0) return writer.pass(1);
    KlogLine line = writer.begin("tcp:127.0.0.1:1");
    line.put("get ");
    line.put_escaped(key);
    writer.end(line, 4, number);
  }
  [[nodiscard]] int64_t count(std::string_view metric) const {
    return registry.read().value(metric);
  }

  TemporaryDirectory directory;
  std::string path = directory.path("klog");
  FakeTime time;  // 2023-11-14 22:13:20 UTC
  Clock clock{time};
  mutable MetricRegistry registry;
  LogOptions log_options;
  LogMetrics log_metrics{registry};
  std::string log_path = (log_options.file.set(directory.path("log")), log_options.file.get());
  Log log{log_options, log_metrics, time};
  KlogOptions options;
  std::optional<Klog> klog;
};

}  // namespace pelikan::test
