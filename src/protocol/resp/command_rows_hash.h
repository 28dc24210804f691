// The commands on hashes.
//
// For command.cc only.
#pragma once

#include <array>

#include "protocol/resp/command_rows.h"

namespace pelikan::resp {

inline constexpr std::string_view kPerField = "O(N), N fields of the hash";

inline constexpr auto kHashCommands = std::to_array<CommandRow>({
    {Command::kHset, "hset", -4, kWrite | kDenyoom | kFast, kOneKey, "2.0.0", kPerArgument,
     "key field value [field value ...]", "Sets fields, returns how many are new"},
    {Command::kHmset, "hmset", -4, kWrite | kDenyoom | kFast, kOneKey, "2.0.0", kPerArgument,
     "key field value [field value ...]", "Sets fields: the old name of HSET"},
    {Command::kHsetnx, "hsetnx", 4, kWrite | kDenyoom | kFast, kOneKey, "2.0.0", kConstant,
     "key field value", "Sets a field if it does not exist"},
    {Command::kHget, "hget", 3, kReadonly | kFast, kOneKey, "2.0.0", kConstant, "key field",
     "The value of a field"},
    {Command::kHmget, "hmget", -3, kReadonly | kFast, kOneKey, "2.0.0", kPerArgument,
     "key field [field ...]", "The values of several fields"},
    {Command::kHgetall, "hgetall", 2, kReadonly, kOneKey, "2.0.0", kPerField, "key",
     "All fields and their values"},
    {Command::kHkeys, "hkeys", 2, kReadonly, kOneKey, "2.0.0", kPerField, "key", "All fields"},
    {Command::kHvals, "hvals", 2, kReadonly, kOneKey, "2.0.0", kPerField, "key",
     "The values of all fields"},
    {Command::kHlen, "hlen", 2, kReadonly | kFast, kOneKey, "2.0.0", kConstant, "key",
     "Counts the fields"},
    {Command::kHexists, "hexists", 3, kReadonly | kFast, kOneKey, "2.0.0", kConstant, "key field",
     "Whether a field exists"},
    {Command::kHstrlen, "hstrlen", 3, kReadonly | kFast, kOneKey, "3.2.0", kConstant, "key field",
     "The size of a field's value in bytes"},
    {Command::kHdel, "hdel", -3, kWrite | kFast, kOneKey, "2.0.0", kPerArgument,
     "key field [field ...]", "Deletes fields"},
    {Command::kHincrby, "hincrby", 4, kWrite | kDenyoom | kFast, kOneKey, "2.0.0", kConstant,
     "key field increment", "Adds to the integer of a field"},
    {Command::kHincrbyfloat, "hincrbyfloat", 4, kWrite | kDenyoom | kFast, kOneKey, "2.6.0",
     kConstant, "key field increment", "Adds to the floating-point number of a field"},
    {Command::kHscan, "hscan", -3, kReadonly, kOneKey, "2.8.0", kPerCount,
     "key cursor [MATCH pattern] [COUNT count] [NOVALUES]", "Goes through the fields in steps"},
    {Command::kHrandfield, "hrandfield", -2, kReadonly, kOneKey, "6.2.0", kPerCount,
     "key [count [WITHVALUES]]", "Fields drawn at random"},
    {Command::kHexpire, "hexpire", -6, kWrite | kDenyoom | kFast, kOneKey, "7.4.0", kPerArgument,
     "key seconds [NX|XX|GT|LT] FIELDS numfields field [field ...]",
     "Lets fields expire after so many seconds"},
    {Command::kHpexpire, "hpexpire", -6, kWrite | kDenyoom | kFast, kOneKey, "7.4.0", kPerArgument,
     "key milliseconds [NX|XX|GT|LT] FIELDS numfields field [field ...]",
     "Lets fields expire after so many milliseconds"},
    {Command::kHexpireat, "hexpireat", -6, kWrite | kDenyoom | kFast, kOneKey, "7.4.0",
     kPerArgument, "key unix-time-seconds [NX|XX|GT|LT] FIELDS numfields field [field ...]",
     "Lets fields expire at a time"},
    {Command::kHpexpireat, "hpexpireat", -6, kWrite | kDenyoom | kFast, kOneKey, "7.4.0",
     kPerArgument, "key unix-time-milliseconds [NX|XX|GT|LT] FIELDS numfields field [field ...]",
     "Lets fields expire at a time in milliseconds"},
    {Command::kHttl, "httl", -5, kReadonly | kFast, kOneKey, "7.4.0", kPerArgument,
     "key FIELDS numfields field [field ...]", "Seconds until fields expire"},
    {Command::kHpttl, "hpttl", -5, kReadonly | kFast, kOneKey, "7.4.0", kPerArgument,
     "key FIELDS numfields field [field ...]", "Milliseconds until fields expire"},
    {Command::kHexpiretime, "hexpiretime", -5, kReadonly | kFast, kOneKey, "7.4.0", kPerArgument,
     "key FIELDS numfields field [field ...]", "When fields expire, in seconds"},
    {Command::kHpexpiretime, "hpexpiretime", -5, kReadonly | kFast, kOneKey, "7.4.0", kPerArgument,
     "key FIELDS numfields field [field ...]", "When fields expire, in milliseconds"},
    {Command::kHpersist, "hpersist", -5, kWrite | kFast, kOneKey, "7.4.0", kPerArgument,
     "key FIELDS numfields field [field ...]", "Takes the expiry of fields away"},
    {Command::kHsetex, "hsetex", -6, kWrite | kDenyoom | kFast, kOneKey, "8.0.0", kPerArgument,
     "key [FNX|FXX] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL] FIELDS numfields field value [field value "
     "...]",
     "Sets fields, maybe on a condition and with an expiry"},
    {Command::kHgetex, "hgetex", -5, kWrite | kFast, kOneKey, "8.0.0", kPerArgument,
     "key [EX s|PX ms|EXAT s|PXAT ms|PERSIST] FIELDS numfields field [field ...]",
     "Returns the values of fields and changes their expiry"},
    {Command::kHgetdel, "hgetdel", -5, kWrite | kFast, kOneKey, "8.0.0", kPerArgument,
     "key FIELDS numfields field [field ...]", "Returns the values of fields and deletes them"},
});

}  // namespace pelikan::resp
