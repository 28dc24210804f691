#include "service/resp/seg_service.h"

#include "service/resp/service.h"
#include "storage/seg/seg_access.h"

namespace pelikan {

std::unique_ptr<Service> make_resp_service(const RespOptions& options, const ServerContext& context,
                                           SegStore& store, Klog& klog) {
  return std::make_unique<RespService<SegStore>>(options, context, store, klog);
}

}  // namespace pelikan
