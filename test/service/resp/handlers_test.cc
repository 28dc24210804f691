#include "service/resp/handlers.h"

#include <string>

#include "storage/seg/seg_access.h"

#include "check.h"

namespace pelikan {
namespace {

START_TEST(every_command_has_one_handler_and_containers_have_none) {
  const auto& of_store = kRespStoreHandlers<SegStore::Access>;
  for (const resp::CommandSpec& spec : resp::all_commands()) {
    const bool has_store = of_store[spec.id] != nullptr;
    const bool has_control = control_handlers()[spec.id] != nullptr;
    const bool is_container = spec.is_container() && spec.id != resp::Command::kCommand;
    ck_assert_msg((has_store != has_control) != is_container, "%s: %d %d",
                  std::string(spec.fullname).c_str(), has_store, has_control);
  }
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("service/resp/handlers",
              pelikan::every_command_has_one_handler_and_containers_have_none)
