// The commands on lists.
//
// For command.cc only.
#pragma once

#include <array>

#include "protocol/resp/command_rows.h"

namespace pelikan::resp {

inline constexpr std::string_view kPerElementWalked = "O(N), N elements up to the last one needed";
inline constexpr std::string_view kPerElementMoved = "O(N), N elements that are taken out";
inline constexpr std::string_view kPerKeyAndElementMoved =
    "O(N + M), N keys, M elements that are taken out";

inline constexpr auto kListCommands = std::to_array<CommandRow>({
    {Command::kLpush, "lpush", -3, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kPerArgument,
     "key element [element ...]", "Puts elements in front of a list"},
    {Command::kRpush, "rpush", -3, kWrite | kDenyoom | kFast, kOneKey, "1.0.0", kPerArgument,
     "key element [element ...]", "Puts elements behind a list"},
    {Command::kLpushx, "lpushx", -3, kWrite | kDenyoom | kFast, kOneKey, "2.2.0", kPerArgument,
     "key element [element ...]", "Puts elements in front of a list if the key exists"},
    {Command::kRpushx, "rpushx", -3, kWrite | kDenyoom | kFast, kOneKey, "2.2.0", kPerArgument,
     "key element [element ...]", "Puts elements behind a list if the key exists"},
    {Command::kLpop, "lpop", -2, kWrite | kFast, kOneKey, "1.0.0", kPerElementMoved, "key [count]",
     "Takes elements from the front of a list"},
    {Command::kRpop, "rpop", -2, kWrite | kFast, kOneKey, "1.0.0", kPerElementMoved, "key [count]",
     "Takes elements from the back of a list"},
    {Command::kLlen, "llen", 2, kReadonly | kFast, kOneKey, "1.0.0", kConstant, "key",
     "How many elements a list has"},
    {Command::kLrange, "lrange", 4, kReadonly, kOneKey, "1.0.0", kPerElementWalked,
     "key start stop", "The elements between two places of a list"},
    {Command::kLindex, "lindex", 3, kReadonly, kOneKey, "1.0.0", kPerElementWalked, "key index",
     "The element at a place of a list"},
    {Command::kLset, "lset", 4, kWrite | kDenyoom, kOneKey, "1.0.0", kPerElementWalked,
     "key index element", "Puts another element at a place of a list"},
    {Command::kLinsert, "linsert", 5, kWrite | kDenyoom, kOneKey, "2.2.0", kPerElementWalked,
     "key <BEFORE|AFTER> pivot element", "Puts an element beside another one of a list"},
    {Command::kLrem, "lrem", 4, kWrite, kOneKey, "1.0.0", kPerElementWalked, "key count element",
     "Takes elements of one value out of a list"},
    {Command::kLtrim, "ltrim", 4, kWrite, kOneKey, "1.0.0", kPerElementMoved, "key start stop",
     "Keeps the elements between two places of a list, and no others"},
    {Command::kLpos, "lpos", -3, kReadonly, kOneKey, "6.0.6", kPerElementWalked,
     "key element [RANK rank] [COUNT matches] [MAXLEN len]", "Where an element stands in a list"},
    {Command::kLmove, "lmove", 5, kWrite | kDenyoom, kTwoKeys, "6.2.0", kConstant,
     "source destination <LEFT|RIGHT> <LEFT|RIGHT>",
     "Takes an element from an end of a list and puts it to an end of another"},
    {Command::kRpoplpush, "rpoplpush", 3, kWrite | kDenyoom, kTwoKeys, "1.2.0", kConstant,
     "source destination", "Takes the last element of a list and puts it in front of another"},
    {Command::kLmpop, "lmpop", -4, kWrite | kMovableKeys, kNoKeys, "7.0.0", kPerKeyAndElementMoved,
     "numkeys key [key ...] <LEFT|RIGHT> [COUNT count]",
     "Takes elements from an end of the first list that is there"},
});

}  // namespace pelikan::resp
