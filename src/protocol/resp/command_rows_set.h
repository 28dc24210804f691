// The commands on sets.
//
// For command.cc only.
#pragma once

#include <array>

#include "protocol/resp/command_rows.h"

namespace pelikan::resp {

inline constexpr std::string_view kPerMember = "O(N), N members";

inline constexpr auto kSetCommands = std::to_array<CommandRow>({
    {Command::kSadd, "sadd", -3, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kPerArgument,
     "key member [member ...]", "Adds members"},
    {Command::kSrem, "srem", -3, kWrite | kFast, kOneKey, "1.0.0", kPerArgument,
     "key member [member ...]", "Takes members out"},
    {Command::kSmembers, "smembers", 2, kReadonly, kOneKey, "1.0.0", kPerMember, "key",
     "All members"},
    {Command::kScard, "scard", 2, kReadonly | kFast, kOneKey, "1.0.0", kConstant, "key",
     "How many members there are"},
    {Command::kSismember, "sismember", 3, kReadonly | kFast, kOneKey, "1.0.0", kConstant,
     "key member", "Whether it is a member"},
    {Command::kSmismember, "smismember", -3, kReadonly | kFast, kOneKey, "6.2.0", kPerArgument,
     "key member [member ...]", "Whether each of these is a member"},
    {Command::kSpop, "spop", -2, kWrite | kFast, kOneKey, "1.0.0", kPerCount, "key [count]",
     "Takes members out at random and returns them"},
    {Command::kSrandmember, "srandmember", -2, kReadonly, kOneKey, "1.0.0", kPerCount,
     "key [count]", "Some members, drawn at random"},
    {Command::kSscan, "sscan", -3, kReadonly, kOneKey, "2.8.0", kPerCount,
     "key cursor [MATCH pattern] [COUNT count]", "Goes through members in steps"},
});

}  // namespace pelikan::resp
