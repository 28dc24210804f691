// CLIENT and its subcommands.
#pragma once

#include <algorithm>
#include <string_view>

#include "service/resp/clients.h"
#include "service/resp/handler_table.h"

namespace pelikan {

void enter_client_commands(RespControlHandlers& handlers) noexcept;

// A name that stands in a line of CLIENT LIST without harm.
[[nodiscard]] inline bool may_name_client(std::string_view name) noexcept {
  return name.size() <= RespClientEntry::kMaxText &&
         std::ranges::all_of(name, [](char byte) { return byte >= '!' && byte <= '~'; });
}

}  // namespace pelikan
