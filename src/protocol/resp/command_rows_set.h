// The commands on sets.
//
// For command.cc only.
#pragma once

#include <array>

#include "protocol/resp/command_rows.h"

namespace pelikan::resp {

inline constexpr std::string_view kPerMember = "O(N), N members";
inline constexpr std::string_view kPerSources = "O(N), N members of all sets";

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
    {Command::kSmove, "smove", 4, kWrite | kFast, kTwoKeys, "1.0.0", kConstant,
     "source destination member", "Moves a member from one set to another"},
    {Command::kSinter, "sinter", -2, kReadonly, kManyKeys, "1.0.0", kPerSmallest, "key [key ...]",
     "The members that all of several sets have"},
    {Command::kSunion, "sunion", -2, kReadonly, kManyKeys, "1.0.0", kPerSources, "key [key ...]",
     "The members of several sets"},
    {Command::kSdiff, "sdiff", -2, kReadonly, kManyKeys, "1.0.0", kPerSources, "key [key ...]",
     "The members that only the first of the sets has"},
    {Command::kSinterstore, "sinterstore", -3, kWrite | kDenyoom, kManyKeys, "1.0.0", kPerSmallest,
     "destination key [key ...]", "Stores the members that all of several sets have"},
    {Command::kSunionstore, "sunionstore", -3, kWrite | kDenyoom, kManyKeys, "1.0.0", kPerSources,
     "destination key [key ...]", "Stores the members of several sets"},
    {Command::kSdiffstore, "sdiffstore", -3, kWrite | kDenyoom, kManyKeys, "1.0.0", kPerSources,
     "destination key [key ...]", "Stores the members that only the first of the sets has"},
    {Command::kSintercard, "sintercard", -3, kReadonly | kMovableKeys, kNoKeys, "7.0.0",
     kPerSmallest, "numkeys key [key ...] [LIMIT limit]",
     "How many members all of several sets have"},
});

}  // namespace pelikan::resp
