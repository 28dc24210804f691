#include "service/resp/handlers.h"

#include "service/resp/connection.h"

namespace pelikan {

const RespControlHandlers& control_handlers() noexcept {
  static const RespControlHandlers kHandlers = [] {
    RespControlHandlers handlers;
    enter_connection(handlers);
    return handlers;
  }();
  return kHandlers;
}

}  // namespace pelikan
