#include "service/resp/handlers.h"

#include <new>

#include "service/resp/client_commands.h"
#include "service/resp/command_commands.h"
#include "service/resp/config_commands.h"
#include "service/resp/connection.h"
#include "service/resp/info.h"
#include "service/resp/refusal.h"
#include "service/resp/script_commands.h"
#include "service/resp/server_commands.h"

namespace pelikan {

const RespControlHandlers& control_handlers() noexcept {
  static const RespControlHandlers all = [] {
    RespControlHandlers handlers;
    enter_connection(handlers);
    enter_client_commands(handlers);
    enter_command_commands(handlers);
    enter_config_commands(handlers);
    enter_server_commands(handlers);
    enter_info(handlers);
    enter_script_commands(handlers);
    return handlers;
  }();
  return all;
}

RespOutcome run_control_command(RespCall& call) noexcept {
  const auto handler = control_handlers()[call.spec->id];
  if (handler == nullptr) return refuse(call);
  const size_t size = call.out.size();
  try {
    return handler(call);
  } catch (const std::bad_alloc&) {
    call.out.cut(size);
    return refuse_for_memory(call);
  }
}

}  // namespace pelikan
