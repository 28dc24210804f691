#include "load/engine/result.h"

namespace pelikan::load {

std::string_view verdict_name(VerdictKind kind) noexcept {
  switch (kind) {
    case VerdictKind::kSound:
      return "sound";
    case VerdictKind::kGeneratorBound:
      return "generator_bound";
    case VerdictKind::kServerStalled:
      return "server_stalled";
    case VerdictKind::kServerBound:
      return "server_bound";
    case VerdictKind::kServerGone:
      return "server_gone";
  }
  return {};
}

}  // namespace pelikan::load
