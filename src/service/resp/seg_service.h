// The Redis protocol over the seg store, compiled once for all that serve it.
#pragma once

#include <memory>

#include "core/service.h"
#include "log/klog.h"
#include "service/resp/control.h"
#include "storage/seg/seg_store.h"

namespace pelikan {

// As RespService's constructor (service.h).
[[nodiscard]] std::unique_ptr<Service> make_resp_service(const RespOptions& options,
                                                         const ServerContext& context,
                                                         SegStore& store, Klog& klog);

}  // namespace pelikan
