#include "metric/metric.h"

#include <utility>

#include "base/assertion.h"
#include "metric/registry.h"

namespace pelikan {
namespace {

bool is_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

// Stands as it is in the Prometheus text, where a backslash or a line end would need an escape.
bool is_help(std::string_view help) {
  return !help.empty() && help.find_first_of("\\\n") == help.npos;
}

}  // namespace

Metric::Metric(MetricGroup* group, MetricKind kind, std::string_view name, std::string_view help)
    : registry_(group->registry_), name_(name), help_(help), kind_(kind) {
  CHECK(is_name(name) && is_help(help));
}

void Metric::join() { registry_.join(*this); }
void Metric::leave() noexcept { registry_.leave(*this); }

BeforeRead::BeforeRead(MetricGroup* group, std::function<void()> act)
    : registry_(group->registry_), act_(std::move(act)) {
  registry_.join(*this);
}

BeforeRead::~BeforeRead() { registry_.leave(*this); }

}  // namespace pelikan
